"""Notices as those read them who live there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.notices.errors import EstateNoticeUnknown
from app.domains.community.notices.model import EstateNotice, NoticeState
from app.domains.community.notices.store import EstateNoticeStore
from app.domains.community.residents.model import Residency
from app.domains.community.residents.service import ResidentService

_ID = TypeAdapter(str)
MOST_UNREAD = 100


class Files(Protocol):
    """Uploads, as notices need them. `by` names the notice: `estate_notice:ID`."""

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        """Raises UploadUnknown, UploadNotReady, UploadClaimed."""
        ...

    async def links(self, by: str, owner: str) -> Mapping[str, str]:
        """A signed address of each of its files, good for some minutes."""
        ...


@dataclass(frozen=True, slots=True)
class SeenNotice:
    """As a home sees it: `read` when all homes of the viewer's that it is for have."""

    notice: EstateNotice
    read: bool
    links: tuple[str, ...] = ()


class EstateNoticeService:
    def __init__(
        self,
        notices: EstateNoticeStore,
        residents: ResidentService,
        files: Files,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._notices = notices
        self._residents = residents
        self._files = files
        self._once = once
        self._clock = clock

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[SeenNotice]:
        """To wherever the viewer lives, the newest first."""
        homes = await self._residents.living(viewer.citizen())
        audience = {key for one in homes for key in _keys(one)}
        if not audience:
            return Page((), False)
        page = await self._notices.for_audience(audience, self._clock.now(), request)
        return Page(tuple(await self._seen(page.items, homes)), page.has_next)

    async def one(self, viewer: Viewer, notice: str) -> SeenNotice | None:
        """With links to its files."""
        found, homes = await self._for(viewer.citizen(), notice)
        if found is None:
            return None
        (seen,) = await self._seen([found], homes)
        links = await self._files.links(file_of(found.id), found.by) if found.files else {}
        return SeenNotice(found, seen.read, tuple(links[one] for one in found.files if one in links))

    async def unread(self, viewer: Viewer) -> int:
        """How many of the newest hundred nobody of the viewer's home has read."""
        page = await self.mine(viewer, PageRequest(MOST_UNREAD))
        return sum(not one.read for one in page.items)

    async def read(self, viewer: Viewer, notice: str, key: str) -> SeenNotice:
        """The viewer's homes have read it. Raises EstateNoticeUnknown, IdempotencyConflict."""
        citizen = viewer.citizen()

        async def work(tx: Tx) -> str:
            found, homes = await self._for(citizen, notice, tx)
            if found is None:
                raise EstateNoticeUnknown
            await self._notices.read(notice, {one.household for one in homes}, self._clock.now(), tx)
            return notice

        await self._once.once(Call.of(viewer, "readEstateNotice", key, notice), _ID, work)
        seen = await self.one(viewer, notice)
        if seen is None:
            raise EstateNoticeUnknown
        return seen

    async def _for(
        self, citizen: str, notice: str, tx: Tx | None = None
    ) -> tuple[EstateNotice | None, list[Residency]]:
        """With those homes of his that it is for; none when it is for none of them, or over."""
        found = await self._notices.get(notice, tx)
        if found is None or found.state is not NoticeState.PUBLISHED or found.until <= self._clock.now():
            return None, []
        homes = [one for one in await self._residents.living(citizen, tx) if _is_for(found, one)]
        return (found, homes) if homes else (None, [])

    async def _seen(self, notices: Sequence[EstateNotice], homes: Sequence[Residency]) -> list[SeenNotice]:
        read = await self._notices.read_by([one.id for one in notices], {one.household for one in homes})
        seen = []
        for notice in notices:
            meant = {one.household for one in homes if _is_for(notice, one)}
            seen.append(SeenNotice(notice, all((notice.id, household) in read for household in meant)))
        return seen


def file_of(notice: str) -> str:
    """Under which name its files are kept."""
    return f"estate_notice:{notice}"


def _keys(home: Residency) -> tuple[str, str, str]:
    return home.estate, home.court, home.household


def _is_for(notice: EstateNotice, home: Residency) -> bool:
    return not set(_keys(home)).isdisjoint(notice.audience)
