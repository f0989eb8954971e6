"""Visitors and gates."""

from __future__ import annotations

from app.bridges.estates import CardPlaces, GateLooks
from app.context.estates import Gates
from app.domains.community.estates.gates.service import GateService
from app.domains.community.estates.gates.store import GateStore
from app.domains.community.gates.lists.service import ListService
from app.domains.community.gates.log.service import LogService
from app.domains.community.gates.log.store import LogStore
from app.domains.community.gates.looks.store import LookStore
from app.domains.community.gates.opening.service import OpeningService
from app.domains.community.gates.reporting.service import ReportingService
from app.domains.community.parking.bays.service import BayService
from app.domains.community.parking.bays.store import BayStore
from app.domains.community.parking.passing.service import PassingService
from app.domains.community.parking.service import ParkingService
from app.domains.community.parking.store import ParkingStore
from app.domains.community.visitors.service import VisitorService
from app.domains.community.visitors.showing.service import ShowingService
from app.domains.community.visitors.store import PassStore
from app.wiring.card import Card
from app.wiring.community.living import Living
from app.wiring.core import Core
from app.wiring.outside import Outside


def gates_of(core: Core, beyond: Outside, card: Card, living: Living) -> Gates:
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    store, log, passes = GateStore(db), LogStore(db), PassStore(db, core.persons, core.ring)
    estates, residents = living.estates, living.residents
    keeping = GateService(store, estates, audit, once)
    lists = ListService(keeping, passes, living.resident_store, CardPlaces(card.store), core.keys, clock)
    visitors = VisitorService(
        passes, estates, store, residents, beyond.sms, core.limits, audit, once, clock, core.base_url
    )
    plates = ParkingStore(db, core.persons, core.ring)
    bays = BayStore(db, core.ring)
    parking = ParkingService(db, plates, estates, residents, core.changes, core.outbox, audit, once, clock)
    for room in (visitors, parking):
        residents.follow(room)
    return Gates(
        keeping=keeping,
        visitors=visitors,
        showing=ShowingService(passes, estates, store, core.keys, core.limits, clock),
        lists=lists,
        opening=OpeningService(
            keeping, log, estates, passes, residents, lists, card.codes, core.outbox, audit, once, clock
        ),
        reporting=ReportingService(
            db, keeping, log, estates, passes, residents, lists, card.codes, core.outbox, audit, clock
        ),
        log=_log(core, card, living, log, store, passes),
        parking=parking,
        passing=PassingService(keeping, plates, bays, log, passes, estates, core.outbox, audit, once, clock),
        bays=_numbered(core, living, bays),
    )


def _numbered(core: Core, living: Living, bays: BayStore) -> BayService:
    made = BayService(bays, living.estates, living.residents, living.resident_store, core.audit, core.once, core.clock)
    living.doors.follow(made)
    return made


def _log(core: Core, card: Card, living: Living, log: LogStore, gates: GateStore, passes: PassStore) -> LogService:
    looks, told = LookStore(core.db, core.persons), GateLooks(card.disclosures, core.clock)
    homes, outbox = living.resident_store, core.outbox
    return LogService(log, looks, told, gates, living.estates, homes, passes, outbox, core.audit, core.once, core.clock)
