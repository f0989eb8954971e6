"""Finding a stop or a route by its name, in whatever way it is typed: characters, either script, or pinyin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.texts.folding import PARTS, fold, is_han
from app.core.texts.sounds import folded, of_word, typed
from app.domains.life.transit.timetable.model import StopKind, Timetable, polyline

MOST_LISTED = 50
NEAR, FARTHEST = 800.0, 5_000.0  # metres
LONGEST_WORDS = 60
_DIGITS = re.compile(r"([0-9]+)")


class Names:
    """The names of a timetable, folded, with how they sound."""

    def __init__(self, table: Timetable) -> None:
        self.version = table.version
        shown = [n for n, stop in enumerate(table.stops) if stop.kind in (StopKind.STOP, StopKind.STATION)]
        # Of a station its own name is enough.
        self._stops = [n for n in shown if table.stops[n].parent is None]
        self._routes = list(range(len(table.routes)))
        self._of_stops = [_name(table.stops[n].name) for n in self._stops]
        routes = [(table.routes[n].short, table.routes[n].long) for n in self._routes]
        self._of_routes = [_name(f"{short} {long}") for short, long in routes]

    def stops(self, words: str, most: int) -> list[int]:
        """The best first: what begins with the words, then what holds them all."""
        return [self._stops[n] for n in _found(self._of_stops, words, most)]

    def routes(self, words: str, most: int) -> list[int]:
        return [self._routes[n] for n in _found(self._of_routes, words, most)]


Name = tuple[str, tuple[str, ...]]


def _name(text: str) -> Name:
    """Folded, and the syllables of its characters."""
    plain = fold(text)
    return plain, tuple(sound for part in PARTS.findall(plain) if is_han(part) for sound in of_word(part))


def _found(names: Sequence[Name], words: str, most: int) -> list[int]:
    asked = fold(words.strip()[:LONGEST_WORDS])
    parts = PARTS.findall(asked)
    if not parts:
        return []
    spoken = typed("".join(parts)) if all(part.isascii() and part.isalpha() for part in parts) else None
    sounds = tuple(map(folded, spoken[0])) if spoken else ()
    ranked = [
        (rank, len(name[0]), n) for n, name in enumerate(names) if (rank := _rank(name, asked, parts, sounds)) < 9
    ]
    return [n for _, _, n in sorted(ranked)[:most]]


def _rank(name: Name, asked: str, parts: Sequence[str], sounds: tuple[str, ...]) -> int:
    """0 for the very name; 9 for one that does not fit."""
    plain, heard = name
    if plain == asked:
        return 0
    if plain.startswith(asked):
        return 1
    if all(part in plain for part in parts):
        return 2
    if sounds and _within(sounds, heard):
        return 3 if heard[: len(sounds)] == sounds else 4
    return 9


def _within(sounds: tuple[str, ...], heard: tuple[str, ...]) -> bool:
    return any(heard[n : n + len(sounds)] == sounds for n in range(len(heard) - len(sounds) + 1))


class TransitKind(StrEnum):
    """What runs on a route: `route_type`, the extended ones by their hundreds."""

    TRAM = "tram"
    METRO = "metro"
    RAIL = "rail"
    BUS = "bus"
    FERRY = "ferry"
    CABLE = "cable"
    FUNICULAR = "funicular"
    OTHER = "other"


_PLAIN: Mapping[int, TransitKind] = {
    0: TransitKind.TRAM,
    1: TransitKind.METRO,
    2: TransitKind.RAIL,
    3: TransitKind.BUS,
    4: TransitKind.FERRY,
    5: TransitKind.TRAM,
    6: TransitKind.CABLE,
    7: TransitKind.FUNICULAR,
    11: TransitKind.BUS,
    12: TransitKind.RAIL,
}
_HUNDREDS: Mapping[int, TransitKind] = {
    1: TransitKind.RAIL,
    2: TransitKind.BUS,
    4: TransitKind.METRO,
    7: TransitKind.BUS,
    8: TransitKind.BUS,
    9: TransitKind.TRAM,
    10: TransitKind.FERRY,
    12: TransitKind.FERRY,
    13: TransitKind.CABLE,
    14: TransitKind.FUNICULAR,
}


def kind_of(route_type: int) -> TransitKind:
    return _PLAIN.get(route_type) or _HUNDREDS.get(route_type // 100, TransitKind.OTHER)


@dataclass(frozen=True, slots=True)
class Direction:
    """A route one way: the pattern that most of its trips follow. `direction` is None when the feed tells none."""

    direction: int | None
    pattern: int
    sign: str


def directions_of(table: Timetable, route: int) -> list[Direction]:
    """In the order of their numbers."""
    found: dict[int, int] = {}
    sizes = {n: sum(len(trips) for _, trips in table.groups[n]) for n in table.of_route.get(route, ())}
    for pattern, size in sizes.items():
        direction = table.patterns[pattern].direction
        best = found.get(direction)
        if best is None or (size, len(table.patterns[pattern].stops)) > (sizes[best], len(table.patterns[best].stops)):
            found[direction] = pattern
    return [
        Direction(None if direction < 0 else direction, pattern, table.sign(table.groups[pattern][0][1][0]))
        for direction, pattern in sorted(found.items())
    ]


def routes_at(table: Timetable, stop: int) -> list[int]:
    """The routes that call there, or at a platform of the station, as they are sorted."""
    found = {table.patterns[pattern].route for n in table.platforms(stop) for pattern, _ in table.passing[n]}
    return sorted(found, key=lambda n: (table.routes[n].sort, natural(table.routes[n].name)))


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """2路 before 10路."""
    return tuple(
        (int(part), "") if part.isascii() and part.isdigit() else (-1, part) for part in _DIGITS.split(name) if part
    )


def line_of(table: Timetable, pattern: int) -> str:
    """Its way on the map as an encoded polyline: its shape, else from stop to stop."""
    one = table.patterns[pattern]
    if one.shape >= 0:
        return table.parts.shapes[one.shape]
    points = [point for n in one.stops if (point := table.stops[n].point)]
    return polyline([(point.latitude, point.longitude) for point in points])
