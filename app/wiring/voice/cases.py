"""Cases: their store and steps, filing, the reporter's side; categories and places."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.voice import AssetPlaces, CaseFiles, CityDivisions, InventedPeople
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.categories.store import CategoryStore
from app.domains.voice.cases.filing.service import CaseFiling
from app.domains.voice.cases.overseeing.service import CaseOverseeing
from app.domains.voice.cases.reporting.service import CaseService
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.places.boundaries.store import BoundaryStore
from app.domains.voice.places.service import PlaceService
from app.domains.voice.street.assets.service import AssetService
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Cases:
    """What the other nouns build on: `store` and `steps` to take a step, `filing` for a new case, `files` of it."""

    store: CaseStore
    steps: CaseSteps
    filing: CaseFiling
    files: CaseFiles
    categories: CategoryService
    places: PlaceService
    overseeing: CaseOverseeing


def cases_of(core: Core, calling: Calling, uploads: Uploads) -> Cases:
    store, files = CaseStore(core.db, core.persons), CaseFiles(uploads.service)
    steps = CaseSteps(store, core.calendar, core.outbox, core.audit, core.clock)
    categories = CategoryService(core.db, CategoryStore(core.db), core.audit, core.once)
    divisions = CityDivisions(calling.organisations.tree, core.settings.city_division)
    places = PlaceService(core.db, BoundaryStore(core.db), divisions, core.audit, core.settings.city)
    filing = CaseFiling(steps, categories, files, core.ring, core.clock)
    return Cases(store, steps, filing, files, categories, places, CaseOverseeing(store))


def reporters_of(core: Core, people: People, cases: Cases, assets: AssetService) -> CaseService:
    return CaseService(
        core.db,
        cases.store,
        cases.filing,
        cases.steps,
        cases.files,
        InventedPeople(people.citizens),
        cases.places,
        AssetPlaces(assets),
        core.changes,
        core.calendar,
        core.limits,
        core.once,
        core.clock,
    )
