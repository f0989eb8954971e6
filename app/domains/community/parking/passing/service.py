"""A car comes or goes. Residents by their plates; visitors by a pass with that plate, which is used by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.community.estates.gates.model import Gate
from app.domains.community.estates.gates.service import GateService
from app.domains.community.estates.model import Estate
from app.domains.community.estates.service import EstateService
from app.domains.community.gates.log.store import LogStore
from app.domains.community.gates.model import Entry, Way
from app.domains.community.parking.bays.store import BayStore
from app.domains.community.parking.errors import CarParkFull, CarUnknown, NoCarPark
from app.domains.community.parking.model import GONE, CarPark, ParkedCar, Passed, plate_of
from app.domains.community.parking.store import ParkingStore
from app.domains.community.visitors.errors import PassUsed
from app.domains.community.visitors.store import PassStore

_PASSED = TypeAdapter(Passed)


class PassingService:
    def __init__(
        self,
        gates: GateService,
        parking: ParkingStore,
        bays: BayStore,
        log: LogStore,
        passes: PassStore,
        estates: EstateService,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._gates = gates
        self._parking = parking
        self._bays = bays
        self._log = log
        self._passes = passes
        self._estates = estates
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    async def pass_(self, viewer: Viewer, gate: str, plate: str, out: bool, key: str) -> Passed:
        """In, or out. Raises GateUnknown, GateShut, CarPlateInvalid, CarUnknown, CarParkFull, NoCarPark, PassUsed,
        IdempotencyConflict, Forbidden (scope).
        """
        parsed = plate_of(plate)

        async def work(tx: Tx) -> Passed:
            there, now = await self._gates.at(viewer, gate, tx), self._clock.now()
            estate = await self._estates.active(there.estate, tx)
            if not estate.bays:
                raise NoCarPark
            if out:
                return await self._out(viewer, estate, there, parsed, now, tx)
            return await self._in(viewer, estate, there, parsed, now, tx)

        return await self._once.once(Call.of(viewer, "carAtGate", key, gate, parsed, out), _PASSED, work)

    async def _in(self, viewer: Viewer, estate: Estate, gate: Gate, plate: str, now: datetime, tx: Tx) -> Passed:
        parked = await self._parking.parked(estate.code, plate, tx)
        if parked is not None and parked.just_came(now):
            return await self._told(estate, Passed(parked.visitor, 0), tx)
        if (own := await self._parking.registered(estate.code, plate, tx)) is not None:
            await self._comes(estate, plate, ParkedCar(now, visitor=False), parked, tx)
            entry = Entry(new_id(), estate.code, gate.code, Way.PLATE, now, now, own.citizen, own.household)
            await self._enter(viewer, estate, entry, tx)
            return await self._told(estate, Passed(False, 0, bays=await self._bays_of(own.household, now, tx)), tx)
        awaited = await self._passes.by_plate(estate.code, plate, gate.code, now, tx)
        if awaited is None:
            raise CarUnknown
        awaited.demand_gate(gate.code)
        if parked is None and not (await self._park(estate, tx)).visitor_free:
            raise CarParkFull
        await self._comes(estate, plate, ParkedCar(now, visitor=True, until=awaited.ends + GONE), parked, tx)
        if not await self._passes.take(awaited.id, now, tx):
            raise PassUsed(awaited.entries)
        who = (awaited.citizen, awaited.household, awaited.id)
        await self._enter(viewer, estate, Entry(new_id(), estate.code, gate.code, Way.VISITOR, now, now, *who), tx)
        await self._outbox.add("visitor.arrived", awaited.citizen, tx, visitor=awaited.id)
        return await self._told(estate, Passed(True, 0, awaited.left - 1), tx)

    async def _out(self, viewer: Viewer, estate: Estate, gate: Gate, plate: str, now: datetime, tx: Tx) -> Passed:
        """Nobody is kept in: what no gate saw come is let out, too."""
        known = await self._parking.goes_out(estate.code, plate, now, tx)
        own = await self._parking.registered(estate.code, plate, tx)
        if own is not None:
            who = (own.citizen, own.household)
            entry = Entry(new_id(), estate.code, gate.code, Way.PLATE, now, now, *who, out=True)
            await self._enter(viewer, estate, entry, tx)
        return await self._told(estate, Passed(own is None, 0, known=known), tx)

    async def _comes(self, estate: Estate, plate: str, car: ParkedCar, parked: ParkedCar | None, tx: Tx) -> None:
        """One that is in already is not counted again: no gate saw it leave. As what it was counted it stays."""
        if parked is None:
            await self._parking.comes_in(estate.code, plate, car, tx)
            return
        until = (car.until or parked.until) if parked.visitor else None
        await self._parking.seen_again(estate.code, plate, replace(car, until=until), tx)

    async def _bays_of(self, household: str, now: datetime, tx: Tx) -> tuple[str, ...]:
        today = civil_day(now)
        return tuple([one.number for one in await self._bays.of_homes({household}, today, tx) if one.on(today)])

    async def _park(self, estate: Estate, tx: Tx) -> CarPark:
        inside, visitors = await self._parking.counted(estate.code, tx)
        return CarPark(estate.code, estate.bays, inside, visitors, estate.rules.visitor_bays)

    async def _told(self, estate: Estate, passed: Passed, tx: Tx) -> Passed:
        park = await self._park(estate, tx)
        return replace(passed, free=park.free, visitor_free=park.visitor_free)

    async def _enter(self, viewer: Viewer, estate: Estate, entry: Entry, tx: Tx) -> None:
        await self._log.enter(entry, estate.rules.log_days, tx)
        facts = {"gate": entry.gate, "way": entry.way.value, "to": "out" if entry.out else "in"}
        await self._audit.record(viewer, "gate.opened", entry.id, tx, subject=entry.citizen, **facts)
