"""A gate with network asks whether to let somebody in: a resident by his card's code, a visitor by his pass's.

Each code is taken once and each entry of a pass once, whatever many gates and processes ask at the same moment: the
pass's counter is changed by a guarded update, and the log's line has the code's own id.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.community.estates.gates.model import Gate
from app.domains.community.estates.gates.service import GateService
from app.domains.community.estates.service import EstateService
from app.domains.community.gates.errors import HolderNotResident
from app.domains.community.gates.lists.service import ListService
from app.domains.community.gates.log.store import LogStore
from app.domains.community.gates.model import CLOCK_LEEWAY, Entry, Opened, Way
from app.domains.community.residents.errors import NotResident
from app.domains.community.residents.service import ResidentService
from app.domains.community.visitors import offline
from app.domains.community.visitors.errors import (
    GateClockOff,
    PassCodeSpent,
    PassUnknown,
    PassUsed,
    PassWrongGate,
)
from app.domains.community.visitors.offline import PassClaims
from app.domains.community.visitors.store import PassStore
from virtual_card.codes.model import Purpose
from virtual_card.codes.service import CodeService

_OPENED = TypeAdapter(Opened)


class OpeningService:
    def __init__(
        self,
        gates: GateService,
        log: LogStore,
        estates: EstateService,
        passes: PassStore,
        residents: ResidentService,
        lists: ListService,
        codes: CodeService,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._gates = gates
        self._log = log
        self._estates = estates
        self._passes = passes
        self._residents = residents
        self._lists = lists
        self._codes = codes
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    async def open(self, viewer: Viewer, gate: str, code: str, read_at: datetime, key: str) -> Opened:
        """`read_at`: by the gate's clock.

        Raises GateUnknown, GateShut, GateClockOff, HolderNotResident, what a pass or a card's code can be refused
        with, IdempotencyConflict, Forbidden (scopes).
        """

        async def work(tx: Tx) -> Opened:
            there, now = await self._gates.at(viewer, gate, tx), self._clock.now()
            self.demand_clock(read_at, now)
            if offline.is_one(code):
                claims = offline.open_(code, self._lists.trusted_at(now), now)
                return await self._visitor(viewer, there, claims, now, tx)
            return await self._resident(viewer, there, code, now, tx)

        return await self._once.once(Call.of(viewer, "openGate", key, gate, code), _OPENED, work)

    def demand_clock(self, read_at: datetime, now: datetime) -> None:
        """Raises GateClockOff."""
        off = read_at - now
        if abs(off) > CLOCK_LEEWAY:
            raise GateClockOff(int(off.total_seconds()))

    async def _visitor(self, viewer: Viewer, gate: Gate, claims: PassClaims, now: datetime, tx: Tx) -> Opened:
        if claims.estate != gate.estate:
            raise PassWrongGate
        found = await self._passes.get(claims.pass_id, tx)
        if found is None:
            raise PassUnknown
        found.demand_gate(gate.code)
        if await self._log.entered(claims.entry, tx) is not None:
            raise PassCodeSpent
        found.demand_good(now)
        if not await self._passes.take(found.id, now, tx):
            raise PassUsed(found.entries)  # a rival was faster by the last entry
        entry = Entry(
            claims.entry, gate.estate, gate.code, Way.VISITOR, now, now, found.citizen, found.household, found.id
        )
        await self._enter(viewer, entry, tx)
        await self._outbox.add("visitor.arrived", found.citizen, tx, visitor=found.id)
        return Opened(entry.id, Way.VISITOR, now, found.left - 1, found.plate is not None)

    async def _resident(self, viewer: Viewer, gate: Gate, code: str, now: datetime, tx: Tx) -> Opened:
        taken = await self._codes.take(viewer, code, Purpose.GATE, tx)
        try:
            home = await self._residents.at_estate(taken.holder, gate.estate, tx)
        except NotResident:
            raise HolderNotResident from None
        id_ = f"card:{taken.verification.id}"
        entry = Entry(id_, gate.estate, gate.code, Way.CARD, now, now, taken.holder, home.household)
        await self._enter(viewer, entry, tx)
        return Opened(id_, Way.CARD, now)

    async def _enter(self, viewer: Viewer, entry: Entry, tx: Tx) -> None:
        estate = await self._estates.active(entry.estate, tx)
        await self._log.enter(entry, estate.rules.log_days, tx)
        facts = {"gate": entry.gate, "way": entry.way.value}
        await self._audit.record(viewer, "gate.opened", entry.id, tx, subject=entry.citizen, **facts)
