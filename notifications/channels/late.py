"""A channel that is made when it is needed: what speaks to FCM is ten megabytes of libraries, and a process that pushes
nothing does without them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from notifications.channels.base import Delivery, Push, PushChannel


class LatePush:
    """Fulfils `PushChannel`. `make` takes a while, and is called in a thread, once."""

    def __init__(self, make: Callable[[], PushChannel]) -> None:
        self._make = make
        self._making = asyncio.Lock()
        self._made: PushChannel | None = None

    async def ready(self) -> None:
        """Now: who pushes wants to hear at its start of credentials that cannot be read. Raises what `make` does."""
        await self._channel()

    async def send(self, pushes: Sequence[Push]) -> list[Delivery]:
        return await (await self._channel()).send(pushes)

    async def aclose(self) -> None:
        if self._made is not None:
            await self._made.aclose()

    async def _channel(self) -> PushChannel:
        async with self._making:
            if self._made is None:
                self._made = await asyncio.to_thread(self._make)
            return self._made
