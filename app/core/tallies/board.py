"""What the desk's first page draws: every measure as a series, and how things stand at this moment.

Those who look at the same time share one reading: a page that looks again every two seconds, in many browsers, costs
the database what one does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.clock import Clock
from app.core.tallies.model import MEASURES, Series
from app.core.tallies.service import Tallies


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
    def __init__(self, tallies: Tallies, standing: Callable[[], Awaitable[Standing]], clock: Clock) -> None:
        self._tallies = tallies
        self._standing = standing
        self._clock = clock
        self._kept: dict[Period, Board] = {}
        self._reading = {period: asyncio.Lock() for period in Period}

    async def board(self, period: Period) -> Board:
        """All series of that period."""
        async with self._reading[period]:
            kept, now = self._kept.get(period), self._clock.now()
            if kept is None or not timedelta(0) <= now - kept.at < period.fresh:
                kept = self._kept[period] = await self._read(period, now)
            return kept

    async def sample(self) -> Standing:
        """How things stand, kept as gauges: the worker's business, every fifteen seconds."""
        standing = await self._standing()
        for measure in Standing.__dataclass_fields__:
            await self._tallies.gauge(measure, getattr(standing, measure))
        return standing

    async def _read(self, period: Period, now: datetime) -> Board:
        since = now - period.step * (period.steps - 1)
        wanted = (self._tallies.series(measure, since, period.step) for measure in MEASURES)
        standing, *series = await asyncio.gather(self._standing(), *wanted)
        return Board(period, now, standing, {one.measure: one for one in series})
