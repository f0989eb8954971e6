"""The timetable in force, in the memory of each process: read when it is switched, in place of the one before.

A switch is one change of a pointer. Until the new version is whole in memory the old one answers; one whose pieces
cannot be read leaves it where it is.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence

import structlog

from app.core.memory import give_back
from app.core.mongo import Document
from app.domains.life.transit.feeds.store import FeedStore
from app.domains.life.transit.timetable.model import Timetable
from app.domains.life.transit.timetable.packing import Piece, unpacked
from app.domains.life.transit.timetable.store import TimetableStore

log = structlog.get_logger()
_TRIES = 3


class TimetableKeeper:
    def __init__(self, feeds: FeedStore, store: TimetableStore) -> None:
        self._feeds = feeds
        self._store = store
        self._held: Timetable | None = None
        self._one_at_a_time = asyncio.Lock()
        self._loading: set[asyncio.Task[None]] = set()

    @property
    def held(self) -> Timetable | None:
        """None: this city has no timetable, or has not read it yet."""
        return self._held

    async def load(self) -> None:
        """Read what is in force, unless it is held already."""
        async with self._one_at_a_time:
            for _ in range(_TRIES):
                pointer = await self._feeds.in_force()
                if pointer is None or (self._held is not None and self._held.version == pointer.version):
                    return
                if await self._read(pointer.version):
                    return
            log.error("timetable not readable", version=pointer.version if pointer else None)

    def changed(self, row: Document) -> None:
        """The pointer was moved."""
        if self._held is None or self._held.version != row.get("version"):
            task = asyncio.create_task(self.load(), name="timetable")
            self._loading.add(task)
            task.add_done_callback(self._loading.discard)

    async def _read(self, version: str) -> bool:
        """False: its pieces are not all there, because it was replaced and tidied up meanwhile."""
        pieces = await self._store.pieces(version)
        try:
            self._held = await asyncio.to_thread(_timetable, version, pieces)
        except (KeyError, ValueError, zlib.error, TypeError):
            return False
        log.info("timetable in force", version=version, trips=len(self._held.trips))
        return True


def _timetable(version: str, pieces: Sequence[Piece]) -> Timetable:
    made = Timetable(version, unpacked(pieces))
    give_back()
    return made
