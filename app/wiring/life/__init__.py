"""My life: its rooms in the order in which they need each other, one file a noun."""

from __future__ import annotations

from app.bridges.near import NearPlaces, NearStops
from app.context import Appointments, Government, Life, Payment, Voice
from app.core.tills.service import Till
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.life.culture import culture_of
from app.wiring.life.directory import directory_of
from app.wiring.life.health import health_of
from app.wiring.life.home import home_of
from app.wiring.life.surroundings import surroundings_of
from app.wiring.life.transit import transit_of
from app.wiring.outside import Outside
from app.wiring.uploads import Uploads


def life_of(
    core: Core,
    beyond: Outside,
    calling: Calling,
    people: People,
    card: Card,
    uploads: Uploads,
    appointments: Appointments,
    voice: Voice,
    payment: Payment,
    till: Till,
    government: Government,
) -> Life:
    culture = culture_of(core, beyond, calling, people, voice, till)
    directory = directory_of(core, calling, people, card, appointments, voice)
    transit = transit_of(core, beyond)
    return Life(
        home=home_of(
            core, calling, people, appointments, voice, [NearPlaces(directory.places), NearStops(transit.stops)]
        ),
        culture=culture,
        health=health_of(core, beyond, people, card, appointments, government),
        directory=directory,
        transit=transit,
        surroundings=surroundings_of(core, beyond, calling, voice),
    )
