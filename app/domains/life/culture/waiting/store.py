"""Waiting lists in MongoDB. One open place per person and session, by a unique index; the order is that of the ids."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey, Part, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import UNSAID, Said, said_of
from app.domains.life.culture.waiting.errors import WaitingAlready
from app.domains.life.culture.waiting.model import Wait, WaitState

_MANY = 1_000


class WaitStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._waits = db["ticket_waits"]

    async def add(self, wait: Wait, tx: Tx) -> None:
        """Raises WaitingAlready."""
        try:
            await self._waits.insert_one(_row(wait), session=tx)
        except DuplicateKey:
            raise WaitingAlready from None

    async def save(self, wait: Wait, was: Wait, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        before = {"citizen": was.citizen, "_id": was.id, "rev": was.rev}
        return bool((await self._waits.replace_one(before, _row(wait), session=tx)).modified_count)

    async def of(self, citizen: str, wait: str, tx: Tx | None = None) -> Wait | None:
        row = await self._waits.find_one({"citizen": citizen, "_id": wait}, session=tx)
        return _wait(row) if row else None

    async def page(self, citizen: str, request: PageRequest) -> Page[Wait]:
        """Newest first."""
        rows = await page_rows(self._waits, {"citizen": citizen}, request)
        return Page.cut([_wait(row) for row in rows], request)

    async def open_of(self, citizen: str, most: int, tx: Tx | None = None) -> list[Wait]:
        which = {"citizen": citizen, "open": True}
        return [_wait(row) for row in await self._waits.find(which, session=tx).limit(most).to_list(None)]

    def offers(self, citizen: str, most: int) -> Part[tuple[Wait, Said]]:
        """What is offered to somebody, each with the name of its event."""
        which = {"citizen": citizen, "open": True, "state": WaitState.OFFERED.value}
        named = {"from": "culture_events", "localField": "event", "foreignField": "_id", "as": "events"}
        steps: list[Document] = [{"$match": which}, {"$limit": most}, {"$lookup": named}]
        return Part("ticket_waits", steps, lambda row: (_wait(row), _name_of(row["events"])))

    async def next_for(
        self, session: str, most: int, tx: Tx, *, after: str = "", count: int | None = None
    ) -> list[Wait]:
        """Who waits, in order; for so many tickets at most."""
        which: Document = {"session": session, "state": WaitState.WAITING.value, "_id": {"$gt": after}}
        if count is not None:
            which["count"] = {"$lte": count}
        found = self._waits.find(which, session=tx).sort("_id", 1).limit(most)
        return [_wait(row) for row in await found.to_list(None)]

    async def ahead_of(self, wait: Wait) -> int:
        """How many are before him; a thousand at most."""
        which = {"session": wait.session, "state": WaitState.WAITING.value, "_id": {"$lt": wait.id}}
        return int(await self._waits.count_documents(which, limit=_MANY))

    async def lapsed(self, now: datetime, most: int, session: str | None = None) -> list[Wait]:
        """Offers that are over."""
        which: Document = {"state": WaitState.OFFERED.value, "until": {"$lte": now}}
        if session is not None:
            which["session"] = session
        return [_wait(row) for row in await self._waits.find(which).sort("until", 1).limit(most).to_list(None)]

    async def open_in(self, session: str, after: str, most: int) -> list[Wait]:
        which = {"session": session, "open": True, "_id": {"$gt": after}}
        return [_wait(row) for row in await self._waits.find(which).sort("_id", 1).limit(most).to_list(None)]

    async def next_session(self, after: str) -> str | None:
        """One that somebody waits for, by the order of ids."""
        which = {"open": True, "session": {"$gt": after}}
        row = await self._waits.find_one(which, {"session": 1}, sort=[("session", 1)])
        return row["session"] if row else None

    async def waiting(self, sessions: Collection[str]) -> dict[str, int]:
        """How many wait, by session."""
        which = {"session": {"$in": sorted(sessions)}, "state": WaitState.WAITING.value}
        groups: list[Document] = [{"$match": which}, {"$group": {"_id": "$session", "count": {"$sum": 1}}}]
        rows = await self._db.aggregate("ticket_waits", groups)
        return {**dict.fromkeys(sessions, 0), **{row["_id"]: row["count"] for row in rows}}


def _name_of(events: list[Document]) -> Said:
    return next((said_of(one["name"]) for one in events), UNSAID)


def _row(one: Wait) -> Document:
    row: Document = {
        "_id": one.id,
        "citizen": one.citizen,
        "event": one.event,
        "session": one.session,
        "count": one.count,
        "state": one.state.value,
        "since": one.since,
        "places": list(one.places),
        "until": one.until,
        "purchase": one.purchase,
        "rev": one.rev,
    }
    return row | {"open": True} if one.open else row


def _wait(row: Document) -> Wait:
    return Wait(
        id=row["_id"],
        citizen=row["citizen"],
        event=row["event"],
        session=row["session"],
        count=row["count"],
        state=WaitState(row["state"]),
        since=row["since"],
        places=tuple(row["places"]),
        until=row["until"],
        purchase=row["purchase"],
        rev=row["rev"],
    )
