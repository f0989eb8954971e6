"""The log of the gates, as each sees it.

Who lives somewhere sees what came to his home since he lives there. The estate sees when which gate opened by what, and
counts, without who: which home was behind one entry it sees for a reason. That look stands in the estate's own list of
looks, in the audit and in the citizen's ledger, and he is told. Lines are seen for as many days as the estate has
settled (also those that came in while it was more), and deleted after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import CITY_TIME, Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import MOST, Page, PageRequest
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.community.estates.errors import EstateUnknown
from app.domains.community.estates.gates.store import GateStore
from app.domains.community.estates.model import Estate, EstateRules
from app.domains.community.estates.service import EstateService
from app.domains.community.gates.errors import EntryUnknown
from app.domains.community.gates.log.store import LogStore
from app.domains.community.gates.looks.store import LookStore
from app.domains.community.gates.model import Entry, Look, Way, worded
from app.domains.community.residents.model import ResidencyState
from app.domains.community.residents.store import ResidentStore
from app.domains.community.visitors.store import PassStore

_LONGEST = timedelta(days=31)
_LAST_DAY = date(9999, 1, 1)
"""A day has another after it, also in Greenwich."""
_ID = TypeAdapter(str)


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """As who lives there sees it: `guest` of a pass that he made himself; `gate` by its name, while it has one."""

    entry: Entry
    mine: bool
    guest: str | None
    gate: Said | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """Who was behind an entry, as the estate sees it: which home; never a name."""

    entry: Entry
    home: str


@dataclass(frozen=True, slots=True)
class Count:
    gate: str
    way: Way
    entries: int


class Ledger(Protocol):
    """Where people see who looked at what of theirs."""

    async def looked(self, viewer: Viewer, citizen: str, tx: Tx) -> None: ...


@dataclass(frozen=True, slots=True)
class SeenLook:
    """`organisation` by its names; `mine`: the viewer's own."""

    look: Look
    organisation: Said
    mine: bool


class LogService:
    def __init__(
        self,
        log: LogStore,
        looks: LookStore,
        ledger: Ledger,
        gates: GateStore,
        estates: EstateService,
        resident_store: ResidentStore,
        passes: PassStore,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._log = log
        self._looks = looks
        self._ledger = ledger
        self._gates = gates
        self._estates = estates
        self._resident_store = resident_store
        self._passes = passes
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    async def of_home(self, viewer: Viewer, residency: str, request: PageRequest) -> Page[SeenEntry]:
        """The newest first; none of a home that is not one's own."""
        citizen = viewer.citizen()
        home = await self._resident_store.get(residency, citizen)
        if home is None or not home.lives:
            return Page((), False)
        now, estate = self._clock.now(), await self._estates.one(home.estate)
        since = max(home.changed_at, now - _kept(estate))
        page = await self._log.of_household(home.household, since, now, request)
        guests = await self._guests(page.items, citizen)
        gates = {gate.code: gate.name for gate in await self._gates.of_estate(home.estate)} if page.items else {}
        seen = (
            SeenEntry(one, one.citizen == citizen, guests.get(one.pass_id or ""), gates.get(one.gate))
            for one in page.items
        )
        return Page(tuple(seen), page.has_next)

    async def of_estate(
        self, viewer: Viewer, estate: str, request: PageRequest, *, gate: str | None = None, odd: bool = False
    ) -> Page[Entry]:
        """The newest first; none of an estate that is another's."""
        kept = await self._kept_by(viewer, estate)
        if kept is None:
            return Page((), False)
        now = self._clock.now()
        page = await self._log.of_estate(estate, now - _kept(kept), now, request, gate=gate, odd=odd)
        if page.items:
            await self._audit.record(viewer, "gate_log.read", estate, None, subject=None, seen=len(page.items))
        return page

    async def counts(self, viewer: Viewer, estate: str, since: date, until: date) -> list[Count]:
        """How many came in from one day to another, both included. Raises BadInput."""
        kept = await self._kept_by(viewer, estate)
        if kept is None:
            return []
        if not timedelta(0) <= until - since < _LONGEST or until >= _LAST_DAY:
            raise BadInput(field="until")
        begin, end = _midnight(since), _midnight(until + timedelta(days=1))
        found = await self._log.counts(estate, max(begin, self._clock.now() - _kept(kept)), end)
        return [Count(gate, Way(way), count) for (gate, way), count in sorted(found.items())]

    async def reveal(self, viewer: Viewer, entry: str, reason: str, key: str) -> Behind:
        """Which home an entry belongs to. Raises EntryUnknown, EntryReasonMissing, IdempotencyConflict."""
        text = worded(reason)

        async def work(tx: Tx) -> str:
            found = await self._log.entered(entry, tx)
            if found is None or found.citizen is None:
                raise EntryUnknown
            await self._estates.managed(viewer, found.estate, tx=tx)
            organisation, now = viewer.organisation or "", self._clock.now()
            made = Look(new_id(), found.citizen, found.estate, entry, organisation, viewer.acting(), text, now)
            await self._looks.add(made, tx)
            await self._ledger.looked(viewer, found.citizen, tx)
            await self._audit.record(viewer, "gate_log.revealed", entry, tx, subject=found.citizen, reason=text)
            await self._outbox.add("gate_log.revealed", found.citizen, tx, estate=found.estate)
            return entry

        call = Call.of(viewer, "revealEntry", key, entry, text)
        return await self._behind(await self._once.once(call, _ID, work))

    async def looks(self, viewer: Viewer, estate: str, request: PageRequest) -> Page[SeenLook]:
        """Who of the estate looked, when and why, the newest first; none of an estate that is another's."""
        if not await self._estates.keeps(viewer, estate):
            return Page((), False)
        page, me = await self._looks.of_estate(estate, request), viewer.acting()
        seen = (SeenLook(one, self._estates.unit_named(one.organisation), one.by == me) for one in page.items)
        return Page(tuple(seen), page.has_next)

    async def forget(self) -> int:
        """Lines that are older than their estate keeps them, since it has settled that anew; how many."""
        gone, request = 0, PageRequest(MOST)
        while True:
            page = await self._estates.of_city(request)
            for one in page.items:
                gone += await self._log.forget(one.code, self._clock.now() - _kept(one))
            if not page.has_next:
                return gone
            request = PageRequest(MOST, page.items[-1].code)

    async def odd_ones(self, request: PageRequest) -> Page[Entry]:
        """Of the city, for the desk."""
        return await self._log.odd_ones(self._clock.now(), request)

    async def _kept_by(self, viewer: Viewer, code: str) -> Estate | None:
        """None of an estate that is another's."""
        try:
            return await self._estates.managed(viewer, code)
        except EstateUnknown:
            return None

    async def _behind(self, entry: str) -> Behind:
        found = await self._log.entered(entry)
        if found is None or found.citizen is None:
            raise EntryUnknown
        states = set(ResidencyState) - {ResidencyState.ASKED, ResidencyState.REFUSED}
        homes = await self._resident_store.of_citizen(found.citizen, states)
        label = next((one.label for one in homes if one.household == found.household), "")
        return Behind(found, label)

    async def _guests(self, entries: tuple[Entry, ...], citizen: str) -> Mapping[str, str]:
        """Of passes that this citizen made."""
        mine = {one.pass_id for one in entries if one.pass_id and one.citizen == citizen}
        found = await self._passes.guests(mine, citizen) if mine else {}
        return {pass_id: guest for pass_id, guest in found.items() if guest}


def _kept(estate: Estate | None) -> timedelta:
    return timedelta(days=estate.rules.log_days if estate else EstateRules().log_days)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_TIME)
