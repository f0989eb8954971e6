"""The work list of a unit, and a case with all that is in it. Who reported it reads in his ledger who opened it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.numbers import parsed_number
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.identity.citizens.store import CitizenStore
from app.domains.voice.cases.errors import CaseUnknown
from app.domains.voice.cases.filing.service import PREFIX
from app.domains.voice.cases.history.model import AT_UNIT, CaseState
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.record.model import end_of_day
from app.domains.voice.cases.store import CaseQueue, CaseStore
from app.domains.voice.units.handling.model import SCOPE, HandledCase, KnownReporter, shows_reporter, side_of, within
from virtual_card.disclosures.model import Channel, Disclosure, Told
from virtual_card.disclosures.service import DisclosureService

_ID = TypeAdapter(str)


class Links(Protocol):
    async def links(self, case: Case) -> Mapping[str, str]:
        """Where the files of a case are fetched, for some minutes: the reporter's, and those of who handled it."""
        ...


class CaseReading:
    def __init__(
        self,
        cases: CaseStore,
        citizens: CitizenStore,
        files: Links,
        disclosures: DisclosureService,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._cases = cases
        self._citizens = citizens
        self._files = files
        self._disclosures = disclosures
        self._idempotency = idempotency
        self._clock = clock

    async def desk(
        self,
        viewer: Viewer,
        states: Collection[CaseState],
        request: PageRequest,
        *,
        mine: bool = False,
        due_by: date | None = None,
    ) -> Page[Case]:
        """What is due first comes first. `mine`: what this handler has taken over; no states: all open ones."""
        organisation = viewer.provider(SCOPE)
        handler = viewer.acting() if mine else None
        # What is due on that day is overdue at the midnight after it.
        before = end_of_day(due_by) + timedelta(seconds=1) if due_by else None
        wanted = frozenset(states) or AT_UNIT
        return await self._cases.on_desk(CaseQueue(side_of(viewer), wanted, organisation, handler, before), request)

    async def one(self, viewer: Viewer, case: str) -> Case | None:
        """Without what people wrote. Null for what is not there, and for what others handle."""
        viewer.provider(SCOPE)
        try:
            return within(viewer, await self._cases.bare(case))
        except CaseUnknown:
            return None

    async def by_number(self, viewer: Viewer, number: str) -> Case | None:
        """Typed as it may be."""
        viewer.provider(SCOPE)
        wanted = parsed_number(number, PREFIX)
        found = await self._cases.id_of(wanted) if wanted else None
        return await self.one(viewer, found) if found else None

    async def open(self, viewer: Viewer, case: str, key: str) -> HandledCase:
        """With all that is in it. Raises CaseUnknown, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            found = within(viewer, await self._cases.get(case, tx=tx))
            if found.citizen is not None:
                await self._note(viewer, found, found.citizen, tx)
            return found.id

        call = Call.of(viewer, "openHandledCase", key, case)
        found = within(viewer, await self._cases.get(await self._idempotency.once(call, _ID, work)))
        return HandledCase(found, await self._reporter(found), await self._files.links(found))

    async def _note(self, viewer: Viewer, case: Case, citizen: str, tx: Tx) -> None:
        person = (Told.NAME.value, Told.PHONE.value) if shows_reporter(case) else ()
        seen = (*person, Told.CASE.value)
        made = Disclosure.new(viewer, citizen, "case", seen, Channel.STAFF_READ, self._clock.now())
        await self._disclosures.record_read(viewer, made, case.number, tx)

    async def _reporter(self, case: Case) -> KnownReporter:
        """A caller without an account left his number with the case."""
        if not shows_reporter(case):
            return KnownReporter()
        if case.citizen is None:
            return KnownReporter(case.words.name, case.words.contact)
        person = await self._citizens.get(case.citizen)
        if person is None:
            return KnownReporter()
        by_guardian = case.by not in ("", case.citizen)
        return KnownReporter(person.name or case.words.name, case.words.contact or person.phone, by_guardian)
