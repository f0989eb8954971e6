"""What the desk's first page draws: every measure as a series, and how things stand at this moment.

Those who look at the same time share one reading: a page that looks again every two seconds, in many browsers, costs
the database what one does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.audit.chain import AuditChain
from app.core.clock import Clock
from app.core.errors import RateLimited
from app.core.mongo import DatabaseFault
from app.core.outbox import Outbox
from app.core.tallies.model import MEASURES, Series
from app.core.tallies.service import Tallies

LIVE_EVERY = timedelta(seconds=2)
LIVE_FOR = timedelta(minutes=5)
MOST_WATCHING = 50


class Period(StrEnum):
    """The last hour in steps of five minutes, the last day by the hour, the last thirty days by the city's day."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"

    @property
    def step(self) -> timedelta:
        return {"hour": timedelta(minutes=5), "day": timedelta(hours=1), "month": timedelta(days=1)}[self.value]

    @property
    def steps(self) -> int:
        return {"hour": 12, "day": 24, "month": 30}[self.value]

    @property
    def fresh(self) -> timedelta:
        """How old a reading may be that is shown."""
        return {"hour": timedelta(seconds=1), "day": timedelta(seconds=15), "month": timedelta(minutes=1)}[self.value]


@dataclass(frozen=True, slots=True)
class Standing:
    """Now: events that are due and not told, dead ones (both counted up to 10,000), and ages in seconds."""

    outbox_waiting: int
    outbox_age: int
    dead_letters: int
    audit_unsealed: int


@dataclass(frozen=True, slots=True)
class Board:
    """`series` by measure; all of one period have the same number of steps, and the last one is not over yet."""

    period: Period
    at: datetime
    standing: Standing
    series: Mapping[str, Series]


class Dashboards:
    def __init__(self, tallies: Tallies, outbox: Outbox, chain: AuditChain, clock: Clock) -> None:
        self._tallies = tallies
        self._outbox = outbox
        self._chain = chain
        self._clock = clock
        self._watching = 0
        self._kept: dict[Period, Board] = {}
        self._reading = {period: asyncio.Lock() for period in Period}

    async def board(self, period: Period) -> Board:
        """All series of that period."""
        async with self._reading[period]:
            kept, now = self._kept.get(period), self._clock.now()
            if kept is None or not timedelta(0) <= now - kept.at < period.fresh:
                kept = self._kept[period] = await self._read(period, now)
            return kept

    def live(self) -> AsyncIterator[Board | None]:
        """The board of the last hour every two seconds, for five minutes; None while the database is away.

        Raises RateLimited at once when too many look already.
        """
        if self._watching >= MOST_WATCHING:
            raise RateLimited(retry_after=int(LIVE_FOR.total_seconds()))
        return self._watched()

    async def _watched(self) -> AsyncIterator[Board | None]:
        self._watching += 1
        try:
            for _ in range(LIVE_FOR // LIVE_EVERY):
                yield await self._tried()
                await asyncio.sleep(LIVE_EVERY.total_seconds())
        finally:
            self._watching -= 1

    async def _tried(self) -> Board | None:
        try:
            return await self.board(Period.HOUR)
        except DatabaseFault:
            return None

    async def sample(self) -> Standing:
        """How things stand, kept as gauges: the worker's business, every fifteen seconds."""
        standing = await self._standing()
        for measure in Standing.__dataclass_fields__:
            await self._tallies.gauge(measure, getattr(standing, measure))
        return standing

    async def _read(self, period: Period, now: datetime) -> Board:
        since = now - period.step * (period.steps - 1)
        series = await asyncio.gather(*(self._tallies.series(one, since, period.step) for one in MEASURES))
        return Board(period, now, await self._standing(), {one.measure: one for one in series})

    async def _standing(self) -> Standing:
        now, (waiting, dead) = self._clock.now(), await self._outbox.depth()
        oldest, unsealed = await self._outbox.oldest(), await self._chain.oldest_unsealed()
        return Standing(waiting, _age(oldest, now), dead, _age(unsealed, now))


def _age(since: datetime | None, now: datetime) -> int:
    return max(0, int((now - since).total_seconds())) if since else 0
