"""The buses of the seeded city as a feed (GTFS): made of the lines in `data/life/transit.toml`, the same each time."""

from __future__ import annotations

import csv
import io
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import cos, hypot, radians
from typing import Any

_SPEED = 5.5  # metres a second along streets, lights and stops included
_DETOUR = 1.25
_KERB = 0.00012  # degrees from the middle of the street to the pole
_MADE = (2025, 1, 1, 0, 0, 0)  # of every file in the archive: the same content is the same version
WEEK, OTHER = "week", "other"


@dataclass(frozen=True)
class Place:
    """`number`: its poles are called by it."""

    number: int
    name: str
    english: str
    latitude: float
    longitude: float

    def pole(self, direction: int) -> str:
        return f"FZ{self.number:03d}{'AB'[direction]}"


@dataclass(frozen=True)
class Way:
    """A line in one direction: poles in their order, and seconds from the first to each."""

    line: str
    direction: int
    places: tuple[Place, ...]
    offsets: tuple[int, ...]

    @property
    def route(self) -> str:
        return f"FZ-{self.line}"

    @property
    def poles(self) -> tuple[str, ...]:
        return tuple(place.pole(self.direction) for place in self.places)


@dataclass(frozen=True)
class Run:
    """A trip: `start` in seconds of its service day."""

    id: str
    way: Way
    service: str
    start: int


@cache
def _said() -> dict[str, Any]:
    text = files("mocks").joinpath("data", "life", "transit.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def places() -> dict[str, Place]:
    return {name: Place(n, name, *rest) for n, (name, *rest) in enumerate(_said()["places"], 1)}


@cache
def ways() -> tuple[Way, ...]:
    return tuple(way for line in _said()["lines"] for way in _ways(line))


@cache
def runs() -> tuple[Run, ...]:
    """All but those of lines without fixed times."""
    return tuple(run for line in _said()["lines"] if not line.get("free") for run in _runs(line))


@cache
def feed() -> bytes:
    """The zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (header, rows) in _tables().items():
            info = zipfile.ZipInfo(name, _MADE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, _csv(header, rows))
    return out.getvalue()


def runs_on(service: str, day: str, weekday: int) -> bool:
    """`day` as YYYYMMDD; `weekday` 0 is Monday."""
    said = _said()
    if not said["first_day"] <= day <= said["last_day"]:
        return False
    week = (weekday < 5 and day not in said["as_sunday"]) or day in said["as_weekday"]
    return service == (WEEK if week else OTHER)


def _ways(line: dict[str, Any]) -> Iterator[Way]:
    along = tuple(places()[name] for name in line["stops"].split())
    for direction, there in enumerate((along,) if line.get("round") else (along, along[::-1])):
        yield Way(line["name"], direction, there, _offsets(there))


def _offsets(along: Sequence[Place]) -> tuple[int, ...]:
    """To half minutes, as timetables are."""
    offsets, metres = [0], 0.0
    for one, other in pairwise(along):
        up = (other.latitude - one.latitude) * 111_195
        across = (other.longitude - one.longitude) * 111_195 * cos(radians(one.latitude))
        metres += hypot(up, across) * _DETOUR
        offsets.append(max(offsets[-1] + 60, round(metres / _SPEED / 30) * 30))
    return tuple(offsets)


def _runs(line: dict[str, Any]) -> Iterator[Run]:
    for way in _ways(line):
        for service, every in zip((WEEK, OTHER), line["every"], strict=True):
            for n, start in enumerate(range(_clock(line["first"]), _clock(line["last"]) + 1, every * 60)):
                yield Run(f"{line['name']}-{way.direction}-{service}-{n:03d}", way, service, start)


def _clock(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 3600 + int(minutes) * 60


def _time(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _csv(header: str, rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header.split())
    writer.writerows(rows)
    return out.getvalue()


def _tables() -> dict[str, tuple[str, Iterable[Sequence[object]]]]:
    said = _said()
    first, last = said["first_day"], said["last_day"]
    return {
        "agency.txt": (
            "agency_id agency_name agency_url agency_timezone agency_lang agency_phone",
            [("FZ", "福州公交", "https://bus.example", "Asia/Shanghai", "zh", "968866")],
        ),
        "feed_info.txt": (
            "feed_publisher_name feed_publisher_url feed_lang feed_start_date feed_end_date",
            [("福州公交", "https://bus.example", "zh", first, last)],
        ),
        "stops.txt": (
            "stop_id stop_code stop_name stop_lat stop_lon location_type parent_station platform_code",
            _stops(),
        ),
        "routes.txt": (
            "route_id agency_id route_short_name route_long_name route_type route_color route_text_color "
            "route_sort_order",
            [_route(n, line) for n, line in enumerate(said["lines"])],
        ),
        "calendar.txt": (
            "service_id monday tuesday wednesday thursday friday saturday sunday start_date end_date",
            [(WEEK, 1, 1, 1, 1, 1, 0, 0, first, last), (OTHER, 0, 0, 0, 0, 0, 1, 1, first, last)],
        ),
        "calendar_dates.txt": ("service_id date exception_type", _exceptions()),
        "trips.txt": ("route_id service_id trip_id trip_headsign direction_id shape_id", _trips()),
        "stop_times.txt": ("trip_id arrival_time departure_time stop_id stop_sequence", _stop_times()),
        "frequencies.txt": ("trip_id start_time end_time headway_secs exact_times", _frequencies()),
        "shapes.txt": ("shape_id shape_pt_lat shape_pt_lon shape_pt_sequence", _shapes()),
    }


def _stops() -> Iterator[Sequence[object]]:
    for place in places().values():
        station = f"FZ{place.number:03d}"
        yield station, "", place.name, place.latitude, place.longitude, 1, "", ""
        for direction, aside in enumerate((_KERB, -_KERB)):
            where = (round(place.latitude + aside, 6), round(place.longitude + aside, 6))
            code = f"{place.number:03d}{direction + 1}"
            yield place.pole(direction), code, place.name, *where, 0, station, "AB"[direction]


def _route(n: int, line: dict[str, Any]) -> Sequence[object]:
    stops = line["stops"].split()
    return f"FZ-{line['name']}", "FZ", line["name"], f"{stops[0]}-{stops[-1]}", 3, line["colour"], "FFFFFF", n


def _exceptions() -> Iterator[Sequence[object]]:
    for days, on, off in ((_said()["as_sunday"], OTHER, WEEK), (_said()["as_weekday"], WEEK, OTHER)):
        for day in days:
            yield on, day, 1
            yield off, day, 2


def _free() -> Iterator[tuple[str, Way, str, dict[str, Any], int]]:
    """Of each line without fixed times a pattern for each way and service: (id, way, service, line, minutes)."""
    for line in _said()["lines"]:
        if line.get("free"):
            for way in _ways(line):
                for service, every in zip((WEEK, OTHER), line["every"], strict=True):
                    yield f"{line['name']}-{way.direction}-{service}", way, service, line, every


def _trips() -> Iterator[Sequence[object]]:
    for run in runs():
        yield _trip(run.id, run.way, run.service)
    for id_, way, service, _, _ in _free():
        yield _trip(id_, way, service)


def _trip(id_: str, way: Way, service: str) -> Sequence[object]:
    return way.route, service, id_, way.places[-1].name, way.direction, f"{way.line}-{way.direction}"


def _stop_times() -> Iterator[Sequence[object]]:
    for run in runs():
        yield from _calls(run.id, run.way, run.start)
    for id_, way, _, line, _ in _free():
        yield from _calls(id_, way, _clock(line["first"]))


def _calls(id_: str, way: Way, start: int) -> Iterator[Sequence[object]]:
    for n, (pole, offset) in enumerate(zip(way.poles, way.offsets, strict=True), 1):
        time = _time(start + offset)
        yield id_, time, time, pole, n


def _frequencies() -> Iterator[Sequence[object]]:
    for id_, _, _, line, every in _free():
        yield id_, _time(_clock(line["first"])), _time(_clock(line["last"])), every * 60, 0


def _shapes() -> Iterator[Sequence[object]]:
    for way in ways():
        for n, place in enumerate(way.places):
            yield f"{way.line}-{way.direction}", place.latitude, place.longitude, n
