"""Counting in memory, adding up in the database every two seconds, and reading it back as series.

What a killed process had counted since its last flush, two seconds at most, is lost; nothing is ever counted twice.
While the database is away counts are kept, and sent once when it is back.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import structlog

from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import Database
from app.core.tallies.model import MEASURES, MOST_LINES, Bucket, Series, Span, drawn, floor
from app.core.tallies.store import TallyStore

log = structlog.get_logger(__name__)
_EVERY = 2.0
_LAST = 1.5  # seconds a stopping process waits for the flush that runs, and again for its last one
_Counts = dict[Bucket, dict[str, int]]


class Tallies:
    """Belongs to one event loop. `count` is cheap and never waits."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._store = TallyStore(db)
        self._clock = clock
        self._writer = new_id()
        self._turn = 0
        self._fresh: _Counts = {}
        # A flush that failed may have arrived all the same: it is sent again as it was, before anything newer.
        self._sending: _Counts = {}
        self._present_counts: dict[str, dict[str, int]] = {}
        self._begun = self._ends = datetime.min.replace(tzinfo=UTC)
        self._one_flush = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def count(self, measure: str, by: int = 1, /, **labels: str) -> None:
        """One more (or `by` more) of a measure. Raises KeyError and ValueError for what is not in MEASURES."""
        line, counts = _line(measure, *labels.items()), self._present(measure)
        if line not in counts and len(counts) >= MOST_LINES:
            line = MEASURES[measure].other
        counts[line] = counts.get(line, 0) + by

    def _present(self, measure: str) -> dict[str, int]:
        """The counts of the present bucket; found once a bucket, because every request comes here."""
        now = self._clock.now()
        if not self._begun <= now < self._ends:
            self._present_counts.clear()
            self._begun = floor(now, Span.FINE.length)
            self._ends = self._begun + Span.FINE.length
        counts = self._present_counts.get(measure)
        if counts is None:
            counts = self._fresh.setdefault(Bucket(measure, Span.FINE, self._begun), {})
            self._present_counts[measure] = counts
        return counts

    async def gauge(self, measure: str, value: int) -> None:
        """What a gauge shows now."""
        now = self._clock.now()
        for span in Span:
            await self._store.seen(Bucket.of(measure, span, now), value)

    async def series(self, measure: str, since: datetime, step: timedelta) -> Series:
        """From the step `since` lies in to the present one. `step` is a whole number of buckets: of five minutes, or
        of hours when it is one or more (only these go back further than five weeks).

        Raises ValueError, KeyError.
        """
        span = Span.COARSE if step % Span.COARSE.length == timedelta(0) else Span.FINE
        if step % span.length or step <= timedelta(0):
            raise ValueError("a step is a whole number of buckets")
        start, now = floor(since, step), self._clock.now()
        tallies = await self._store.between(measure, span, start, now)
        return drawn(measure, tallies, start, step, (floor(now, step) - start) // step + 1)

    async def flush(self) -> None:
        """Send what was counted. Raises what the database raises; the counts are kept then."""
        async with self._one_flush:
            await self._send()
            if self._fresh:
                self._sending, self._fresh = _spread(self._fresh), {}
                self._present_counts.clear()
                self._turn += 1
                await self._send()

    async def _send(self) -> None:
        for bucket, counts in list(self._sending.items()):
            await self._store.add(bucket, counts, self._writer, self._turn)
            del self._sending[bucket]

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="tallies")

    async def stop(self) -> None:
        """Flush a last time, if the database answers."""
        self._stopping.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_LAST)
            self._task.cancel()
        try:
            async with asyncio.timeout(_LAST):
                await self.flush()
        except Exception as error:
            log.warning("tallies_lost", error=type(error).__name__)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), _EVERY)
            except TimeoutError:
                await self._tried()

    async def _tried(self) -> None:
        try:
            await self.flush()
        except Exception as error:
            log.warning("tallies_kept", error=type(error).__name__)


@lru_cache(4_096)
def _line(measure: str, *labels: tuple[str, str]) -> str:
    return MEASURES[measure].line(dict(labels))


def _spread(counts: _Counts) -> _Counts:
    """Each fine bucket, and the coarse one it is part of."""
    spread: _Counts = dict(counts)
    for bucket, lines in counts.items():
        coarse = spread.setdefault(Bucket.of(bucket.measure, Span.COARSE, bucket.start), {})
        for line, count in lines.items():
            coarse[line] = coarse.get(line, 0) + count
    return spread
