"""Looks in MongoDB: kept for a year, longer than the log that they were at. Why somebody looked is sealed under the key
of whom it was about: the words may name him.
"""

from __future__ import annotations

from datetime import timedelta

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.community.gates.model import Look

REASON = "gate look"
_KEPT = timedelta(days=365)


class LookStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._looks = db["gate_looks"]
        self._persons = persons

    async def add(self, one: Look, tx: Tx) -> None:
        assert one.reason is not None
        key = await self._persons.sealing(one.citizen, tx)
        row = {
            "_id": one.id,
            "citizen": one.citizen,
            "estate": one.estate,
            "entry": one.entry,
            "organisation": one.organisation,
            "by": one.by,
            "reason": key.seal_text(one.reason, record=one.id, field=REASON),
            "at": one.at,
            "tidy_at": one.at + _KEPT,
        }
        await self._looks.insert_one(row, session=tx)

    async def of_estate(self, estate: str, request: PageRequest) -> Page[Look]:
        """The newest first."""
        rows = await page_rows(self._looks, {"estate": estate}, request)
        keys = await self._persons.many({row["citizen"] for row in rows})
        return Page.cut([_look(row, keys[row["citizen"]]) for row in rows], request)


def _look(row: Document, key: PersonKey) -> Look:
    return Look(
        row["_id"],
        row["citizen"],
        row["estate"],
        row["entry"],
        row["organisation"],
        row["by"],
        key.shown(row["reason"], record=row["_id"], field=REASON),
        row["at"],
    )
