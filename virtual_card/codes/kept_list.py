"""A status list as a process keeps it: signed, made anew when something it lists has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from app.core.clock import Clock
from app.core.mongo import Document
from virtual_card.codes import status_list
from virtual_card.codes.keys import SigningKey

_TTL = timedelta(seconds=60)


class Barring(Protocol):
    """Where it stands which places of a list are taken, and which of them are barred."""

    async def places(self) -> int: ...

    async def barred(self) -> list[int]: ...


class KeptStatusList:
    def __init__(self, barring: Barring, key: Callable[[], SigningKey], clock: Clock, uri: str) -> None:
        """`key` is the one that signs at the time; `uri` is where the list is fetched."""
        self._barring = barring
        self._key = key
        self._clock = clock
        self._uri = uri
        self._kept: tuple[datetime, bytes] | None = None
        self._changes = 0  # that this process has heard of
        self._lock = asyncio.Lock()

    def changed(self, row: Document) -> None:
        """Something listed changed in some process: the list is made anew when it is asked for next."""
        self._forget()

    async def forget(self) -> None:
        self._forget()

    async def signed(self) -> bytes:
        """Kept until something changes, for half its time to live at most."""
        async with self._lock:  # one builder at a time
            kept = self._kept
            if kept is None or self._clock.now() - kept[0] >= _TTL / 2:
                kept = await self._made()
            return kept[1]

    def _forget(self) -> None:
        self._kept, self._changes = None, self._changes + 1

    async def _made(self) -> tuple[datetime, bytes]:
        """One that a change overtook while it was made is not kept, and made once more."""
        while True:
            heard, now = self._changes, self._clock.now()
            size = await self._barring.places()
            # Room to grow: who reads it counts a place beyond it as barred, and new ones come all day.
            room = max(1 << 16, 1 << (size * 2).bit_length())
            encode = partial(status_list.encode, uri=self._uri)
            made = now, await asyncio.to_thread(encode, await self._barring.barred(), room, self._key(), now, _TTL)
            if heard == self._changes:
                self._kept = made
                return made
