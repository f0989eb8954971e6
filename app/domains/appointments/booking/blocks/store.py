"""Appeals in MongoDB. What is said in words is sealed under the citizen's key; one is open at a time."""

from __future__ import annotations

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.appointments.booking.blocks.errors import AppealExists
from app.domains.appointments.booking.blocks.model import Appeal, AppealState


class AppealStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._appeals = db["booking_appeals"]
        self._persons = persons

    async def add(self, appeal: Appeal, tx: Tx) -> None:
        """Raises AppealExists."""
        key = await self._persons.sealing(appeal.citizen, tx)
        row = {
            "_id": appeal.id,
            "citizen": appeal.citizen,
            "state": appeal.state.value,
            "open": True,
            "at": appeal.at,
            "blocked_until": appeal.blocked_until,
            "reason": key.seal_text(appeal.reason or "", record=appeal.id, field="appeal reason"),
        }
        try:
            await self._appeals.insert_one(row, session=tx)
        except DuplicateKey:
            raise AppealExists from None

    async def newest_of(self, citizen: str) -> Appeal | None:
        row = await self._appeals.find_one({"citizen": citizen}, sort=[("_id", -1)])
        return _appeal(row, await self._persons.of(citizen)) if row else None

    async def last_granted(self, citizen: str) -> Appeal | None:
        which = {"citizen": citizen, "state": AppealState.GRANTED.value}
        row = await self._appeals.find_one(which, sort=[("_id", -1)])
        return _appeal(row) if row else None

    async def open_of(self, citizen: str, tx: Tx) -> Appeal | None:
        row = await self._appeals.find_one({"citizen": citizen, "open": True}, session=tx)
        return _appeal(row) if row else None

    async def get(self, appeal: str, tx: Tx | None = None) -> Appeal | None:
        """For the desk: of whomever, with its words."""
        row = await self._appeals.find_one({"_id": appeal}, session=tx)
        return _appeal(row, await self._persons.of(row["citizen"], tx)) if row else None

    async def page(self, state: AppealState, request: PageRequest) -> Page[Appeal]:
        """For the desk, newest first, without the words."""
        rows = await page_rows(self._appeals, {"state": state.value}, request)
        return Page.cut([_appeal(row) for row in rows], request)

    async def settle(self, settled: Appeal, tx: Tx) -> bool:
        """False when it was settled meanwhile."""
        change: Document = {
            "state": settled.state.value,
            "open": False,
            "settled_at": settled.settled_at,
            "settled_by": settled.settled_by,
        }
        if settled.answer is not None:
            key = await self._persons.sealing(settled.citizen, tx)
            change["answer"] = key.seal_text(settled.answer, record=settled.id, field="appeal answer")
        open_ = {"citizen": settled.citizen, "_id": settled.id, "open": True}
        return bool((await self._appeals.update_one(open_, {"$set": change}, session=tx)).modified_count)


def _appeal(row: Document, key: PersonKey | None = None) -> Appeal:
    def opened(name: str) -> str | None:
        return key.shown(row.get(name), record=row["_id"], field=f"appeal {name}") if key else None

    return Appeal(
        id=row["_id"],
        citizen=row["citizen"],
        state=AppealState(row["state"]),
        at=row["at"],
        blocked_until=row["blocked_until"],
        reason=opened("reason"),
        answer=opened("answer"),
        settled_at=row.get("settled_at"),
        settled_by=row.get("settled_by"),
    )
