"""Who is handed the events of the outbox. Each does its part once, by the event's id, and may be handed it again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from app.core.events import Event
from notifications.dispatch.model import RetryLater

Consumer = Callable[[Event], Awaitable[None]]


def each_of(*consumers: Consumer) -> Consumer:
    """One consumer of several: that one fails keeps no other from its part. Raises what the failing one raised."""

    async def consume(event: Event) -> None:
        done = await asyncio.gather(*(consumer(event) for consumer in consumers), return_exceptions=True)
        failed = [error for error in done if isinstance(error, BaseException)]
        # A wish to wait is no fault: a fault beside it is what must be seen.
        for error in sorted(failed, key=lambda error: isinstance(error, RetryLater)):
            raise error

    return consume
