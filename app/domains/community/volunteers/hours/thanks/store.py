"""What is owed for hours, in MongoDB, each under the hours' own id."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.community.volunteers.hours.thanks.model import Thanks, ThanksState


class ThanksStore:
    def __init__(self, db: Database) -> None:
        self._thanks = db["volunteer_thanks"]

    async def add(self, one: Thanks, tx: Tx) -> None:
        """Safe to repeat."""
        await self._thanks.update_one({"_id": one.id}, {"$setOnInsert": _row(one)}, upsert=True, session=tx)

    async def get(self, id_: str, tx: Tx | None = None) -> Thanks | None:
        row = await self._thanks.find_one({"_id": id_}, session=tx)
        return _thanks(row) if row else None

    async def turn(self, id_: str, state: ThanksState, due_at: datetime, fault: str | None, tx: Tx) -> bool:
        """From waiting; False when it waits no more."""
        change = {"$set": {"state": state.value, "due_at": due_at, "fault": fault}}
        still = {"_id": id_, "state": ThanksState.WAITING.value}
        return bool((await self._thanks.update_one(still, change, session=tx)).matched_count)

    async def due(self, now: datetime, most: int) -> list[str]:
        which = {"state": ThanksState.WAITING.value, "due_at": {"$lte": now}}
        rows = await self._thanks.find(which, {"_id": 1}).sort("due_at", 1).limit(most).to_list(None)
        return [row["_id"] for row in rows]

    async def page(self, state: ThanksState, request: PageRequest) -> Page[Thanks]:
        """For the desk."""
        rows = await page_rows(self._thanks, {"state": state.value}, request)
        return Page.cut([_thanks(row) for row in rows], request)


def _row(one: Thanks) -> Document:
    return {
        "citizen": one.citizen,
        "organisation": one.organisation,
        "points": one.points,
        "title": one.title,
        "at": one.at,
        "due_at": one.due_at,
        "state": one.state.value,
        "fault": one.fault,
    }


def _thanks(row: Document) -> Thanks:
    return Thanks(
        id=row["_id"],
        citizen=row["citizen"],
        organisation=row["organisation"],
        points=row["points"],
        title=row["title"],
        at=row["at"],
        due_at=row["due_at"],
        state=ThanksState(row["state"]),
        fault=row["fault"],
    )
