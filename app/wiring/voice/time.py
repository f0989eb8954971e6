"""The unit's side of cases, and what time does to them."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.voice import HandlersOfUnits, WorkFiles
from app.domains.identity.staff.store import StaffStore
from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.domains.voice.cases.clocks.rules.store import ClockRuleStore
from app.domains.voice.units.escalation.looking.service import CaseTime
from app.domains.voice.units.escalation.service import EscalationService
from app.domains.voice.units.escalation.store import EscalationStore
from app.domains.voice.units.escalation.supervising.service import Supervising
from app.domains.voice.units.handling.reading.service import CaseReading
from app.domains.voice.units.handling.service import CaseHandling
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.voice.cases import Cases


@dataclass(frozen=True, slots=True)
class UnitSide:
    reading: CaseReading
    handling: CaseHandling


@dataclass(frozen=True, slots=True)
class Time:
    looking: CaseTime
    escalations: EscalationService
    supervising: Supervising


def clock_rules_of(core: Core) -> ClockRules:
    return ClockRules(ClockRuleStore(core.db), core.audit, core.once, core.clock)


def unit_side_of(core: Core, calling: Calling, people: People, card: Card, cases: Cases, rules: ClockRules) -> UnitSide:
    tree, files = calling.organisations.tree, WorkFiles(cases.files)
    colleagues = HandlersOfUnits(StaffStore(core.db, core.ring), tree)
    reading = CaseReading(cases.store, people.citizens, files, card.disclosures, core.once, core.clock)
    handling = CaseHandling(cases.store, cases.steps, rules, files, colleagues, tree, core.once, core.clock)
    return UnitSide(reading, handling)


def time_of(core: Core, calling: Calling, cases: Cases) -> Time:
    tree, rows = calling.organisations.tree, EscalationStore(core.db)
    looking = CaseTime(core.db, cases.store, rows, cases.steps, tree, core.calendar, core.outbox, core.clock)
    escalations = EscalationService(rows, core.audit, core.once, core.clock)
    supervising = Supervising(cases.store, cases.steps, tree, core.once, core.clock)
    return Time(looking, escalations, supervising)
