"""The centre's board, and a case with all that is in it. Who reported a case reads in his ledger who opened it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import TypeAdapter

from app.core.calendar.model import WorkingCalendar
from app.core.calendar.service import CalendarService
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.numbers import parsed_number
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.identity.citizens.store import CitizenStore
from app.domains.voice.cases.filing.service import PREFIX
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.store import CaseQueue, CaseStore, Waiting
from app.domains.voice.centre.seats.model import SCOPE, BoardList, is_known
from app.domains.voice.centre.seats.steps.service import SeatSteps
from app.domains.voice.units.handling.model import HandledCase, KnownReporter, side_of
from app.domains.voice.units.handling.reading.service import Links
from virtual_card.disclosures.model import Channel, Disclosure, Told
from virtual_card.disclosures.service import DisclosureService

_ID = TypeAdapter(str)
_FILED, _ACCEPTED, _REPLIED = CaseState.FILED, CaseState.ACCEPTED, CaseState.REPLIED
_LISTS: Mapping[BoardList, tuple[frozenset[CaseState], Waiting | None]] = {
    BoardList.FILED: (frozenset({_FILED}), None),
    BoardList.REQUESTS: (frozenset({CaseState.DISPATCHED, CaseState.HANDLING}), Waiting.ANSWER),
    BoardList.RETURNED: (frozenset({_ACCEPTED}), Waiting.RETURNED),
    BoardList.REOPENED: (frozenset({_ACCEPTED}), Waiting.REOPENED),
    BoardList.ACCEPTED: (frozenset({_ACCEPTED}), None),
    BoardList.REPLIED: (frozenset({_REPLIED}), None),
}
_SEEN = (Told.NAME.value, Told.PHONE.value, Told.CASE.value)


class BoardOfCentre:
    def __init__(
        self,
        cases: CaseStore,
        seat: SeatSteps,
        citizens: CitizenStore,
        files: Links,
        disclosures: DisclosureService,
        calendar: CalendarService,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._cases = cases
        self._seat = seat
        self._citizens = citizens
        self._files = files
        self._disclosures = disclosures
        self._calendar = calendar
        self._idempotency = idempotency
        self._clock = clock

    def time(self) -> tuple[WorkingCalendar, datetime]:
        """With what clocks are put into words."""
        return self._calendar.current, self._clock.now()

    async def board(self, viewer: Viewer, listed: BoardList, request: PageRequest) -> Page[Case]:
        """What is due first comes first, without who reported it."""
        viewer.provider(SCOPE)
        return await self._cases.on_desk(_queue(listed, side_of(viewer)), request)

    async def counts(self, viewer: Viewer) -> Mapping[BoardList, int]:
        """How many wait, up to a thousand of each."""
        viewer.provider(SCOPE)
        side = side_of(viewer)
        return {listed: await self._cases.count_on_desk(_queue(listed, side)) for listed in BoardList}

    async def one(self, viewer: Viewer, case: str) -> Case | None:
        """Without what people wrote. Null for what is not there."""
        viewer.provider(SCOPE)
        found = await self._cases.bare(case)
        return found if found and found.test_of == side_of(viewer) else None

    async def by_number(self, viewer: Viewer, number: str) -> Case | None:
        """Typed as it may be."""
        viewer.provider(SCOPE)
        wanted = parsed_number(number, PREFIX)
        found = await self._cases.id_of(wanted) if wanted else None
        return await self.one(viewer, found) if found else None

    async def open(self, viewer: Viewer, case: str, key: str) -> HandledCase:
        """With all that is in it. Raises CaseUnknown, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            found = await self._seat.case(viewer, case, tx)
            if is_known(found):
                await self._note(viewer, found, tx)
            return found.id

        call = Call.of(viewer, "openCaseAtCentre", key, case)
        found = await self._seat.case(viewer, await self._idempotency.once(call, _ID, work))
        return HandledCase(found, await self._reporter(found), await self._files.links(found))

    async def _note(self, viewer: Viewer, case: Case, tx: Tx) -> None:
        citizen = case.citizen or ""
        made = Disclosure.new(viewer, citizen, "case", _SEEN, Channel.STAFF_READ, self._clock.now())
        await self._disclosures.record_read(viewer, made, case.number, tx)

    async def _reporter(self, case: Case) -> KnownReporter:
        """A caller without an account left his number with the case."""
        if case.citizen is None:
            return KnownReporter(case.words.name, case.words.contact)
        person = await self._citizens.get(case.citizen)
        if person is None:
            return KnownReporter()
        by_guardian = case.by not in ("", case.citizen)
        return KnownReporter(person.name or case.words.name, case.words.contact or person.phone, by_guardian)


def _queue(listed: BoardList, side: str | None) -> CaseQueue:
    states, waiting = _LISTS[listed]
    return CaseQueue(side, states, waiting=waiting)
