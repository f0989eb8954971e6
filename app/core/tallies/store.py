"""Buckets of tallies in MongoDB, found by ranges of their ids alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.core.mongo import Database, Document, DuplicateKey
from app.core.tallies.model import Bucket, Span, Tally


class TallyStore:
    def __init__(self, db: Database) -> None:
        self._tallies = db["tallies"]

    async def add(self, bucket: Bucket, counts: Mapping[str, int], writer: str, turn: int) -> None:
        """Add these counts once: repeating a writer's latest turn, whose answer was lost, changes nothing."""
        not_yet: Document = {"_id": bucket.id, f"turns.{writer}": {"$ne": turn}}
        change: Document = {
            "$inc": {f"counts.{line}": count for line, count in counts.items()},
            "$set": {f"turns.{writer}": turn},
            "$setOnInsert": _dated(bucket),
        }
        try:
            await self._tallies.update_one(not_yet, change, upsert=True)
        except DuplicateKey:
            # The row is there: another process made it just now (then this adds), or the turn is in it (then not).
            await self._tallies.update_one(not_yet, change)

    async def seen(self, bucket: Bucket, value: int) -> None:
        """A gauge showed this value."""
        change: Document = {"$max": {"high": value}, "$setOnInsert": _dated(bucket)}
        try:
            await self._tallies.update_one({"_id": bucket.id}, change, upsert=True)
        except DuplicateKey:  # another process made the row just now
            await self._tallies.update_one({"_id": bucket.id}, change)

    async def between(self, measure: str, span: Span, since: datetime, until: datetime) -> list[Tally]:
        """Buckets that begin in this time, oldest first."""
        first, last = Bucket.of(measure, span, since).id, Bucket.of(measure, span, until).id
        wanted = {"_id": {"$gte": first, "$lte": last}}
        rows = self._tallies.find(wanted, {"start": 1, "counts": 1, "high": 1}).sort("_id", 1)
        return [Tally(row["start"], row.get("counts", {}), row.get("high")) async for row in rows]


def _dated(bucket: Bucket) -> Document:
    return {"start": bucket.start, "tidy_at": bucket.start + bucket.span.kept}
