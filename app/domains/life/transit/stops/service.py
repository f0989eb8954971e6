"""Stops, routes and trips of the timetable in force. All of it is in memory: nothing here asks the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.places.model import Point
from app.domains.life.transit.realtime.model import TripNews, Vehicle
from app.domains.life.transit.realtime.service import LiveBoard
from app.domains.life.transit.stops.model import FARTHEST, LONGEST_WORDS, MOST_LISTED, Names
from app.domains.life.transit.timetable.model import Timetable
from app.domains.life.transit.timetable.service import TimetableKeeper


@dataclass(frozen=True, slots=True)
class SeenStop:
    """A stop of the version in force, by its number. `metres` from where one asked."""

    table: Timetable
    number: int
    metres: float | None = None


@dataclass(frozen=True, slots=True)
class SeenRoute:
    table: Timetable
    number: int


@dataclass(frozen=True, slots=True)
class SeenTrip:
    """A trip on a service day (an ordinal), with what is heard while that is fresh."""

    table: Timetable
    trip: int
    day: int
    news: TripNews | None = None
    vehicle: Vehicle | None = None


class StopService:
    def __init__(self, keeper: TimetableKeeper, live: LiveBoard, clock: Clock) -> None:
        self._keeper = keeper
        self._live = live
        self._clock = clock
        self._names: Names | None = None

    def near(self, point: Point, metres: float, most: int) -> list[SeenStop]:
        """Where one can board, the nearest first. Raises BadInput."""
        table = self._keeper.held
        if not 0 < metres <= FARTHEST:
            raise BadInput(field="metres")
        found = table.near(point, metres) if table else []
        return [SeenStop(table, number, away) for away, number in found[: _most(most)] if table]

    def one(self, id_: str) -> SeenStop | None:
        table = self._keeper.held
        number = table.stop(id_) if table else None
        return SeenStop(table, number) if table and number is not None else None

    def by_code(self, code: str) -> SeenStop | None:
        """By what stands on its pole."""
        table = self._keeper.held
        number = table.codes.get(code.strip()) if table else None
        return SeenStop(table, number) if table and number is not None else None

    def search(self, words: str, most: int) -> list[SeenStop]:
        """By name; a code that fits is found as well."""
        table = self._keeper.held
        if len(words) > LONGEST_WORDS:
            raise BadInput(field="words")
        if table is None:
            return []
        numbers = self._named(table).stops(words, _most(most))
        coded = table.codes.get(words.strip())
        if coded is not None and coded not in numbers:
            numbers = [coded, *numbers][:most]
        return [SeenStop(table, number) for number in numbers]

    def search_routes(self, words: str, most: int) -> list[SeenRoute]:
        table = self._keeper.held
        if len(words) > LONGEST_WORDS:
            raise BadInput(field="words")
        return [SeenRoute(table, n) for n in self._named(table).routes(words, _most(most))] if table else []

    def route(self, id_: str) -> SeenRoute | None:
        table = self._keeper.held
        number = table.route_numbers.get(id_) if table else None
        return SeenRoute(table, number) if table and number is not None else None

    def trip(self, key: str) -> SeenTrip | None:
        """By its key (`trip_key`); None when it does not run on that day."""
        table = self._keeper.held
        found = parsed_trip(table, key) if table else None
        if table is None or found is None:
            return None
        live = self._live.fresh_for(table)
        if live is None:
            return SeenTrip(table, *found)
        now = int(self._clock.now().timestamp())
        return SeenTrip(table, *found, live.trips.get(found), live.vehicle(*found, now))

    def _named(self, table: Timetable) -> Names:
        """Of this version; made at the first search of it."""
        if self._names is None or self._names.version != table.version:
            self._names = Names(table)
        return self._names


def trip_key(table: Timetable, trip: int, day: int) -> str:
    """As the outside knows a trip on a day: 2026-11-22/28800/id. Its start tells which of those that run often."""
    return f"{date.fromordinal(day).isoformat()}/{table.trips.starts[trip]}/{table.trips.id(trip)}"


def parsed_trip(table: Timetable, key: str) -> tuple[int, int] | None:
    """(number, service day); None when nothing runs then."""
    day, _, rest = key.partition("/")
    start, _, id_ = rest.partition("/")
    try:
        ordinal = date.fromisoformat(day).toordinal()
    except ValueError:
        return None
    mask, trips = table.calendar.active(ordinal), table.trips
    found = (n for n in trips.of(id_) if str(trips.starts[n]) == start)
    trip = next(found, None)
    return (trip, ordinal) if trip is not None and mask and mask[trips.services[trip]] else None


def _most(most: int) -> int:
    """Raises BadInput."""
    if not 1 <= most <= MOST_LISTED:
        raise BadInput(field="first")
    return most
