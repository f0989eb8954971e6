"""A timetable as a process keeps it: places and lines as objects, trips and their calls as arrays.

Two million calls of a large city are seventeen megabytes: each is one number that holds its time, its trip and where on
the trip it is, in the order of time. Trips with the same stops share a pattern, those with the same times between them
a run; a trip is then a pattern, a run and when it starts. Its number is its place in the order of trip ids.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from zoneinfo import ZoneInfo

from app.core.places.model import Point, cell_of, cells_near
from app.domains.life.transit.calendars.model import Calendar, Service

BOARDS, ALIGHTS = 1, 2
_TIME, _TRIP = 44, 12  # bits below: a call is time << 44 | trip << 12 | position
MOST_POSITIONS = 1 << _TRIP
LATEST = 7 * 86_400  # seconds: a trip may last a week
_CELL = 0.005


class StopKind(IntEnum):
    """`location_type` of stops.txt."""

    STOP = 0
    STATION = 1
    ENTRANCE = 2
    NODE = 3
    BOARDING_AREA = 4


@dataclass(frozen=True, slots=True)
class Agency:
    id: str
    name: str
    url: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """`code` is what stands on its pole. `parent` is the number of its station."""

    id: str
    name: str
    point: Point | None
    code: str = ""
    kind: StopKind = StopKind.STOP
    parent: int | None = None
    platform: str = ""
    step_free: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """`kind` is `route_type`. `sort` orders it among others."""

    id: str
    short: str
    long: str
    kind: int
    agency: int
    colour: str = ""
    text_colour: str = ""
    sort: int = 0

    @property
    def name(self) -> str:
        return self.short or self.long


@dataclass(frozen=True, slots=True)
class Pattern:
    """The stops of some trips of a route. `direction` and `shape` may be -1: none is told. `flags` say for each
    position whether one boards and alights there; `turns` is its `stop_sequence`; `signs`, where it differs from the
    trip's, what is written in front.
    """

    route: int
    direction: int
    shape: int
    stops: Sequence[int]
    flags: bytes
    turns: Sequence[int]
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transfer:
    """From a stop to another on foot; `kind` is `transfer_type`, `seconds` the least time when it is told."""

    origin: int
    target: int
    kind: int = 0
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Trips:
    """By the number of a trip. `starts`: seconds; `headways`: seconds between trips that run by no fixed times, 0 for
    those that do. `ids` are one text, cut at `id_ends`.
    """

    patterns: array[int]
    runs: array[int]
    starts: array[int]
    services: array[int]
    signs: array[int]
    headways: array[int]
    ids: bytes
    id_ends: array[int]

    def __len__(self) -> int:
        return len(self.patterns)

    def id(self, trip: int) -> str:
        return self._raw(trip).decode()

    def _raw(self, trip: int) -> bytes:
        return self.ids[self.id_ends[trip - 1] if trip else 0 : self.id_ends[trip]]

    def of(self, id_: str) -> range:
        """Trips of that id: several, when one runs every so many minutes."""
        raw = id_.encode()
        first = bisect_left(range(len(self)), raw, key=self._raw)
        last = first
        while last < len(self) and self._raw(last) == raw:
            last += 1
        return range(first, last)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is kept of a timetable. `times` of a run are arrival, departure of each position after the trip's start,
    cut at `run_ends`. `calls` are those where one may board, cut at `call_ends` by the number of the stop.
    """

    zone: str
    publisher: str
    agencies: tuple[Agency, ...]
    stops: tuple[Stop, ...]
    routes: tuple[Route, ...]
    services: tuple[Service, ...]
    patterns: tuple[Pattern, ...]
    transfers: tuple[Transfer, ...]
    signs: tuple[str, ...]
    shapes: tuple[str, ...]
    times: array[int]
    run_ends: array[int]
    trips: Trips
    calls: array[int]
    call_ends: array[int]
    latest: int


@dataclass(frozen=True, slots=True)
class Call:
    """A trip where one may board: `seconds` after the service day's beginning."""

    seconds: int
    trip: int
    position: int


def packed_call(seconds: int, trip: int, position: int) -> int:
    return seconds << _TIME | trip << _TRIP | position


def unpacked_call(call: int) -> tuple[int, int, int]:
    """(seconds, trip, position)."""
    return call >> _TIME, call >> _TRIP & 0xFFFF_FFFF, call & MOST_POSITIONS - 1


class Timetable:
    """One version of a feed, with what finds things in it."""

    def __init__(self, version: str, parts: Parts) -> None:
        self.version = version
        self.parts = parts
        self.zone = ZoneInfo(parts.zone)
        self.calendar = Calendar(parts.services)
        self.stops, self.routes, self.patterns, self.trips = parts.stops, parts.routes, parts.patterns, parts.trips
        self.stop_numbers = {stop.id: n for n, stop in enumerate(parts.stops)}
        self.route_numbers = {route.id: n for n, route in enumerate(parts.routes)}
        self.codes = {stop.code: n for n, stop in reversed(list(enumerate(parts.stops))) if stop.code}
        self.children = self._children()
        self.passing = self._passing()
        self.of_route: dict[int, list[int]] = defaultdict(list)
        for n, pattern in enumerate(parts.patterns):
            self.of_route[pattern.route].append(n)
        self.groups = self._groups()
        self._cells = self._celled()
        self.transfers: dict[int, list[Transfer]] = defaultdict(list)
        for transfer in parts.transfers:
            self.transfers[transfer.origin].append(transfer)

    def stop(self, id_: str) -> int | None:
        return self.stop_numbers.get(id_)

    def platforms(self, stop: int) -> Sequence[int]:
        """Where one boards there: a station's platforms, else itself."""
        return self.children.get(stop, (stop,))

    def station(self, stop: int) -> int:
        """Its station's number, its own when it has none."""
        parent = self.stops[stop].parent
        return stop if parent is None else self.station(parent)

    def calls_from(self, stop: int, seconds: int) -> Iterator[tuple[int, int, int]]:
        """Calls at a stop (no station) from that time of a service day on, as `unpacked_call`; of any service."""
        calls, ends = self.parts.calls, self.parts.call_ends
        begin, end = (ends[stop - 1] if stop else 0), ends[stop]
        for n in range(bisect_left(calls, max(seconds, 0) << _TIME, begin, end), end):
            call = calls[n]
            yield call >> _TIME, call >> _TRIP & 0xFFFF_FFFF, call & MOST_POSITIONS - 1

    def times(self, trip: int) -> array[int]:
        """Arrival and departure of each position, after the trip's start."""
        return self.run(self.trips.runs[trip])

    def run(self, run: int) -> array[int]:
        ends = self.parts.run_ends
        return self.parts.times[ends[run - 1] if run else 0 : ends[run]]

    def pattern_of(self, trip: int) -> Pattern:
        return self.patterns[self.trips.patterns[trip]]

    def route_of(self, trip: int) -> Route:
        return self.routes[self.pattern_of(trip).route]

    def sign(self, trip: int, position: int = 0) -> str:
        """What is written in front of it there; where nothing is told, its last stop."""
        pattern = self.pattern_of(trip)
        own = pattern.signs[position] if pattern.signs else ""
        return own or self.parts.signs[self.trips.signs[trip]] or self.stops[pattern.stops[-1]].name

    def near(self, point: Point, metres: float) -> list[tuple[float, int]]:
        """Where one boards, within that distance: metres and number, the nearest first."""
        found = []
        for cell in cells_near(point, metres, _CELL):
            for number in self._cells.get(cell, ()):
                place = self.stops[number].point
                if place is not None and (away := point.metres_to(place)) <= metres:
                    found.append((away, number))
        return sorted(found)

    def _children(self) -> dict[int, tuple[int, ...]]:
        """Of each station its platforms, those with boarding areas included."""
        found: dict[int, list[int]] = defaultdict(list)
        for n, stop in enumerate(self.stops):
            if stop.kind in (StopKind.STOP, StopKind.BOARDING_AREA) and stop.parent is not None:
                found[stop.parent].append(n)
                top = self.station(stop.parent)
                if top != stop.parent:
                    found[top].append(n)
        return {station: tuple(platforms) for station, platforms in found.items()}

    def _passing(self) -> list[list[tuple[int, int]]]:
        """By stop: (pattern, position) of each time a pattern calls there."""
        passing: list[list[tuple[int, int]]] = [[] for _ in self.stops]
        for n, pattern in enumerate(self.patterns):
            for position, stop in enumerate(pattern.stops):
                passing[stop].append((n, position))
        return passing

    def _groups(self) -> list[list[tuple[int, array[int]]]]:
        """By pattern: (run, its trips by their start). None of a group overtakes another."""
        groups: list[dict[int, array[int]]] = [{} for _ in self.patterns]
        trips = self.trips
        for trip in sorted(range(len(trips)), key=trips.starts.__getitem__):
            groups[trips.patterns[trip]].setdefault(trips.runs[trip], array("I")).append(trip)
        return [list(of.items()) for of in groups]

    def _celled(self) -> dict[str, list[int]]:
        cells: dict[str, list[int]] = defaultdict(list)
        for n, stop in enumerate(self.stops):
            if stop.kind is StopKind.STOP and stop.point is not None:
                cells[cell_of(stop.point, _CELL)].append(n)
        return dict(cells)


def polyline(points: Sequence[tuple[float, float]]) -> str:
    """Google's encoded polyline, which maps of phones read."""
    said, was = bytearray(), (0, 0)
    for latitude, longitude in points:
        now = round(latitude * 1e5), round(longitude * 1e5)
        for here, before in zip(now, was, strict=True):
            _say(here - before, said)
        was = now
    return said.decode()


def _say(step: int, said: bytearray) -> None:
    left = ~(step << 1) if step < 0 else step << 1
    while left >= 0x20:
        said.append((0x20 | left & 0x1F) + 63)
        left >>= 5
    said.append(left + 63)
