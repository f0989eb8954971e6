"""What a worker does all the time: rounds, one after the other, until it is asked to stop.

A round that found something to do is followed by the next at once. One that failed is logged by its kind and tried
again after a growing wait: the database may be away, and comes back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from prometheus_client import Counter

from app.core.traces import frames_of

log = structlog.get_logger()
_FAULTS = Counter("rong_worker_faults_total", "Rounds of a worker's loop that failed", ["loop"])
_LONGEST_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Loop:
    """`round` does a bounded piece of work and tells how much it found; after nothing it rests `idle` seconds.

    Every worker runs it: what must be done once is claimed in the database. At a stop the round is finished first, so
    it is a matter of a second or two.
    """

    name: str
    round: Callable[[], Awaitable[int]]
    idle: float = 1.0

    async def run(self, stopping: asyncio.Event) -> None:
        faults = 0
        while not stopping.is_set():
            try:
                found = await self.round()
            except Exception as fault:
                faults += 1
                _FAULTS.labels(self.name).inc()
                log.warning("round failed", loop=self.name, error=type(fault).__name__, traceback=frames_of(fault))
                await _rest(stopping, min(self.idle * 2 ** min(faults, 10), _LONGEST_WAIT))
            else:
                faults = 0
                await _rest(stopping, 0 if found else self.idle)


async def _rest(stopping: asyncio.Event, seconds: float) -> None:
    if not seconds:
        await asyncio.sleep(0)
        return
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
