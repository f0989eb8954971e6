"""Signs of reports in MongoDB: a row each, gone in three weeks, found by the cell it lies in."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey
from app.core.places.model import Point, cell_of, cells_near
from app.core.sealed import KeyRing
from app.domains.voice.public.alike.model import KEPT, NEAR, Signs

_BITS = 15  # hexadecimal digits: 60 bits, which fit into a number of the database


class SignStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._rows = db["case_signs"]
        self._ring = ring

    def hashed(self, words: Collection[str]) -> frozenset[int]:
        return frozenset(int(self._ring.keyed_hash(word, kind="case word")[:_BITS], 16) for word in words)

    async def add(self, signs: Signs) -> None:
        """Once: a repeat adds nothing."""
        with suppress(DuplicateKey):
            await self._rows.insert_one({"_id": signs.case, **_row(signs)})

    async def drop(self, case: str) -> None:
        await self._rows.delete_one({"_id": case})

    async def near(self, point: Point, since: datetime, test_of: str | None, most: int) -> list[Signs]:
        """In the cells around, the newest first."""
        which: Document = {"cell": {"$in": cells_near(point, NEAR)}, "_id": {"$gte": _first_id(since)}}
        rows = await self._rows.find(which).sort("_id", -1).limit(most).to_list(None)
        return [_signs(row) for row in rows if row["test_of"] == test_of]


def _first_id(at: datetime) -> str:
    """Ids sort by the time they were made: the first of that moment."""
    digits = f"{int(at.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def _row(one: Signs) -> Document:
    return {
        "cell": cell_of(one.point),
        "latitude": one.point.latitude,
        "longitude": one.point.longitude,
        "category": one.category,
        "words": sorted(one.words),
        "at": one.at,
        "test_of": one.test_of,
        "tidy_at": one.at + KEPT,
    }


def _signs(row: Document) -> Signs:
    return Signs(
        case=row["_id"],
        point=Point(row["latitude"], row["longitude"]),
        category=row["category"],
        words=frozenset(row["words"]),
        at=row["at"],
        test_of=row["test_of"],
    )
