"""A timetable out of the tables of a feed: trips with their calls, sorted, shared and packed."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import BinaryIO

from app.domains.life.transit.feeds.archive import Archive
from app.domains.life.transit.feeds.model import FeedStops, FindingKind, Findings
from app.domains.life.transit.feeds.places import (
    Numbers,
    agencies_of,
    publisher_of,
    routes_of,
    services_of,
    shapes_of,
    stops_of,
    transfers_of,
)
from app.domains.life.transit.feeds.tables import Row, Table, seconds_of
from app.domains.life.transit.timetable.model import (
    ALIGHTS,
    BOARDS,
    MOST_POSITIONS,
    Parts,
    Pattern,
    Stop,
    StopKind,
    Trips,
    packed_call,
)

MOST_TRIPS, MOST_CALLS = 2_000_000, 20_000_000
_MOST_SECONDS = 7 * 86_400
_NONE = 1  # of pickup_type and drop_off_type: not here
_NO_TIME = -1


@dataclass(slots=True)
class Lines:
    """The rows of stop_times.txt, column by column: fifteen bytes a row."""

    trips: array[int] = field(default_factory=lambda: array("I"))
    turns: array[int] = field(default_factory=lambda: array("I"))
    stops: array[int] = field(default_factory=lambda: array("I"))
    arrivals: array[int] = field(default_factory=lambda: array("i"))
    departures: array[int] = field(default_factory=lambda: array("i"))
    flags: bytearray = field(default_factory=bytearray)
    numbers: array[int] = field(default_factory=lambda: array("I"))
    signs: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Told:
    """A trip as trips.txt says it."""

    id: str
    route: int
    service: int
    sign: int
    direction: int
    shape: int


@dataclass(slots=True)
class Shared:
    """Patterns, runs, and texts that trips share, by what they are."""

    patterns: dict[tuple[object, ...], int] = field(default_factory=dict)
    of_pattern: list[Pattern] = field(default_factory=list)
    runs: dict[bytes, int] = field(default_factory=dict)
    times: array[int] = field(default_factory=lambda: array("i"))
    run_ends: array[int] = field(default_factory=lambda: array("I"))

    def pattern(self, one: Pattern) -> int:
        key = (one.route, one.direction, one.shape, tuple(one.stops), one.flags, tuple(one.turns), one.signs)
        if key not in self.patterns:
            self.patterns[key] = len(self.of_pattern)
            self.of_pattern.append(one)
        return self.patterns[key]

    def run(self, times: array[int]) -> int:
        key = times.tobytes()
        if key not in self.runs:
            self.runs[key] = len(self.run_ends)
            self.times.extend(times)
            self.run_ends.append(len(self.times))
        return self.runs[key]


@dataclass(slots=True)
class Begun:
    """A trip with its calls, before those without fixed times are multiplied."""

    trip: int
    pattern: int
    run: int
    start: int


def parts_of(opened: BinaryIO, found: Findings) -> Parts | None:
    """All of it; None when what was found leaves nothing to build. Everything that is wrong is among the findings."""
    try:
        parts = _Building(Archive(opened, found), found).parts()
    except FeedStops:
        return None
    return None if found.broken else parts


class _Building:
    def __init__(self, archive: Archive, found: Findings) -> None:
        self.archive, self.found = archive, found
        self.agencies, of_agency, self.zone = agencies_of(archive, found)
        self.stops, self.stop_numbers = stops_of(archive, found)
        self.routes, self.route_numbers = routes_of(archive, of_agency, found)
        self.services, self.service_numbers = services_of(archive, found)
        self.shapes, self.shape_numbers = shapes_of(archive, found)
        self.signs: dict[str, int] = {"": 0}
        self.told, self.trip_numbers = self._told()
        self.shared = Shared()

    def parts(self) -> Parts:
        begun = [one for one in self._begun(self._lines()) if one is not None]
        entries = self._multiplied(begun)
        if not entries:
            raise self.found.stop(FindingKind.EMPTY)
        transfers = transfers_of(self.archive, self.stop_numbers, self.found)
        publisher = publisher_of(self.archive, self.found)
        calls, call_ends, latest = self._calls(entries)
        return Parts(
            zone=self.zone,
            publisher=publisher or self.agencies[0].name,
            agencies=tuple(self.agencies),
            stops=tuple(self.stops),
            routes=tuple(self.routes),
            services=tuple(self.services),
            patterns=tuple(self.shared.of_pattern),
            transfers=tuple(transfers),
            signs=tuple(self.signs),
            shapes=tuple(self.shapes),
            times=self.shared.times,
            run_ends=self.shared.run_ends,
            trips=self._trips(entries),
            calls=calls,
            call_ends=call_ends,
            latest=latest,
        )

    def _told(self) -> tuple[list[Told], Numbers]:
        table = Table(self.archive, "trips.txt", ("route_id", "service_id", "trip_id"), self.found)
        told, numbers = list[Told](), Numbers()
        for row in table.rows():
            if numbers.new(row, "trip_id", MOST_TRIPS):
                told.append(self._trip(row))
        return told, numbers

    def _trip(self, row: Row) -> Told:
        sign = row.text("trip_headsign")
        shape, direction = row.text("shape_id"), row.text("direction_id")
        if shape and shape not in self.shape_numbers:
            row.note(FindingKind.SHAPE_MISSING, "shape_id", shape)
        return Told(
            id=row.text("trip_id"),
            route=self._known(row, "route_id", self.route_numbers),
            service=self._known(row, "service_id", self.service_numbers),
            sign=self.signs.setdefault(sign, len(self.signs)),
            direction=row.whole("direction_id", 1) if direction else -1,
            shape=self.shape_numbers.get(shape, -1),
        )

    def _known(self, row: Row, column: str, numbers: Numbers) -> int:
        id_ = row.key(column)
        number = numbers.get(id_)
        if number is None and id_:
            row.note(FindingKind.UNKNOWN, column, id_)
        return number or 0

    def _lines(self) -> Lines:
        columns = ("trip_id", "stop_sequence")
        table = Table(self.archive, "stop_times.txt", columns, self.found)
        return _Reading(table, self.trip_numbers, self.stop_numbers, self.stops).lines()

    def _begun(self, lines: Lines) -> Iterator[Begun | None]:
        """Each trip with its calls in their order, wherever in the file they stand."""
        trips, turns = lines.trips, lines.turns
        order: list[int] | range = range(len(trips))
        if any(later < earlier for earlier, later in pairwise(trips)):
            order = sorted(order, key=trips.__getitem__)
        begin = 0
        while begin < len(order):
            trip, end = trips[order[begin]], begin
            while end < len(order) and trips[order[end]] == trip:
                end += 1
            yield self._one(trip, sorted(order[begin:end], key=turns.__getitem__), lines)
            begin = end

    def _one(self, trip: int, rows: list[int], lines: Lines) -> Begun | None:
        if len(rows) < 2:
            self._note(FindingKind.TRIP_SHORT, lines, rows[0], "trip_id", self.told[trip].id)
            return None
        if len(rows) > MOST_POSITIONS:
            raise self.found.stop(FindingKind.TOO_MANY, "stop_times.txt", lines.numbers[rows[-1]])
        times = self._timed(rows, lines)
        if times is None:
            return None
        start = times[1]
        told, last = self.told[trip], len(rows) - 1
        flags = bytearray(lines.flags[row] for row in rows)
        flags[0] &= BOARDS
        flags[last] &= ALIGHTS
        signs = tuple(lines.signs.get(row, "") for row in rows) if lines.signs else ()
        pattern = Pattern(
            told.route,
            told.direction,
            told.shape,
            array("I", [lines.stops[row] for row in rows]),
            bytes(flags),
            array("I", [lines.turns[row] for row in rows]),
            signs if any(signs) else (),
        )
        run = self.shared.run(array("i", [time - start for time in times]))
        return Begun(trip, self.shared.pattern(pattern), run, start)

    def _timed(self, rows: list[int], lines: Lines) -> list[int] | None:
        """Arrival and departure of each, those between filled in evenly. None when they cannot be, which is noted."""
        arrivals = [lines.arrivals[row] for row in rows]
        departures = [lines.departures[row] for row in rows]
        for end in (0, -1):
            if arrivals[end] == _NO_TIME:
                self._note(FindingKind.TIME_ENDS, lines, rows[end], "departure_time")
                return None
        before = 0
        for n in range(1, len(rows)):
            if lines.turns[rows[n]] == lines.turns[rows[n - 1]]:
                self._note(FindingKind.ID_TWICE, lines, rows[n], "stop_sequence")
                return None
            if arrivals[n] != _NO_TIME:
                if arrivals[n] < departures[before]:
                    self._note(FindingKind.TIME_ORDER, lines, rows[n], "arrival_time")
                    return None
                _fill(arrivals, departures, before, n)
                before = n
        return [time for pair in zip(arrivals, departures, strict=True) for time in pair]

    def _note(self, kind: FindingKind, lines: Lines, row: int, column: str, value: str = "") -> None:
        self.found.note(kind, "stop_times.txt", lines.numbers[row], column, value)

    def _multiplied(self, begun: list[Begun]) -> list[tuple[bytes, int, int, Begun]]:
        """(id, start, headway, what), by id and start: each trip once, or as often as frequencies.txt has it run."""
        often = self._often()
        entries = []
        for one in begun:
            id_ = self.told[one.trip].id.encode()
            for start, headway in often.get(one.trip, ((one.start, 0),)):
                entries.append((id_, start, headway, one))
            if len(entries) > MOST_TRIPS:
                raise self.found.stop(FindingKind.TOO_MANY, "frequencies.txt")
        return sorted(entries, key=lambda entry: entry[:2])

    def _often(self) -> dict[int, list[tuple[int, int]]]:
        """By trip: when it starts, and after how many seconds the next does (0 where the times are fixed)."""
        often: dict[int, list[tuple[int, int]]] = defaultdict(list)
        if not self.archive.has("frequencies.txt"):
            return often
        columns = ("trip_id", "start_time", "end_time", "headway_secs")
        for row in Table(self.archive, "frequencies.txt", columns, self.found).rows():
            trip = self.trip_numbers.get(row.key("trip_id"))
            begin, end, headway = row.time("start_time"), row.time("end_time"), row.whole("headway_secs", 65_535)
            if trip is None or begin is None or end is None or headway < 1 or begin >= end:
                row.note(FindingKind.FREQUENCY, "trip_id", row.text("trip_id"))
                continue
            exact = row.whole("exact_times", 1)
            often[trip] += [(start, 0 if exact else headway) for start in range(begin, end, headway)]
        return often

    def _calls(self, entries: list[tuple[bytes, int, int, Begun]]) -> tuple[array[int], array[int], int]:
        """By stop and time, those where one boards; where each stop's end; and the latest time of all."""
        at: list[array[int]] = [array("Q") for _ in self.stops]
        latest, shared = 0, self.shared
        for trip, (_, start, _, one) in enumerate(entries):
            pattern, end = shared.of_pattern[one.pattern], shared.run_ends[one.run]
            first = end - 2 * len(pattern.stops)
            latest = max(latest, start + shared.times[end - 1])
            for position, (stop, flag) in enumerate(zip(pattern.stops, pattern.flags, strict=True)):
                if flag & BOARDS:
                    time = start + shared.times[first + 2 * position + 1]
                    at[stop].append(packed_call(time, trip, position))
        calls, ends = array("Q"), array("I")
        for stop, of in enumerate(at):
            calls.extend(sorted(of))
            ends.append(len(calls))
            at[stop] = calls  # what was copied is let go
        return calls, ends, latest

    def _trips(self, entries: list[tuple[bytes, int, int, Begun]]) -> Trips:
        told = [self.told[one.trip] for _, _, _, one in entries]
        ends, length = array("I"), 0
        for id_, *_ in entries:
            length += len(id_)
            ends.append(length)
        return Trips(
            patterns=array("I", [one.pattern for *_, one in entries]),
            runs=array("I", [one.run for *_, one in entries]),
            starts=array("I", [start for _, start, _, _ in entries]),
            services=array("H", [one.service for one in told]),
            signs=array("I", [one.sign for one in told]),
            headways=array("H", [headway for _, _, headway, _ in entries]),
            ids=b"".join(id_ for id_, *_ in entries),
            id_ends=ends,
        )


class _Reading:
    """Reading stop_times.txt, by far the longest table: each distinct time is parsed once."""

    def __init__(self, table: Table, trips: Numbers, stops: Numbers, places: list[Stop]) -> None:
        self.table, self.trips, self.stops = table, trips, stops
        self.calling = bytes(place.kind in (StopKind.STOP, StopKind.BOARDING_AREA) for place in places)
        self.times: dict[str, int | None] = {"": _NO_TIME}
        self.kept = Lines()

    def lines(self) -> Lines:
        column = self.table.columns.get
        trip_at, stop_at, turn_at = column("trip_id", -1), column("stop_id"), column("stop_sequence", -1)
        arrival_at, departure_at = column("arrival_time"), column("departure_time")
        pickup_at, drop_at, sign_at = column("pickup_type"), column("drop_off_type"), column("stop_headsign")
        kept, trip_of, stop_of = self.kept, self.trips.by_id.get, self.stops.by_id.get
        for line, row in self.table:
            trip = trip_of(row[trip_at].strip())
            stop = stop_of(row[stop_at].strip()) if stop_at is not None else None
            turn = row[turn_at].strip()
            if trip is None or stop is None or not (turn.isascii() and turn.isdigit()) or not self.calling[stop]:
                self._wrong(Row(self.table, line, row), trip, stop)
                continue
            arrival = self._time(row[arrival_at], line, "arrival_time") if arrival_at is not None else _NO_TIME
            departure = self._time(row[departure_at], line, "departure_time") if departure_at is not None else _NO_TIME
            if sign_at is not None and row[sign_at]:
                kept.signs[len(kept.trips)] = row[sign_at].strip()
            flag = BOARDS | ALIGHTS
            if pickup_at is not None and row[pickup_at].strip() == "1":
                flag &= ALIGHTS
            if drop_at is not None and row[drop_at].strip() == "1":
                flag &= BOARDS
            self._keep(line, trip, stop, int(turn[:9]), arrival, departure, flag)
        return kept

    def _keep(self, line: int, trip: int, stop: int, turn: int, arrival: int, departure: int, flag: int) -> None:
        kept = self.kept
        if len(kept.trips) >= MOST_CALLS:
            raise self.table.found.stop(FindingKind.TOO_MANY, self.table.name, line)
        if arrival == _NO_TIME or departure == _NO_TIME:
            arrival = departure = max(arrival, departure)
        elif departure < arrival:
            self.table.found.note(FindingKind.TIME_ORDER, self.table.name, line, "departure_time")
        kept.trips.append(trip)
        kept.stops.append(stop)
        kept.turns.append(turn)
        kept.arrivals.append(arrival)
        kept.departures.append(departure)
        kept.flags.append(flag)
        kept.numbers.append(line)

    def _time(self, text: str, line: int, column: str) -> int:
        if text not in self.times:
            self.times[text] = seconds_of(text) if text.strip() else _NO_TIME
        found = self.times[text]
        if found is None:
            self.table.found.note(FindingKind.VALUE, self.table.name, line, column, text)
            return _NO_TIME
        return found

    def _wrong(self, row: Row, trip: int | None, stop: int | None) -> None:
        """Say what is wrong with a row that cannot be kept."""
        if row.text("location_group_id") or row.text("location_id"):
            row.note(FindingKind.TRIP_FLEXIBLE, "trip_id", row.text("trip_id"))
        elif trip is None:
            row.note(FindingKind.UNKNOWN, "trip_id", row.key("trip_id"))
        elif stop is None:
            row.note(FindingKind.UNKNOWN, "stop_id", row.key("stop_id"))
        elif not self.calling[stop]:
            row.note(FindingKind.STOP_KIND, "stop_id", row.text("stop_id"))
        else:
            row.note(FindingKind.VALUE, "stop_sequence", row.text("stop_sequence"))


def _fill(arrivals: list[int], departures: list[int], before: int, after: int) -> None:
    """The times between two calls, evenly (GTFS leaves to the reader how)."""
    between, steps = arrivals[after] - departures[before], after - before
    for n in range(1, steps):
        arrivals[before + n] = departures[before + n] = departures[before] + between * n // steps
