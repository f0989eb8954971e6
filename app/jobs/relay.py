"""The relay takes events from the outbox and has them told. Who is not done before his lease ends is stopped: another
worker takes the event then, and two at it would ring twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from prometheus_client import Counter

from app.core.events import Event
from app.core.outbox import Claim, Outbox
from app.core.traces import frames_of
from notifications.dispatch.model import RetryLater

log = structlog.get_logger()
_HANDLED = Counter("rong_outbox_handled_total", "Events taken from the outbox", ["type", "outcome"])
_AT_ONCE = 20
_LONGEST_WAIT = timedelta(hours=1)
_WITHIN = 25.0  # seconds, of the thirty of a lease
_BREATH = 0.05  # seconds in which those who are quick make room for a whole batch


class Relay:
    def __init__(self, outbox: Outbox, tell: Callable[[Event], Awaitable[None]], within: float = _WITHIN) -> None:
        self._outbox = outbox
        self._tell = tell
        self._within = within
        self._handling: set[asyncio.Task[None]] = set()

    async def round(self) -> int:
        """Claim what is due, as much as there is room for, and begin to handle it; how much there was to do.

        It does not wait to the end: an event whose channel is slow takes one place, and holds up no other.
        """
        if self._handling:
            await asyncio.wait(self._handling, timeout=_BREATH)
        room = _AT_ONCE - len(self._handling)
        if not room:
            return len(self._handling)
        claims = await self._outbox.claim(room)
        for claim in claims:
            task = asyncio.create_task(self._handle(claim), name="relay")
            self._handling.add(task)
            task.add_done_callback(self._handling.discard)
        return len(claims)

    async def finish(self) -> None:
        """Wait for what is being told."""
        while self._handling:
            await asyncio.wait(set(self._handling))

    async def _handle(self, claim: Claim) -> None:
        try:
            await self._told(claim)
        except Exception as error:  # the database is away: the lease ends, and somebody takes the event again
            log.warning("event not settled", kind=claim.event.type, traceback=frames_of(error))

    async def _told(self, claim: Claim) -> None:
        try:
            async with asyncio.timeout(self._within):
                await self._tell(claim.event)
        except RetryLater as later:
            await self._later(claim, max(later.after, _backoff(claim.attempt)), "channel asked to wait")
        except Exception as error:
            log.error("event not told", kind=claim.event.type, attempt=claim.attempt, traceback=frames_of(error))
            await self._later(claim, _backoff(claim.attempt), type(error).__name__)
        else:
            await self._outbox.done(claim)
            _HANDLED.labels(claim.event.type, "told").inc()

    async def _later(self, claim: Claim, wait: timedelta, reason: str) -> None:
        _HANDLED.labels(claim.event.type, "again").inc()
        await self._outbox.again(claim, wait, reason)


def _backoff(attempt: int) -> timedelta:
    return min(timedelta(seconds=2 ** min(attempt, 12)), _LONGEST_WAIT)
