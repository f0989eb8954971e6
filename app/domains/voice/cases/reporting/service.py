"""What whoever reports does with his cases: files, follows, adds something, takes back, rates.

A guardian acts for his ward. Who filed without a name or an account follows his case by its number and receipt.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from pydantic import TypeAdapter

from app.core.calendar.model import WorkingCalendar
from app.core.calendar.service import CalendarService
from app.core.changes import Changes
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.numbers import parsed_number
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.voice.cases.errors import CaseUnknown, GradeInvalid, ReceiptWrong, TooManyCases
from app.domains.voice.cases.filing.model import (
    COMMENTS_PER_CITIZEN,
    MOST_FILES,
    MOST_OPEN,
    PER_CITIZEN,
    RECEIPT_TRIES,
    Filed,
    Filing,
    said,
)
from app.domains.voice.cases.filing.service import PREFIX, CaseFiling
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, Identity
from app.domains.voice.cases.model import Case, Words
from app.domains.voice.cases.ratings.model import CaseRating
from app.domains.voice.cases.service import NOBODY, CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.places.model import Place

_FILED, _CASE = TypeAdapter(Filed), TypeAdapter(Case)
_LONGEST_REASON = 500
_OWN_CHANNELS = frozenset({CaseChannel.APP, CaseChannel.WEB, CaseChannel.KIOSK})


class ReporterFiles(Protocol):
    """Uploads, as reporters need them. `by` names the case: `case:ID`."""

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None: ...

    async def links(self, by: str, owner: str) -> Mapping[str, str]:
        """A signed address of each of its files, good for some minutes."""
        ...

    async def copies(self, citizen: str, uploads: Collection[str], owner: str) -> list[str]:
        """The same files as nobody's but `owner`'s, so that they do not say whose they were. Raises UploadUnknown,
        UploadNotReady, UploadClaimed.
        """
        ...

    async def forget(self, citizen: str, uploads: Collection[str]) -> None:
        """Drop what belongs to nothing."""
        ...


class TestPeople(Protocol):
    async def test_of(self, citizen: str) -> str | None:
        """Of an invented citizen, the provider that tries things out with him."""
        ...


class Places(Protocol):
    def placed(
        self, point: Point | None = None, *, address: str = "", division: str | None = None, asset: str | None = None
    ) -> Place:
        """Raises OutsideCity, DivisionUnknown, CaseWordsTooLong."""
        ...


class Assets(Protocol):
    async def place_of(self, code: str, test_of: str | None) -> Place:
        """Where the asset with this code stands, and that it is about it. Raises AssetUnknown, AssetRetired."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """What a citizen files a case with. Of the place one thing at least is said: a point, a division, an asset."""

    kind: CaseKind
    category: str
    text: str
    title: str = ""
    identity: Identity = Identity.NAMED
    channel: CaseChannel = CaseChannel.APP
    point: Point | None = None
    address: str = ""
    division: str | None = None
    asset: str | None = None
    files: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """A rating as it is wished."""

    solved: bool
    grade: int
    reason: str | None = None

    def __post_init__(self) -> None:
        """Raises GradeInvalid."""
        if not 1 <= self.grade <= 5:
            raise GradeInvalid


class CaseService:
    def __init__(
        self,
        db: Database,
        cases: CaseStore,
        filing: CaseFiling,
        steps: CaseSteps,
        files: ReporterFiles,
        people: TestPeople,
        places: Places,
        assets: Assets,
        changes: Changes,
        calendar: CalendarService,
        limits: Limits,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._cases = cases
        self._filing = filing
        self._steps = steps
        self._files = files
        self._people = people
        self._places = places
        self._assets = assets
        self._changes = changes
        self._calendar = calendar
        self._limits = limits
        self._idempotency = idempotency
        self._clock = clock

    async def file(self, viewer: Viewer, report: Report, key: str) -> Filed:
        """A citizen's own. An anonymous one is counted, and nothing else tells whose it is.

        Raises CaseWordsMissing, CaseWordsTooLong, CategoryUnknown, OutsideCity, DivisionUnknown, TooManyCases,
        RateLimited, IdempotencyConflict, BadInput (files, channel), and what assets and files are refused for.
        """
        call = Call.of(viewer, "fileCase", key, report)
        return await self._idempotency.alike(call, _FILED, lambda: self._file(viewer, report, call))

    async def _file(self, viewer: Viewer, report: Report, call: Call) -> Filed:
        citizen = viewer.citizen()
        filing, case = await self._filing_of(citizen, report), new_id()
        if await self._cases.count_open(citizen, MOST_OPEN) >= MOST_OPEN:
            raise TooManyCases(MOST_OPEN)
        if filing.identity is Identity.ANONYMOUS and filing.files:
            await self._limits.demand_room(PER_CITIZEN, citizen)
            filing = replace(filing, files=tuple(await self._files.copies(citizen, filing.files, f"case:{case}")))

        async def work(tx: Tx) -> Filed:
            await self._limits.count(PER_CITIZEN, citizen, tx)
            return await self._filing.new(viewer, filing, citizen, tx, case)

        done = await self._idempotency.once(call, _FILED, work)
        if filing.files != report.files:
            await self._files.forget(citizen, report.files)
            if done.case.id != case:  # a rival's copies were faster
                await self._files.forget(f"case:{case}", filing.files)
        return done

    async def _filing_of(self, citizen: str, report: Report) -> Filing:
        if len(report.files) > MOST_FILES:
            raise BadInput(field="files")
        if report.channel not in _OWN_CHANNELS:
            raise BadInput(field="channel")
        test_of = await self._people.test_of(citizen)
        return self._filing.check(
            Filing(
                kind=report.kind,
                channel=report.channel,
                category=report.category,
                identity=report.identity,
                words=Words(report.title, report.text),
                place=await self._place(report, test_of),
                files=report.files,
                public=report.public,
                test_of=test_of,
            )
        )

    async def _place(self, report: Report, test_of: str | None) -> Place:
        """An asset stands where its owner says; words on where may be added."""
        if report.asset is None:
            return self._places.placed(report.point, address=report.address, division=report.division)
        found = await self._assets.place_of(report.asset, test_of)
        return replace(found, address=" ".join(report.address.split())[:200] or found.address)

    async def mine(self, viewer: Viewer, is_open: bool | None, request: PageRequest) -> Page[Case]:
        """Newest first; `is_open` None: all. Without what was said in them."""
        return await self._cases.of_citizen(viewer.citizen(), is_open, request)

    async def one(self, viewer: Viewer, case: str) -> Case | None:
        """Null when it is not there or another's."""
        return await self._cases.get(case, viewer.citizen())

    async def by_number(self, viewer: Viewer, number: str) -> Case | None:
        """By the number that is quoted, typed as it may be."""
        wanted = parsed_number(number, PREFIX)
        found = await self._cases.id_of(wanted) if wanted else None
        return await self.one(viewer, found) if found else None

    async def by_receipt(self, number: str, receipt: str, address: str) -> Case | None:
        """Of somebody without an account, or without a name. Null when they do not belong together.

        `address` is the caller's network address: many honest people share one, so what is counted is what did not
        fit, and by number and address. It is counted beforehand and given back: tries at once are not more. Raises
        RateLimited.
        """
        tried = f"{parsed_number(number, PREFIX)}:{address}"
        await self._limits.take(RECEIPT_TRIES, tried)
        found = await self._received(number, receipt)
        if found is not None:
            await self._limits.give_back(RECEIPT_TRIES, tried)
        return found

    def time(self) -> tuple[WorkingCalendar, datetime]:
        """With what clocks are explained."""
        return self._calendar.current, self._clock.now()

    async def links(self, case: Case) -> Mapping[str, str]:
        """Where its files are fetched in the next minutes; asked with a case that the viewer may read."""
        return await self._files.links(case.record, case.owner)

    @asynccontextmanager
    async def live(self, viewer: Viewer, case: str) -> AsyncIterator[AsyncIterator[Case]]:
        """This case of the viewer's as it changes."""
        citizen = viewer.citizen()
        async with self._changes.of("cases", citizen) as rows:
            yield self._read_anew(case, citizen, rows)

    async def _read_anew(self, case: str, citizen: str, rows: AsyncIterator[Any]) -> AsyncIterator[Case]:
        async for row in rows:
            if row["_id"] == case and (found := await self._cases.get(case, citizen)) is not None:
                yield found

    async def comment(self, viewer: Viewer, case: str, text: str, files: Collection[str], key: str) -> Case:
        """Raises CaseUnknown, CaseStateWrong, CaseChanged, CaseFull, CaseWordsMissing, CaseWordsTooLong, RateLimited,
        BadInput (files), IdempotencyConflict, and what files are refused for.
        """
        words, attached = said(text, "text"), tuple(dict.fromkeys(files))
        if len(attached) > MOST_FILES:
            raise BadInput(field="files")
        call = Call.of(viewer, "commentOnCase", key, case, words, attached)

        async def step(was: Case, tx: Tx) -> Case:
            await self._limits.count(COMMENTS_PER_CITIZEN, viewer.citizen(), tx)
            if attached:
                await self._files.claim(was.record, was.owner, attached, tx)
            commented = was.commented(words, attached, viewer, self._clock.now())
            return replace(commented, files=tuple(dict.fromkeys((*was.files, *attached))))

        return await self._stepped(viewer, case, call, step)

    async def withdraw(self, viewer: Viewer, case: str, key: str) -> Case:
        """Raises CaseUnknown, CaseStateWrong, CaseChanged, IdempotencyConflict."""

        async def step(was: Case, _: Tx) -> Case:
            return was.withdrawn(viewer, self._clock.now())

        return await self._stepped(viewer, case, Call.of(viewer, "withdrawCase", key, case), step)

    async def rate(self, viewer: Viewer, case: str, wish: Wish, key: str) -> Case:
        """Raises CaseUnknown, CaseStateWrong, AlreadyRated, CaseChanged, CaseWordsMissing, CaseWordsTooLong,
        IdempotencyConflict.
        """
        reason = said(wish.reason, "reason", _LONGEST_REASON) if wish.reason else None

        async def step(was: Case, _: Tx) -> Case:
            rating = CaseRating(wish.solved, wish.grade, self._clock.now(), viewer.acting(), was.round, reason)
            return was.rated(rating, viewer)

        call = Call.of(viewer, "rateCase", key, case, wish.solved, wish.grade, reason)
        return await self._stepped(viewer, case, call, step)

    async def rate_by_receipt(self, number: str, receipt: str, wish: Wish, address: str, key: str) -> Case:
        """Of somebody without an account or a name.

        Raises ReceiptWrong, CaseStateWrong, AlreadyRated, CaseChanged, CaseFull, CaseWordsMissing, CaseWordsTooLong,
        RateLimited, IdempotencyConflict.
        """
        reason = said(wish.reason, "reason", _LONGEST_REASON) if wish.reason else None
        found = await self.by_receipt(number, receipt, address)
        if found is None:
            raise ReceiptWrong

        async def work(tx: Tx) -> Case:
            was = await self._cases.get(found.id, tx=tx)
            if was is None:
                raise ReceiptWrong
            rating = CaseRating(wish.solved, wish.grade, self._clock.now(), NOBODY.acting(), was.round, reason)
            return await self._steps.keep(NOBODY, was.rated(rating, NOBODY), was, tx)

        call = Call.of(NOBODY, "rateCaseByReceipt", key, found.id, wish.solved, wish.grade, reason)
        return await self._idempotency.once(call, _CASE, work)

    async def end_all(self, by: Viewer, citizen: str, /) -> None:
        """Who leaves the city asks nothing of it any more: what can be withdrawn is; what is answered stays as it is.
        Safe to repeat.
        """

        async def work(tx: Tx) -> None:
            for was in await self._cases.open_of(citizen, tx):
                if was.may_be_withdrawn:
                    await self._steps.keep(by, was.withdrawn(by, self._clock.now()), was, tx)

        await self._db.transaction(work)

    async def _stepped(
        self, viewer: Viewer, case: str, call: Call, step: Callable[[Case, Tx], Awaitable[Case]]
    ) -> Case:
        citizen = viewer.citizen()

        async def work(tx: Tx) -> Case:
            was = await self._cases.get(case, citizen, tx)
            if was is None:
                raise CaseUnknown
            return await self._steps.keep(viewer, await step(was, tx), was, tx)

        return await self._idempotency.once(call, _CASE, work)

    async def _received(self, number: str, receipt: str) -> Case | None:
        wanted = parsed_number(number, PREFIX)
        found = await self._cases.id_of(wanted) if wanted else None
        case = await self._cases.get(found) if found else None
        if case is None or case.receipt is None:
            return None
        right = hmac.compare_digest(case.receipt, self._filing.receipt_hash(receipt))
        return case if right else None
