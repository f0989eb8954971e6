"""Pairs of places that may be one, in MongoDB, each by the ids of both."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.life.directory.doubles.model import Double, DoubleState, Doubt


class DoubleStore:
    def __init__(self, db: Database) -> None:
        self._doubles = db["place_doubles"]

    async def get(self, id_: str, tx: Tx | None = None) -> Double | None:
        row = await self._doubles.find_one({"_id": id_}, session=tx)
        return _double(row) if row else None

    async def doubt(self, doubles: Sequence[Double], tx: Tx) -> None:
        """What was decided before stays so."""
        for one in doubles:
            await self._doubles.update_one({"_id": one.id}, {"$setOnInsert": _row(one)}, upsert=True, session=tx)

    async def decide(self, double: Double, tx: Tx) -> bool:
        """False when it is decided already."""
        before = {"_id": double.id, "state": DoubleState.OPEN.value}
        return bool((await self._doubles.update_one(before, {"$set": _row(double)}, session=tx)).modified_count)

    async def page(self, state: DoubleState, request: PageRequest) -> Page[Double]:
        rows = await page_rows(self._doubles, {"state": state.value}, request, newest=False)
        return Page.cut([_double(row) for row in rows], request)


def _row(one: Double) -> Document:
    return {
        "place": one.place,
        "other": one.other,
        "doubt": one.doubt.value,
        "metres": one.metres,
        "at": one.at,
        "state": one.state.value,
        "by": one.by,
        "decided_at": one.decided_at,
    }


def _double(row: Document) -> Double:
    plain = {name: row[name] for name in ("place", "other", "metres", "at", "by", "decided_at")}
    return Double(doubt=Doubt(row["doubt"]), state=DoubleState(row["state"]), **plain)
