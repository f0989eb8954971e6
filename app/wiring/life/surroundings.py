"""Surroundings: stations and their readings, watches, severe-weather notices."""

from __future__ import annotations

from app.bridges.places import CityBounds
from app.bridges.surroundings import StationOperators, WeatherDivisions
from app.context import Voice
from app.context.surroundings import Surroundings
from app.domains.life.surroundings.alerts.service import WatchService
from app.domains.life.surroundings.alerts.store import WatchStore
from app.domains.life.surroundings.readings.service import ReadingService
from app.domains.life.surroundings.readings.store import ReadingStore
from app.domains.life.surroundings.stations.service import StationService
from app.domains.life.surroundings.stations.store import StationStore
from app.domains.life.surroundings.weather.service import WeatherService
from app.domains.life.surroundings.weather.store import WeatherStore
from app.wiring.core import Core
from app.wiring.identity import Calling
from app.wiring.outside import Outside


def surroundings_of(core: Core, beyond: Outside, calling: Calling, voice: Voice) -> Surroundings:
    db, clock, audit, once, tree = core.db, core.clock, core.audit, core.once, calling.organisations.tree
    store, feed = StationStore(db), beyond.surroundings
    stations = StationService(db, store, CityBounds(voice.places), StationOperators(tree), audit, once, clock)
    divisions = WeatherDivisions(voice.places, tree)
    return Surroundings(
        stations=stations,
        readings=ReadingService(db, feed, ReadingStore(db), store, stations, core.outbox, audit, once, clock),
        watches=WatchService(db, WatchStore(db, core.persons), store, core.outbox, once, clock),
        weather=WeatherService(db, feed, WeatherStore(db), divisions, audit, once, clock),
    )
