"""Neighbouring cities: what goes there, what they say, and the desk's side of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.domains.voice.channels.neighbours.acting.service import NeighbourSteps
from app.domains.voice.channels.neighbours.model import Pace
from app.domains.voice.channels.neighbours.passing.service import Passing
from app.domains.voice.channels.neighbours.sending.service import Listener, Messenger
from app.domains.voice.channels.neighbours.service import NeighbourService
from app.domains.voice.channels.neighbours.store import NeighbourStore, SentCaseStore
from app.wiring.core import Core
from app.wiring.identity import Calling
from app.wiring.outside import Outside
from app.wiring.voice.cases import Cases


@dataclass(frozen=True, slots=True)
class Neighbours:
    service: NeighbourService
    messenger: Messenger
    listener: Listener


def neighbours_of(core: Core, beyond: Outside, calling: Calling, cases: Cases, clocks: ClockRules) -> Neighbours:
    cities, sent, doors = NeighbourStore(core.db, core.ring), SentCaseStore(core.db), beyond.doors
    steps = NeighbourSteps(core.db, cities, sent, cases.store, cases.steps, core.clock)
    pace, city = Pace(core.settings.neighbour_pace), core.settings.city_division
    tree = calling.organisations.tree
    passing = Passing(core.db, cases.store, cases.steps, clocks, cases.categories, tree, core.clock, city)
    service = NeighbourService(
        core.db, cities, sent, passing, calling.organisations, doors.admits, core.audit, core.clock
    )
    cases.places.passing_on(lambda point: city if service.around(point) else None)
    return Neighbours(
        service,
        Messenger(cities, sent, doors, steps, core.clock, pace, core.tallies.count),
        Listener(cities, sent, doors, steps, core.clock, pace),
    )
