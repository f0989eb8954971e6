"""Counters in MongoDB: a counter is changed only as it was read, so that it never has two numbers at it."""

from __future__ import annotations

from dataclasses import asdict

from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.domains.appointments.hall.counters.model import Counter


class CounterStore:
    def __init__(self, db: Database) -> None:
        self._counters = db["service_counters"]

    async def get(self, counter: str, tx: Tx | None = None) -> Counter | None:
        row = await self._counters.find_one({"_id": counter}, session=tx)
        return _counter(row) if row else None

    async def at(self, venue: str) -> list[Counter]:
        return [_counter(row) for row in await self._counters.find({"venue": venue}).sort("_id", 1).to_list(None)]

    async def open_for(self, queue: str) -> list[Counter]:
        rows = await self._counters.find({"queues": queue, "open": True}).sort("_id", 1).to_list(None)
        return [_counter(row) for row in rows]

    async def save(self, counter: Counter, tx: Tx) -> None:
        """`counter` carries the version it was read with; 0 is a counter never opened before.

        Raises DuplicateKey when somebody was faster (the caller's transaction runs again).
        """
        row = _row(counter)
        if counter.version == 0:
            await self._counters.insert_one({"_id": counter.id, **row}, session=tx)
            return
        mine = {"_id": counter.id, "version": counter.version}
        if not (await self._counters.update_one(mine, {"$set": row}, session=tx)).modified_count:
            raise DuplicateKey("it was changed meanwhile")


def _row(counter: Counter) -> Document:
    row = {**asdict(counter), "queues": list(counter.queues), "version": counter.version + 1}
    row.pop("id")
    return row


def _counter(row: Document) -> Counter:
    return Counter(
        id=row["_id"],
        venue=row["venue"],
        organisation=row["organisation"],
        queues=tuple(row["queues"]),
        opened_at=row["opened_at"],
        opened_by=row["opened_by"],
        open=row["open"],
        serving=row["serving"],
        number=row["number"],
        called_at=row["called_at"],
        version=row["version"],
    )
