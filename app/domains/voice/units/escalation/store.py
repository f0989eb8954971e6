"""What was told upwards, in MongoDB; and by which calendar the open cases were counted last."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.voice.units.escalation.model import Escalation, Rung

_COUNTED = "open cases"


class EscalationStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["case_escalations"]
        self._counts = db["case_calendars"]

    async def add(self, one: Escalation, tx: Tx) -> None:
        await self._rows.insert_one(_row(one), session=tx)

    async def get(self, escalation: str, tx: Tx | None = None) -> Escalation | None:
        row = await self._rows.find_one({"_id": escalation}, session=tx)
        return _escalation(row) if row else None

    async def told_to(self, organisation: str, test_of: str | None, request: PageRequest) -> Page[Escalation]:
        """Open ones, newest first."""
        which = {"to": organisation, "test_of": test_of, "open": True}
        return Page.cut([_escalation(row) for row in await page_rows(self._rows, which, request)], request)

    async def open(self, request: PageRequest) -> Page[Escalation]:
        """Open ones of all organisations, newest first."""
        return Page.cut([_escalation(row) for row in await page_rows(self._rows, {"open": True}, request)], request)

    async def of_case(self, case: str) -> list[Escalation]:
        """All of them, oldest first."""
        return [_escalation(row) for row in await self._rows.find({"case": case}).sort("_id", 1).to_list(None)]

    async def note(self, escalation: str, by: str, at: datetime, tx: Tx) -> bool:
        """False when it was noted before, or is over."""
        change = {"open": False, "noted_by": by, "noted_at": at}
        done = await self._rows.update_one({"_id": escalation, "open": True}, {"$set": change}, session=tx)
        return bool(done.modified_count)

    async def close_of(self, case: str, until: datetime) -> None:
        """What was told up to then: the case is over, has more time, or is with somebody else."""
        before = {"case": case, "open": True, "at": {"$lte": until}}
        await self._rows.update_many(before, {"$set": {"open": False}})

    async def calendar(self) -> str | None:
        """The version of the calendar by which the open cases were counted last."""
        row = await self._counts.find_one({"_id": _COUNTED})
        return str(row["version"]) if row else None

    async def counted_by(self, version: str) -> None:
        await self._counts.update_one({"_id": _COUNTED}, {"$set": {"version": version}}, upsert=True)


def _row(one: Escalation) -> Document:
    return {
        "_id": one.id,
        "case": one.case,
        "number": one.number,
        "unit": one.unit,
        "to": one.to,
        "rung": one.rung.value,
        "what": one.what,
        "held": one.held,
        "at": one.at,
        "test_of": one.test_of,
        "open": one.open,
        "noted_by": one.noted_by,
        "noted_at": one.noted_at,
    }


def _escalation(row: Document) -> Escalation:
    kept = {name: value for name, value in row.items() if name not in ("_id", "rung")}
    return Escalation(id=row["_id"], rung=Rung(row["rung"]), **kept)
