"""Limits counted in the database, so that they hold across processes: one guarded upsert per event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.core.clock import Clock
from app.core.errors import RateLimited
from app.core.limit import Limit
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.sealed import KeyRing

_ONE_LESS = {"$inc": {"count": -1}}


class Limits:
    def __init__(self, db: Database, ring: KeyRing, clock: Clock) -> None:
        self._ring = ring
        self._counts = db["limits"]
        self._clock = clock

    async def take(self, limit: Limit, subject: str) -> None:
        """Count one event of `subject` in the present window. Raises RateLimited when the window is full."""
        now = self._clock.now()
        start, ends_at = _window(now, limit.window)
        row = {"_id": self._key(limit, subject, start), "count": {"$lt": limit.most}}
        one_more = {"$inc": {"count": 1}, "$setOnInsert": {"tidy_at": ends_at + limit.window}}
        try:
            # At the limit the filter misses, the upsert tries to insert the same _id, and the database refuses it.
            await self._counts.update_one(row, one_more, upsert=True)
        except DuplicateKey:
            # The same refusal comes when two first events race: then the row is there and has room.
            if not (await self._counts.update_one(row, one_more)).modified_count:
                raise RateLimited(retry_after=max(1, int((ends_at - now).total_seconds()))) from None

    async def count(self, limit: Limit, subject: str, tx: Tx) -> None:
        """As `take`, with what it is counted for: what is not kept is not counted, and of rivals under one key, which
        collide here, one is. Not for what crowds share: they would wait for each other. Raises RateLimited.
        """
        now = self._clock.now()
        start, ends_at = _window(now, limit.window)
        key = {"_id": self._key(limit, subject, start)}
        row = await self._counts.find_one(key, session=tx)
        if row is not None and row["count"] >= limit.most:
            raise RateLimited(retry_after=max(1, int((ends_at - now).total_seconds())))
        one_more = {"$inc": {"count": 1}, "$setOnInsert": {"tidy_at": ends_at + limit.window}}
        await self._counts.update_one(key, one_more, upsert=True, session=tx)

    async def demand_room(self, limit: Limit, subject: str) -> None:
        """Count nothing. Raises RateLimited when the window is full."""
        now = self._clock.now()
        start, ends_at = _window(now, limit.window)
        full = {"_id": self._key(limit, subject, start), "count": {"$gte": limit.most}}
        if await self._counts.find_one(full) is not None:
            raise RateLimited(retry_after=max(1, int((ends_at - now).total_seconds())))

    async def give_back(self, limit: Limit, subject: str) -> None:
        """Uncount one event that was taken beforehand and turned out not to be of this kind."""
        start, _ = _window(self._clock.now(), limit.window)
        await self._counts.update_one({"_id": self._key(limit, subject, start), "count": {"$gt": 0}}, _ONE_LESS)

    def _key(self, limit: Limit, subject: str, start: int) -> str:
        """Hashed: a network address or a device is somebody's."""
        return self._ring.keyed_hash(f"{limit.name}:{subject}:{start}", kind="limit")


def _window(now: datetime, length: timedelta) -> tuple[int, datetime]:
    seconds = int(length.total_seconds())
    start = int(now.timestamp()) // seconds
    return start, datetime.fromtimestamp((start + 1) * seconds, UTC)
