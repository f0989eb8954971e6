"""The hand-over to departments: what is to be told, the porter who tells it, and the comparing."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.applications import UploadedFiles
from app.bridges.handover import HandedInApplications
from app.domains.government.applications.pushed.service import PushedSteps
from app.domains.government.handover.model import Pace
from app.domains.government.handover.reconciling.service import Reconciliation
from app.domains.government.handover.sending.service import Porter
from app.domains.government.handover.service import HandoverService
from app.domains.government.handover.store import DifferenceStore, HandoverStore, StepStore
from app.wiring.core import Core
from app.wiring.identity import People
from app.wiring.outside import Outside
from app.wiring.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Handovers:
    """`service` is what applications need; who carries it out needs them in turn (`carriers_of`)."""

    store: HandoverStore
    steps: StepStore
    differences: DifferenceStore
    service: HandoverService


def handovers_of(core: Core) -> Handovers:
    store, steps, differences = HandoverStore(core.db), StepStore(core.db, core.persons), DifferenceStore(core.db)
    service = HandoverService(core.db, store, steps, differences, core.audit, core.clock)
    return Handovers(store, steps, differences, service)


def carriers_of(
    core: Core, beyond: Outside, people: People, uploads: Uploads, handovers: Handovers, pushed: PushedSteps
) -> tuple[Porter, Reconciliation]:
    pace, applications = Pace(core.settings.handover_pace), _applications(people, uploads, pushed)
    porter = Porter(
        handovers.store,
        handovers.steps,
        handovers.differences,
        beyond.departments,
        applications,
        core.clock,
        pace,
        core.tallies.count,
    )
    return porter, Reconciliation(handovers.store, handovers.differences, beyond.departments, core.clock, pace)


def _applications(people: People, uploads: Uploads, pushed: PushedSteps) -> HandedInApplications:
    return HandedInApplications(pushed, UploadedFiles(uploads.service), people.citizens)
