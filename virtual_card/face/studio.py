"""Where faces are drawn: in a few threads, off the event loop, and kept while they are asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from cachetools import LRUCache

from app.core.memory import give_back
from virtual_card.face import engraving
from virtual_card.face.drawing import Face, Format, content_key, render, transparency
from virtual_card.face.portrait import clean_photo


class FaceStudio:
    """Draws in a few threads; one drawing per picture at a time; keeps the latest up to `memory` bytes."""

    def __init__(
        self, threads: int = 2, memory: int = 32 * 1024 * 1024, draw: Callable[[Face, Format], bytes] = render
    ) -> None:
        self._draw = draw
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="face")
        self._drawn: LRUCache[str, bytes] = LRUCache(memory, getsizeof=len)
        self._drawing: dict[str, asyncio.Future[bytes]] = {}

    async def face(self, face: Face, format: Format) -> bytes:
        """Raises PhotoUnreadable."""
        return await self.picture(content_key(face, format), lambda: self._draw(face, format))

    async def picture(self, key: str, draw: Callable[[], bytes]) -> bytes:
        """What `draw` gives, in one of the threads; kept under a key that says all that shapes it.

        Raises PhotoUnreadable.
        """
        if (drawn := self._drawn.get(key)) is not None:
            return drawn
        if key not in self._drawing:
            self._drawing[key] = self._start(key, draw)
        return await asyncio.shield(self._drawing[key])  # one reader who leaves does not take it from the others

    def _start(self, key: str, draw: Callable[[], bytes]) -> asyncio.Future[bytes]:
        drawing = asyncio.get_running_loop().run_in_executor(self._pool, draw)

        def keep(done: asyncio.Future[bytes]) -> None:
            del self._drawing[key]
            if not done.cancelled() and done.exception() is None and len(done.result()) <= self._drawn.maxsize:
                self._drawn[key] = done.result()

        drawing.add_done_callback(keep)
        return drawing

    def warm(self, *more: Callable[[], object]) -> None:
        """Draw what every card has before the first one is asked for, and what `more` draws: once a process."""
        self._pool.submit(_drawn, (warm, *more))

    async def clean(self, photo: bytes) -> bytes:
        """`clean_photo` in the same few threads. Raises PhotoUnreadable."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, clean_photo, photo)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def warm() -> None:
    """Draw what every card has."""
    engraving.ground()
    transparency()


def _drawn(draws: Sequence[Callable[[], object]]) -> None:
    """One after the other, which takes the least memory; what drawing took beside what is kept goes back."""
    for draw in draws:
        draw()
    give_back()
