"""Proofs that nobody had to bring, counted by day and item. Each count is spread over a few rows, so that applications
handed in at the same moment do not wait for one another."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from app.core.mongo import Database, Document, Tx

_SPREAD = 16
_MOST = 200


@dataclass(frozen=True, slots=True)
class SparedLine:
    """`key` is the day or the item that is counted."""

    key: str
    proofs: int
    applications: int


class SparedStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["proofs_spared"]
        self._db = db

    async def add(self, item: str, day: date, proofs: int, tx: Tx) -> None:
        """In the transaction of the submission: counted when it is handed in, and only then."""
        place = f"{day.isoformat()}@{item}#{random.randrange(_SPREAD)}"  # noqa: S311  (nothing secret)
        more = {"$inc": {"proofs": proofs, "applications": 1}, "$setOnInsert": {"day": day.isoformat(), "item": item}}
        await self._rows.update_one({"_id": place}, more, upsert=True, session=tx)

    async def by_day(self, since: date) -> list[SparedLine]:
        """The newest first."""
        return await self._summed("day", since, {"_id": -1})

    async def by_item(self, since: date) -> list[SparedLine]:
        """The most spared first."""
        return await self._summed("item", since, {"proofs": -1, "_id": 1})

    async def _summed(self, key: str, since: date, order: Document) -> list[SparedLine]:
        group = {"_id": f"${key}", "proofs": {"$sum": "$proofs"}, "applications": {"$sum": "$applications"}}
        rows = await self._db.aggregate(
            "proofs_spared",
            [
                {"$match": {"_id": {"$gte": since.isoformat()}}},
                {"$group": group},
                {"$sort": order},
                {"$limit": _MOST},
            ],
        )
        return [SparedLine(row["_id"], row["proofs"], row["applications"]) for row in rows]
