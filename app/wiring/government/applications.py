"""Applications: drafts and their forms, the applicant's side, the handlers' side, and what time does to them."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.applications import UploadedFiles
from app.domains.government.applications.drafts.service import DraftService
from app.domains.government.applications.forms.service import Prefilling
from app.domains.government.applications.handling.service import HandlingService
from app.domains.government.applications.history.service import Steps
from app.domains.government.applications.keeping.service import KeepingService
from app.domains.government.applications.materials.service import Files, Licences, MaterialCheck, SharedData
from app.domains.government.applications.overseeing.service import OverseeingService
from app.domains.government.applications.pushed.service import PushedSteps
from app.domains.government.applications.service import ApplicationService, BackOffice
from app.domains.government.applications.store import ApplicationStore
from app.domains.government.catalogue.service import CatalogueService
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Applications:
    store: ApplicationStore
    drafts: DraftService
    applicants: ApplicationService
    handling: HandlingService
    keeping: KeepingService
    pushed: PushedSteps
    overseeing: OverseeingService


@dataclass(frozen=True, slots=True)
class Beside:
    """The rooms that applications meet."""

    licences: Licences
    data: SharedData
    back_office: BackOffice


def applications_of(
    core: Core,
    calling: Calling,
    people: People,
    card: Card,
    uploads: Uploads,
    catalogue: CatalogueService,
    beside: Beside,
) -> Applications:
    store, files = ApplicationStore(core.db, core.persons), UploadedFiles(uploads.service)
    steps = Steps(store, core.calendar, core.outbox, core.audit, core.clock)
    check = MaterialCheck(files, beside.licences, beside.data)
    drafts = _drafts_of(core, calling, people, store, catalogue, check, files, steps, beside)
    applicants = ApplicationService(
        core.db,
        store,
        drafts,
        catalogue,
        people.citizens,
        check,
        files,
        beside.data,
        beside.back_office,
        steps,
        core.limits,
        core.once,
        core.clock,
    )
    handling = HandlingService(
        store, catalogue, people.citizens, files, beside.licences, card.disclosures, steps, core.once, core.clock
    )
    keeping = KeepingService(core.db, store, drafts, steps, core.calendar, core.clock)
    pushed = PushedSteps(core.db, store, catalogue, beside.licences, steps, core.clock)
    overseeing = OverseeingService(store, steps, core.once, core.clock)
    return Applications(store, drafts, applicants, handling, keeping, pushed, overseeing)


def _drafts_of(
    core: Core,
    calling: Calling,
    people: People,
    store: ApplicationStore,
    catalogue: CatalogueService,
    check: MaterialCheck,
    files: Files,
    steps: Steps,
    beside: Beside,
) -> DraftService:
    prefilling = Prefilling(people.citizens, beside.licences, beside.data)
    tree = calling.organisations.tree
    return DraftService(
        store, catalogue, people.citizens, tree, check, prefilling, files, steps, core.calendar, core.once, core.clock
    )
