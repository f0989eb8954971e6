"""Erasures in MongoDB: how far each one is, and who is at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.ids import new_id
from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.identity.rights.erasures.errors import ErasureUnderway
from app.domains.identity.rights.erasures.model import Erasure, ErasureState

_LEASE = timedelta(minutes=5)
_AT_WORK = [ErasureState.COOLING.value, ErasureState.ERASING.value, ErasureState.ERASED.value]


@dataclass(frozen=True, slots=True)
class Claim:
    """An erasure that is due for its next step; `done` are the steps that need not be done again."""

    erasure: Erasure
    fence: str
    done: tuple[str, ...]


class ErasureStore:
    def __init__(self, db: Database) -> None:
        self._erasures = db["erasures"]

    async def add(self, erasure: Erasure, tx: Tx) -> None:
        """Raises ErasureUnderway."""
        before = await self._erasures.find_one({"citizen": erasure.citizen, "open": True}, session=tx)
        if before is not None:
            raise ErasureUnderway(before["erases_at"])
        row: Document = {
            "_id": erasure.id,
            "citizen": erasure.citizen,
            "state": erasure.state.value,
            "open": True,
            "requested_at": erasure.requested_at,
            "erases_at": erasure.erases_at,
            "due_at": erasure.erases_at,
            "done": [],
        }
        try:
            await self._erasures.insert_one(row, session=tx)
        except DuplicateKey:
            raise ErasureUnderway(erasure.erases_at) from None

    async def newest(self, citizen: str, tx: Tx | None = None) -> Erasure | None:
        row = await self._erasures.find_one({"citizen": citizen}, sort=[("_id", -1)], session=tx)
        return _erasure(row) if row else None

    async def withdraw(self, citizen: str, tx: Tx) -> Erasure | None:
        """Take back the one that has not begun."""
        cooling = {"citizen": citizen, "open": True, "state": ErasureState.COOLING.value}
        row = await self._erasures.find_one(cooling, session=tx)
        if row is None:
            return None
        change = {"state": ErasureState.WITHDRAWN.value, "open": False, "due_at": None}
        seen = {**cooling, "_id": row["_id"]}
        taken = await self._erasures.update_one(seen, {"$set": change}, session=tx)
        return _erasure({**row, **change}) if taken.modified_count else None

    async def page(self, state: ErasureState, request: PageRequest) -> Page[Erasure]:
        """For the desk, newest first."""
        rows = await page_rows(self._erasures, {"state": state.value}, request)
        return Page.cut([_erasure(row) for row in rows], request)

    async def erased(self) -> AsyncIterator[str]:
        """Everybody who was erased, by id."""
        done = {"state": {"$in": [ErasureState.ERASED.value, ErasureState.RELEASED.value]}}
        async for row in self._erasures.find(done, {"citizen": 1}):
            yield row["citizen"]

    async def claim(self, now: datetime) -> Claim | None:
        """The next one that is due, for the length of the lease. From here on it cannot be taken back."""
        due = {"state": {"$in": _AT_WORK}, "due_at": {"$lte": now}}
        for row in await self._erasures.find(due).sort([("due_at", 1), ("_id", 1)]).limit(10).to_list(None):
            fence, seen = new_id(), {key: row[key] for key in ("citizen", "_id", "state", "due_at")}
            state = row["state"] if row["state"] == ErasureState.ERASED.value else ErasureState.ERASING.value
            change = {"due_at": now + _LEASE, "fence": fence, "state": state}
            if (await self._erasures.update_one(seen, {"$set": change})).modified_count:
                return Claim(_erasure({**row, **change}), fence, tuple(row["done"]))
        return None

    async def step_done(self, claim: Claim, step: str, now: datetime) -> None:
        """Note a step, and hold the lease."""
        change: Document = {"$addToSet": {"done": step}, "$set": {"due_at": now + _LEASE}}
        await self._erasures.update_one(_mine(claim), change)

    async def settle(self, claim: Claim, change: Document, tx: Tx | None = None) -> bool:
        """False when the lease was lost."""
        return bool((await self._erasures.update_one(_mine(claim), {"$set": change}, session=tx)).modified_count)


def _mine(claim: Claim) -> Document:
    return {"citizen": claim.erasure.citizen, "_id": claim.erasure.id, "fence": claim.fence}


def _erasure(row: Document) -> Erasure:
    return Erasure(
        id=row["_id"],
        citizen=row["citizen"],
        state=ErasureState(row["state"]),
        requested_at=row["requested_at"],
        erases_at=row["erases_at"],
        erased_at=row.get("erased_at"),
        swept_at=row.get("swept_at"),
    )
