"""Grants, budgets and days in MongoDB. What a grant was for is sealed under its citizen's key."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.payment.points.grants.model import Budget, Grant, GrantReason, GrantState

WHAT = "grant words"
_KEPT = timedelta(days=3)


class GrantStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._grants = db["point_grants"]
        self._budgets = db["point_budgets"]
        self._days = db["point_days"]
        self._persons = persons

    # Grants

    async def add(self, grant: Grant, tx: Tx) -> None:
        """Raises DuplicateKey: one stands under its reference."""
        key = await self._persons.sealing(grant.citizen, tx)
        row = {
            "_id": grant.id,
            "organisation": grant.organisation,
            "reference": grant.reference,
            "citizen": grant.citizen,
            "fen": grant.fen,
            "reason": grant.reason.value,
            "what": key.seal_text(grant.what or "", record=grant.id, field=WHAT),
            "at": grant.at,
            "turn": f"{grant.at.isoformat()}/{grant.id}",
            "transfer": grant.transfer,
            "state": grant.state.value,
        }
        await self._grants.insert_one(row, session=tx)

    async def get(self, grant: str, tx: Tx | None = None) -> Grant | None:
        row = await self._grants.find_one({"_id": grant}, session=tx)
        return (await self._all([row], tx))[0] if row else None

    async def of_transfers(self, citizen: str, grants: list[str]) -> list[Grant]:
        """Of one citizen, by their ids."""
        rows = await self._grants.find({"_id": {"$in": grants}, "citizen": citizen}).to_list(None)
        return await self._all(rows)

    async def of_organisation(self, organisation: str, request: PageRequest) -> Page[Grant]:
        """Newest first; the cursor is `turn_of`."""
        rows = await page_rows(self._grants, {"organisation": organisation}, request, by="turn")
        return Page.cut(await self._all(rows), request)

    async def count_of(self, citizen: str, reason: GrantReason, since: datetime, until: datetime) -> int:
        """How often he was given points for this in that time, and kept them."""
        at = {"$gte": since, "$lt": until}
        which = {"citizen": citizen, "reason": reason.value, "state": GrantState.GIVEN.value, "at": at}
        return await self._grants.count_documents(which)

    async def turn(self, grant: Grant, to: GrantState, tx: Tx) -> bool:
        which = {"_id": grant.id, "state": grant.state.value}
        return bool((await self._grants.update_one(which, {"$set": {"state": to.value}}, session=tx)).modified_count)

    # Budgets

    async def budget(self, organisation: str, tx: Tx | None = None) -> Budget | None:
        row = await self._budgets.find_one({"_id": organisation}, session=tx)
        return _budget(row) if row else None

    async def budgets(self, request: PageRequest) -> Page[Budget]:
        rows = await page_rows(self._budgets, {}, request, newest=False)
        return Page.cut([_budget(row) for row in rows], request)

    async def give(self, organisation: str, more: int, at: datetime, tx: Tx) -> bool:
        """`more` may be less. False when more than that was used already."""
        which: Document = {"_id": organisation, **({"left": {"$gte": -more}} if more < 0 else {})}
        change = {"$inc": {"given": more, "left": more}, "$set": {"changed_at": at}}
        done = await self._budgets.update_one(which, change, upsert=more >= 0, session=tx)
        return bool(done.modified_count or done.upserted_id)

    async def take(self, organisation: str, fen: int, tx: Tx) -> bool:
        which = {"_id": organisation, "left": {"$gte": fen}}
        return bool((await self._budgets.update_one(which, {"$inc": {"left": -fen}}, session=tx)).modified_count)

    async def give_back(self, organisation: str, fen: int, tx: Tx) -> None:
        await self._budgets.update_one({"_id": organisation}, {"$inc": {"left": fen}}, session=tx)

    # Days

    async def earn(self, citizen: str, day: date, fen: int, most: int, tx: Tx) -> bool:
        """Count it, unless it would be more than `most` on that day."""
        key = {"_id": _day_id(citizen, day)}
        tidy = datetime(day.year, day.month, day.day, tzinfo=UTC) + _KEPT
        fresh = {"$setOnInsert": {"fen": 0, "tidy_at": tidy}}
        await self._days.update_one(key, fresh, upsert=True, session=tx)
        room = {**key, "fen": {"$lte": most - fen}}
        return bool((await self._days.update_one(room, {"$inc": {"fen": fen}}, session=tx)).modified_count)

    async def _all(self, rows: list[Document], tx: Tx | None = None) -> list[Grant]:
        keys = await self._persons.many({row["citizen"] for row in rows}, tx)
        return [_grant(row, keys[row["citizen"]]) for row in rows]


def turn_of(grant: Grant) -> str:
    return f"{grant.at.isoformat()}/{grant.id}"


def _day_id(citizen: str, day: date) -> str:
    return f"{citizen}:{day.isoformat()}"


def _grant(row: dict[str, Any], key: PersonKey) -> Grant:
    return Grant(
        id=row["_id"],
        organisation=row["organisation"],
        reference=row["reference"],
        citizen=row["citizen"],
        fen=row["fen"],
        reason=GrantReason(row["reason"]),
        what=key.shown(row["what"], record=row["_id"], field=WHAT),
        at=row["at"],
        transfer=row["transfer"],
        state=GrantState(row["state"]),
    )


def _budget(row: Document) -> Budget:
    return Budget(row["_id"], row["given"], row["left"], row["changed_at"])
