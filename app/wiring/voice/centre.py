"""The centre's side: its seats, and the rules by which they dispatch."""

from __future__ import annotations

from app.bridges.voice import CityAnswers, WorkFiles
from app.context import Centre
from app.core.imports.store import ProgressStore
from app.domains.government.answers.finding.service import KnowledgeBase
from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.domains.voice.centre.dispatch.imports.service import RuleImports
from app.domains.voice.centre.dispatch.rules.service import RuleService
from app.domains.voice.centre.dispatch.rules.store import RuleStore
from app.domains.voice.centre.dispatch.service import DispatchService
from app.domains.voice.centre.seats.calls.service import CallBackService
from app.domains.voice.centre.seats.intake.service import IntakeService
from app.domains.voice.centre.seats.joining.service import JoiningService
from app.domains.voice.centre.seats.mapping.service import CaseMap
from app.domains.voice.centre.seats.opening.service import BoardOfCentre
from app.domains.voice.centre.seats.requests.service import RequestService
from app.domains.voice.centre.seats.steps.service import SeatSteps
from app.domains.voice.street.assets.store import AssetStore
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.voice.cases import Cases


def centre_of(
    core: Core,
    calling: Calling,
    people: People,
    card: Card,
    cases: Cases,
    clock_rules: ClockRules,
    knowledge: KnowledgeBase,
) -> Centre:
    tree, categories, store = calling.organisations.tree, cases.categories, RuleStore(core.db)
    seat = SeatSteps(cases.store, cases.steps, core.once, core.clock)
    rules = RuleService(store, tree, categories, core.audit, core.once, core.clock)
    kept, files = ProgressStore(core.db["dispatch_imports"]), WorkFiles(cases.files)
    return Centre(
        board=BoardOfCentre(
            cases.store, seat, people.citizens, files, card.disclosures, core.calendar, core.once, core.clock
        ),
        intake=IntakeService(seat, clock_rules, categories, CityAnswers(knowledge)),
        requests=RequestService(seat),
        calls=CallBackService(seat),
        joining=JoiningService(seat, cases.store, cases.filing),
        dispatch=DispatchService(seat, rules, clock_rules, categories, AssetStore(core.db), tree),
        rules=rules,
        rule_imports=RuleImports(core.db, kept, store, rules, core.audit, core.clock),
        map=CaseMap(cases.store),
    )
