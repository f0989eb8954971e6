"""Notices at the estate or its committee: written, edited, taken back; how many homes have read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Document, DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.estates.errors import EstateUnknown
from app.domains.community.estates.model import Home
from app.domains.community.estates.service import EstateService
from app.domains.community.notices.errors import EstateNoticeInvalid, EstateNoticeUnknown
from app.domains.community.notices.model import MOST_ESTATES, EstateNotice, NoticeWish
from app.domains.community.notices.service import Files, file_of
from app.domains.community.notices.store import EstateNoticeStore
from app.domains.community.residents.store import ResidentStore

_IDS, _ID = TypeAdapter(list[str]), TypeAdapter(str)


@dataclass(frozen=True, slots=True)
class CountedNotice:
    """`homes` that it is for and somebody lives in, and how many of them have `read` it."""

    notice: EstateNotice
    homes: int
    read: int


class PublishingService:
    def __init__(
        self,
        notices: EstateNoticeStore,
        estates: EstateService,
        residents: ResidentStore,
        files: Files,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._notices = notices
        self._estates = estates
        self._residents = residents
        self._files = files
        self._audit = audit
        self._once = once
        self._clock = clock

    async def publish(self, viewer: Viewer, estates: Sequence[str], wish: NoticeWish, key: str) -> list[CountedNotice]:
        """In each of the estates; buildings, homes and files are of one. Raises EstateUnknown, EstateNoticeInvalid,
        what files are refused for, IdempotencyConflict.
        """
        wanted, now = list(dict.fromkeys(estates)), self._clock.now()
        if not 1 <= len(wanted) <= MOST_ESTATES:
            raise EstateNoticeInvalid("estates")
        tidy = wish.checked(now)
        if len(wanted) > 1 and (tidy.buildings or tidy.homes or tidy.files):
            raise EstateNoticeInvalid("estates")
        ids = [new_id() for _ in wanted]

        async def work(tx: Tx) -> list[str]:
            for id_, code in zip(ids, wanted, strict=True):
                await self._add(viewer, id_, code, tidy, tx)
            return ids

        call = Call.of(viewer, "publishEstateNotice", key, wanted, wish)
        done = await self._once.once(call, _IDS, work)
        return [await self._counted(await self._known(one)) for one in done]

    async def edit(self, viewer: Viewer, notice: str, title: str, text: str, key: str) -> CountedNotice:
        """Raises EstateNoticeUnknown, EstateNoticeInvalid, EstateNoticeWithdrawn, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, notice, tx)
            await self._save(viewer, was.edited(title, text, viewer.acting(), self._clock.now()), was, tx)
            return notice

        call = Call.of(viewer, "editEstateNotice", key, notice, title, text)
        return await self._counted(await self._known(await self._once.once(call, _ID, work)))

    async def withdraw(self, viewer: Viewer, notice: str, key: str) -> CountedNotice:
        """Raises EstateNoticeUnknown, EstateNoticeWithdrawn, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, notice, tx)
            await self._save(viewer, was.withdrawn(), was, tx)
            return notice

        call = Call.of(viewer, "withdrawEstateNotice", key, notice)
        return await self._counted(await self._known(await self._once.once(call, _ID, work)))

    async def page(self, viewer: Viewer, estate: str, request: PageRequest) -> Page[CountedNotice]:
        """The newest first; none of an estate that is another's."""
        if not await self._estates.keeps(viewer, estate):
            return Page((), False)
        page = await self._notices.of_estate(estate, request)
        return Page(tuple(await self._all(page.items)), page.has_next)

    async def _add(self, viewer: Viewer, id_: str, code: str, wish: NoticeWish, tx: Tx) -> None:
        estate = await self._estates.managed(viewer, code, tx=tx)
        await self._demand_there(code, wish, tx)
        notice = EstateNotice(
            id=id_,
            estate=estate.code,
            organisation=viewer.organisation or "",
            by=viewer.acting(),
            title=wish.title,
            text=wish.text,
            urgent=wish.urgent,
            audience=self._audience(code, wish),
            files=wish.files,
            published_at=self._clock.now(),
            until=wish.until,
            after="" if wish.urgent else None,
        )
        if wish.files:
            await self._files.claim(file_of(id_), viewer.acting(), wish.files, tx)
        await self._notices.add(notice, tx)
        await self._audit.record(viewer, "estate_notice.published", id_, tx, estate=code, urgent=wish.urgent)

    async def _demand_there(self, estate: str, wish: NoticeWish, tx: Tx) -> None:
        """What is told to a door that is none would be read by nobody. Raises EstateNoticeInvalid."""
        if wish.homes and not await self._estates.all_there({Home(estate, *home) for home in wish.homes}, tx):
            raise EstateNoticeInvalid("homes")
        if wish.buildings and not set(wish.buildings) <= set(await self._estates.buildings(estate)):
            raise EstateNoticeInvalid("buildings")

    def _audience(self, estate: str, wish: NoticeWish) -> tuple[str, ...]:
        if wish.homes:
            return tuple(self._residents.household_of(Home(estate, *home)) for home in wish.homes)
        if wish.buildings:
            return tuple(self._residents.court_of(estate, building) for building in wish.buildings)
        return (estate,)

    async def _own(self, viewer: Viewer, notice: str, tx: Tx) -> EstateNotice:
        found = await self._notices.get(notice, tx)
        if found is None:
            raise EstateNoticeUnknown
        try:
            await self._estates.managed(viewer, found.estate, tx=tx)
        except EstateUnknown:
            raise EstateNoticeUnknown from None
        return found

    async def _save(self, viewer: Viewer, notice: EstateNotice, was: EstateNotice, tx: Tx) -> None:
        if not await self._notices.save(notice, was, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
        await self._audit.record(viewer, "estate_notice.changed", was.id, tx, state=notice.state.value)

    async def _known(self, notice: str) -> EstateNotice:
        found = await self._notices.get(notice)
        assert found is not None
        return found

    async def _counted(self, notice: EstateNotice) -> CountedNotice:
        return (await self._all([notice]))[0]

    async def _all(self, notices: Sequence[EstateNotice]) -> list[CountedNotice]:
        """Of those who read by one question; homes by one for each audience that is another, and most are to all."""
        read = await self._notices.readers([one.id for one in notices])
        homes = {one.audience: which_of(one) for one in notices}
        counted = {audience: await self._residents.count_households(which) for audience, which in homes.items()}
        return [CountedNotice(one, counted[one.audience], read.get(one.id, 0)) for one in notices]


def which_of(notice: EstateNotice) -> Document:
    """The households that it is for."""
    if notice.to_all:
        return {"estate": notice.estate}
    return {"$or": [{"court": {"$in": list(notice.audience)}}, {"_id": {"$in": list(notice.audience)}}]}
