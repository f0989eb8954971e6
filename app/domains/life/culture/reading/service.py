"""Putting titles on one's reading list, marking them as read, taking them off."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.life.culture.reading.errors import ReadingListFull, ReadingTitleUnknown
from app.domains.life.culture.reading.model import (
    MOST,
    Title,
    parsed_author,
    parsed_item,
    parsed_note,
    parsed_online,
    parsed_title,
)
from app.domains.life.culture.reading.store import ReadingStore

_TITLE = TypeAdapter(Title)
_DONE = TypeAdapter(bool)


class ReadingService:
    """Neither audited nor told of anywhere: it is his own notebook."""

    def __init__(self, titles: ReadingStore, idempotency: Idempotency, clock: Clock) -> None:
        self._titles = titles
        self._idempotency = idempotency
        self._clock = clock

    async def listed(self, viewer: Viewer, request: PageRequest) -> Page[Title]:
        return await self._titles.page(viewer.self_only(), request)

    async def add(self, viewer: Viewer, title: str, author: str, item: str, note: str, online: str, key: str) -> Title:
        """Raises ReadingInvalid, ReadingListFull, IdempotencyConflict."""
        citizen = viewer.self_only()
        said = parsed_title(title), parsed_author(author), parsed_item(item), parsed_note(note)
        where = parsed_online(online)
        new = Title(new_id(), *said, self._clock.now(), online=where)

        async def work(tx: Tx) -> Title:
            if not await self._titles.add(citizen, new, tx):
                raise ReadingListFull(MOST)
            return new

        return await self._idempotency.once(Call.of(viewer, "addToReadingList", key, said, where), _TITLE, work)

    async def mark(self, viewer: Viewer, title: str, read: bool, key: str) -> Title:
        """Raises ReadingTitleUnknown, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> Title:
            await self._titles.mark(citizen, title, read, tx)
            found = await self._titles.get(citizen, title, tx)
            if found is None:
                raise ReadingTitleUnknown
            return found

        return await self._idempotency.once(Call.of(viewer, "markTitleRead", key, title, read), _TITLE, work)

    async def take_off(self, viewer: Viewer, title: str, key: str) -> None:
        """Raises ReadingTitleUnknown, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> bool:
            if not await self._titles.take_off(citizen, title, tx):
                raise ReadingTitleUnknown
            return True

        await self._idempotency.once(Call.of(viewer, "takeOffReadingList", key, title), _DONE, work)
