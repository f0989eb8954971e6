"""What is heard of trips under way (GTFS-Realtime), before and after it is matched with the timetable.

Delays go on: one that is told for a stop holds for all after it until another is told (GTFS Realtime Reference,
"StopTimeUpdate"). Of the stops before the first one nothing is known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from app.core.places.model import Point
from app.domains.life.transit.calendars.model import begins, days_around
from app.domains.life.transit.feeds.tables import seconds_of
from app.domains.life.transit.timetable.model import Timetable

STALE = timedelta(seconds=120)
_PLACE_STALE = 300  # seconds: where a vehicle was
_ASTRAY = 6 * 3600  # seconds: what is said to be this early or late is no news of that trip


@dataclass(frozen=True, slots=True)
class HeardStop:
    """`delay` in seconds, or the moment itself (seconds since 1970); by its `stop_sequence`, its id, or both."""

    turn: int | None
    stop: str
    arrival_delay: int | None = None
    arrival_at: int | None = None
    departure_delay: int | None = None
    departure_at: int | None = None
    skipped: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class HeardTrip:
    """`day` (YYYYMMDD) and `start` (HH:MM:SS) tell which run of the trip it is, where they are told."""

    trip: str
    day: str = ""
    start: str = ""
    cancelled: bool = False
    stops: tuple[HeardStop, ...] = ()
    delay: int | None = None


@dataclass(frozen=True, slots=True)
class HeardVehicle:
    trip: str
    day: str
    start: str
    label: str
    point: Point | None
    turn: int | None
    stop: str
    stopped: bool
    at: int


@dataclass(frozen=True, slots=True)
class Alert:
    """What an operator lets people know: texts by their language; `routes` and `stops` whom it concerns, by their ids,
    none of both for all.
    """

    id: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    routes: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    periods: tuple[tuple[int, int], ...] = ()

    def concerns(self, route: str | None, stop: str | None) -> bool:
        return not (self.routes or self.stops) or route in self.routes or stop in self.stops

    def holds(self, at: int) -> bool:
        return not self.periods or any(begin <= at and (at < end or not end) for begin, end in self.periods)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one look brought: `stamp` is when the operator made it (seconds since 1970)."""

    stamp: int
    trips: tuple[HeardTrip, ...] = ()
    vehicles: tuple[HeardVehicle, ...] = ()
    alerts: tuple[Alert, ...] = ()


class TripState(StrEnum):
    RUNS = "runs"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class StopNews:
    """Seconds late (early, below 0) from this position on; None: nothing is known from here on."""

    position: int
    arrival: int | None
    departure: int | None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class TripNews:
    """`stops` in the order of their positions."""

    state: TripState
    stops: tuple[StopNews, ...] = ()

    def at(self, position: int) -> StopNews | None:
        """What is known of this position; None when nothing is."""
        n = bisect_right(self.stops, position, key=lambda one: one.position)
        if not n:
            return None
        news = self.stops[n - 1]
        if news.position == position:
            return news
        # Of a stop that is passed by nothing goes on to the next but the delay.
        return StopNews(position, news.departure, news.departure) if news.departure is not None else None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """`position` is the stop that it stands at or goes to next; `at` in seconds since 1970."""

    position: int
    stopped: bool
    point: Point | None
    label: str
    at: int

    def away(self, position: int) -> int:
        """How many stops it is from that one: 0 when it stands there, below 0 when it has left it."""
        return position - self.position + (0 if self.stopped else 1)


Key = tuple[int, int]
"""A trip's number and the service day."""


@dataclass(frozen=True, slots=True)
class Live:
    """What is known at a moment, by the numbers of one version of the timetable. `unmatched` trips were none of it."""

    version: str
    stamp: datetime
    heard_at: datetime
    trips: Mapping[Key, TripNews] = field(default_factory=dict)
    vehicles: Mapping[Key, Vehicle] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()
    unmatched: int = 0

    def fresh(self, now: datetime) -> bool:
        """What is older is not shown as live; a stamp from the future is a wrong clock, and believed for as long."""
        return abs(now - self.stamp) <= STALE

    def vehicle(self, trip: int, day: int, now: int) -> Vehicle | None:
        found = self.vehicles.get((trip, day))
        return found if found is not None and abs(now - found.at) <= _PLACE_STALE else None


def matched(heard: Heard, table: Timetable, now: datetime) -> Live:
    """By the trips of the timetable; what is of none of them is counted."""
    trips: dict[Key, TripNews] = {}
    vehicles: dict[Key, Vehicle] = {}
    unmatched = 0
    for told in heard.trips:
        key = key_of(table, told.trip, told.day, told.start, now)
        news = _news(table, key, told) if key else None
        if key is None or news is None:
            unmatched += 1
        else:
            trips[key] = news
    for seen in heard.vehicles:
        key = key_of(table, seen.trip, seen.day, seen.start, now)
        vehicle = _vehicle(table, key, seen) if key else None
        if key is None or vehicle is None:
            unmatched += 1
        else:
            vehicles[key] = vehicle
    stamp = datetime.fromtimestamp(heard.stamp, UTC)
    return Live(table.version, stamp, now, trips, vehicles, heard.alerts, unmatched)


def key_of(table: Timetable, id_: str, day: str, start: str, now: datetime) -> Key | None:
    """Which run is meant: by its day, else the one nearest to now. None when there is none."""
    found = table.trips.of(id_)
    begin = seconds_of(start) if start else None
    if len(found) > 1:  # runs every so many minutes: its start tells which
        if begin is None:
            return None
        found = range(*min(((n, n + 1) for n in found), key=lambda one: abs(table.trips.starts[one[0]] - begin)))
    if not found:
        return None
    trip = found[0]
    ordinal = _ordinal(day) if day else _nearest(table, trip, now)
    mask = table.calendar.active(ordinal) if ordinal else None
    return (trip, ordinal) if ordinal and mask and mask[table.trips.services[trip]] else None


def _nearest(table: Timetable, trip: int, now: datetime) -> int | None:
    service, start = table.trips.services[trip], table.trips.starts[trip]
    middle, at = start + table.times(trip)[-1] // 2, now.timestamp()
    days = [
        day
        for day in days_around(now, table.zone, table.parts.latest)
        if (mask := table.calendar.active(day)) and mask[service]
    ]
    return min(days, key=lambda day: abs(begins(day, table.zone) + middle - at), default=None)


def _news(table: Timetable, key: Key, told: HeardTrip) -> TripNews | None:
    if told.cancelled:
        return TripNews(TripState.CANCELLED)
    found: dict[int, StopNews] = {}
    after = 0
    for one in told.stops:
        position = _position(table, key[0], one.turn, one.stop, after)
        if position is not None:
            found[position] = _stop_news(table, key, position, one)
            after = position
    if not found and told.delay is not None:
        found[0] = StopNews(0, told.delay, told.delay)
    return TripNews(TripState.RUNS, tuple(found[n] for n in sorted(found))) if found else None


def _stop_news(table: Timetable, key: Key, position: int, told: HeardStop) -> StopNews:
    if told.unknown:
        return StopNews(position, None, None)
    trip, day = key
    times, base = table.times(trip), begins(day, table.zone) + table.trips.starts[trip]
    arrival = _late(told.arrival_delay, told.arrival_at, base + times[2 * position])
    departure = _late(told.departure_delay, told.departure_at, base + times[2 * position + 1])
    if departure is None:
        departure = arrival
    return StopNews(position, departure if arrival is None else arrival, departure, told.skipped)


def _late(delay: int | None, at: int | None, scheduled: int) -> int | None:
    late = at - scheduled if at else delay
    return late if late is not None and abs(late) <= _ASTRAY else None


def _position(table: Timetable, trip: int, turn: int | None, stop: str, after: int) -> int | None:
    """Where on the trip it is: by its `stop_sequence`, else by the stop, from there on where it was before."""
    pattern = table.pattern_of(trip)
    if turn is not None:
        return _index(pattern.turns, turn, 0)
    number = table.stop(stop) if stop else None
    return None if number is None else _index(pattern.stops, number, after)


def _index(values: Sequence[int], wanted: int, after: int) -> int | None:
    return next((n for n in range(after, len(values)) if values[n] == wanted), None)


def _vehicle(table: Timetable, key: Key, seen: HeardVehicle) -> Vehicle | None:
    position = _position(table, key[0], seen.turn, seen.stop, 0)
    return None if position is None else Vehicle(position, seen.stopped, seen.point, seen.label, seen.at)


def _ordinal(day: str) -> int | None:
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal() if len(day) == 8 else None
    except ValueError:
        return None
