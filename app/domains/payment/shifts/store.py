"""Shifts in MongoDB. That a cashier has one open at a time, an index sees to."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.shifts.model import Shift


class ShiftStore:
    def __init__(self, db: Database) -> None:
        self._shifts = db["shifts"]

    async def add(self, shift: Shift, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._shifts.insert_one({"_id": shift.id, **_row(shift)}, session=tx)

    async def close(self, shift: Shift, now: datetime, tx: Tx) -> bool:
        which = {"organisation": shift.organisation, "_id": shift.id, "open": True}
        change = {"$set": {"open": False, "closed_at": now}}
        return bool((await self._shifts.update_one(which, change, session=tx)).modified_count)

    async def open_of(self, organisation: str, cashier: str, tx: Tx | None = None) -> Shift | None:
        which = {"organisation": organisation, "cashier": cashier, "open": True}
        row = await self._shifts.find_one(which, session=tx)
        return _shift(row) if row else None

    async def get(self, organisation: str, shift: str) -> Shift | None:
        row = await self._shifts.find_one({"organisation": organisation, "_id": shift})
        return _shift(row) if row else None

    async def page(self, organisation: str, cashier: str | None, request: PageRequest) -> Page[Shift]:
        """Newest first; of one cashier, or of all."""
        which: Document = {"organisation": organisation, **({"cashier": cashier} if cashier else {})}
        rows = await page_rows(self._shifts, which, request)
        return Page.cut([_shift(row) for row in rows], request)


def _row(one: Shift) -> Document:
    return {
        "organisation": one.organisation,
        "cashier": one.cashier,
        "till": one.till,
        "opened_at": one.opened_at,
        "closed_at": one.closed_at,
        "open": one.open,
    }


def _shift(row: Document) -> Shift:
    return Shift(row["_id"], row["organisation"], row["cashier"], row["till"], row["opened_at"], row["closed_at"])
