"""Listening: one worker at a time asks the operator, and all processes know what it heard."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from prometheus_client import Counter, Gauge

from app.core.clock import Clock
from app.core.errors import Unavailable
from app.core.mongo import Document
from app.domains.life.transit.realtime.model import Heard, Live, matched
from app.domains.life.transit.realtime.store import LiveStore, live_from
from app.domains.life.transit.timetable.model import Timetable
from app.domains.life.transit.timetable.service import TimetableKeeper

log = structlog.get_logger()
_LOOKS = Counter("rong_transit_looks_total", "Looks at the operator's live feed, by outcome", ["outcome"])
_UNMATCHED = Gauge("rong_transit_unmatched", "Trips and vehicles of the last look that the timetable does not know")
PERIOD = timedelta(seconds=15)


class TransitFeed(Protocol):
    """An operator's live feed."""

    async def heard(self) -> Heard:
        """What it says now. Raises Unavailable: it does not answer, or not in a way that can be read."""
        ...


class LiveBoard:
    """What is known, as this process holds it."""

    def __init__(self, store: LiveStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._held: Live | None = None

    async def load(self) -> None:
        self._held = await self._store.get()

    def changed(self, row: Document) -> None:
        self._held = live_from(row)

    def take(self, live: Live) -> None:
        """It was heard in this process."""
        self._held = live

    def fresh_for(self, table: Timetable) -> Live | None:
        """None when it is of another version, or too old to be called live."""
        live = self._held
        return live if live and live.version == table.version and live.fresh(self._clock.now()) else None


class Listening:
    def __init__(
        self,
        feed: TransitFeed | None,
        store: LiveStore,
        board: LiveBoard,
        keeper: TimetableKeeper,
        clock: Clock,
    ) -> None:
        self._feed = feed
        self._store = store
        self._board = board
        self._keeper = keeper
        self._clock = clock

    async def round(self) -> int:
        """Ask, when it is time to; always 0: there is nothing left to ask at once."""
        now = self._clock.now()
        if self._feed is None or self._keeper.held is None or not await self._store.claim(now, now + PERIOD):
            return 0
        outcome = await self.look(self._feed, self._keeper.held)
        _LOOKS.labels(outcome).inc()
        await self._store.looked(self._clock.now(), outcome)
        return 0

    async def last_look(self) -> tuple[datetime, str, datetime | None] | None:
        """(when it was asked last, what came of it, when something was heard last); None: it was never asked."""
        return await self._store.last_look()

    async def look(self, feed: TransitFeed, table: Timetable) -> str:
        """In a word what came of it. What was heard before stays, and grows old."""
        try:
            heard = await feed.heard()
        except Unavailable:
            return "unavailable"
        now = self._clock.now()
        live = await asyncio.to_thread(matched, heard, table, now)
        _UNMATCHED.set(live.unmatched)
        if not live.fresh(now):
            return "stale"
        if not await self._store.save(live):
            return "late"
        self._board.take(live)
        return "ok"
