"""Where faces are drawn: in a few threads, off the event loop, and kept while they are asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from cachetools import LRUCache

from virtual_card.face import engraving
from virtual_card.face.drawing import Face, Format, content_key, render
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
        key = content_key(face, format)
        if (drawn := self._drawn.get(key)) is not None:
            return drawn
        if key not in self._drawing:
            self._drawing[key] = self._start(key, face, format)
        return await asyncio.shield(self._drawing[key])  # one reader who leaves does not take it from the others

    def _start(self, key: str, face: Face, format: Format) -> asyncio.Future[bytes]:
        drawing = asyncio.get_running_loop().run_in_executor(self._pool, self._draw, face, format)

        def keep(done: asyncio.Future[bytes]) -> None:
            del self._drawing[key]
            if not done.cancelled() and done.exception() is None and len(done.result()) <= self._drawn.maxsize:
                self._drawn[key] = done.result()

        drawing.add_done_callback(keep)
        return drawing

    def warm(self) -> None:
        """Draw the ground before the first card is asked for: it takes a tenth of a second, once a process."""
        self._pool.submit(engraving.ground)

    async def clean(self, photo: bytes) -> bytes:
        """`clean_photo` in the same few threads. Raises PhotoUnreadable."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, clean_photo, photo)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
