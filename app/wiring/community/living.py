"""Who lives where: what the other nouns of the community build on."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.estates import CivilNames
from app.bridges.places import CityBounds
from app.domains.community.estates.service import EstateService
from app.domains.community.estates.store import EstateStore
from app.domains.community.residents.doors.service import DoorService
from app.domains.community.residents.service import ResidentService
from app.domains.community.residents.store import ResidentStore
from app.domains.voice.places.service import PlaceService
from app.wiring.core import Core
from app.wiring.identity import Calling, People


@dataclass(frozen=True, slots=True)
class Living:
    """What the other nouns build on."""

    estate_store: EstateStore
    estates: EstateService
    resident_store: ResidentStore
    residents: ResidentService
    names: CivilNames
    doors: DoorService


def living_of(core: Core, calling: Calling, people: People, places: PlaceService) -> Living:
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    store, names = EstateStore(db), CivilNames(people.citizens)
    estates = EstateService(store, CityBounds(places), calling.organisations.tree, audit, once)
    resident_store = ResidentStore(db, core.persons, core.ring)
    residents = ResidentService(db, resident_store, estates, names, core.limits, core.outbox, audit, once, clock)
    doors = DoorService(store, estates, resident_store, audit, once)
    return Living(store, estates, resident_store, residents, names, doors)
