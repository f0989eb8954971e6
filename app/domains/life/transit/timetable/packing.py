"""The form of a timetable in the database: named sections, each compressed, cut into pieces that a row can hold."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from app.core.places.model import Point
from app.domains.life.transit.calendars.model import Service
from app.domains.life.transit.timetable.model import (
    Agency,
    Parts,
    Pattern,
    Route,
    Stop,
    StopKind,
    Transfer,
    Trips,
)

_PIECE = 4 << 20
_LEVEL = 3
# Sections that are arrays, by their type: 4 and 8 bytes, and 2.
_TRIPS = {"patterns": "I", "runs": "I", "starts": "I", "services": "H", "signs": "I", "headways": "H", "id_ends": "I"}
_ARRAYS = {"times": "i", "run_ends": "I", "calls": "Q", "call_ends": "I"}
_LINES = {"stops": "I", "turns": "I"}
Piece = tuple[str, bytes]


def packed(parts: Parts) -> Iterator[Piece]:
    """(section, bytes), in the order in which they are read again."""
    yield from _cut("said", zlib.compress(orjson.dumps(_said(parts)), _LEVEL))
    for name in _LINES:
        whole = array("I", [one for pattern in parts.patterns for one in getattr(pattern, name)])
        yield from _cut(f"patterns.{name}", _bytes_of(whole))
    for name in _ARRAYS:
        yield from _cut(name, _bytes_of(getattr(parts, name)))
    for name in _TRIPS:
        yield from _cut(f"trips.{name}", _bytes_of(getattr(parts.trips, name)))
    yield from _cut("trips.ids", zlib.compress(parts.trips.ids, _LEVEL))


def unpacked(pieces: Iterable[Piece]) -> Parts:
    """Raises KeyError, ValueError, zlib.error when pieces are missing or broken."""
    sections: dict[str, list[bytes]] = {}
    for name, data in pieces:
        sections.setdefault(name, []).append(data)
    said = orjson.loads(_whole(sections, "said"))
    arrays = {name: _array(kind, _whole(sections, name)) for name, kind in _ARRAYS.items()}
    columns = {name: _array(kind, _whole(sections, f"trips.{name}")) for name, kind in _TRIPS.items()}
    lines = [_array(kind, _whole(sections, f"patterns.{name}")) for name, kind in _LINES.items()]
    return _parts(said, lines, arrays, Trips(ids=_whole(sections, "trips.ids"), **columns))


def _cut(name: str, data: bytes) -> Iterator[Piece]:
    for begin in range(0, max(len(data), 1), _PIECE):
        yield name, data[begin : begin + _PIECE]


def _bytes_of(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return zlib.compress(memoryview(values).cast("B") if values else b"", _LEVEL)


def _whole(sections: dict[str, list[bytes]], name: str) -> bytes:
    return zlib.decompress(b"".join(sections.pop(name)))


def _array(kind: str, data: bytes) -> array[int]:
    found: array[int] = array(kind)
    found.frombytes(data)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _said(parts: Parts) -> dict[str, Any]:
    """All that is words."""
    return {
        "zone": parts.zone,
        "publisher": parts.publisher,
        "latest": parts.latest,
        "agencies": [[one.id, one.name, one.url, one.phone] for one in parts.agencies],
        "stops": [_stop(one) for one in parts.stops],
        "routes": [
            [one.id, one.short, one.long, one.kind, one.agency, one.colour, one.text_colour, one.sort]
            for one in parts.routes
        ],
        "services": [
            [one.id, one.weekdays, one.first, one.last, sorted(one.added), sorted(one.removed)]
            for one in parts.services
        ],
        "patterns": [
            [one.route, one.direction, one.shape, len(one.stops), list(one.flags), list(one.signs)]
            for one in parts.patterns
        ],
        "transfers": [[one.origin, one.target, one.kind, one.seconds] for one in parts.transfers],
        "signs": parts.signs,
        "shapes": parts.shapes,
    }


def _stop(stop: Stop) -> list[Any]:
    place = [stop.point.latitude, stop.point.longitude] if stop.point else None
    return [stop.id, stop.name, place, stop.code, stop.kind.value, stop.parent, stop.platform, stop.step_free]


def _parts(said: dict[str, Any], lines: list[array[int]], arrays: dict[str, array[int]], trips: Trips) -> Parts:
    return Parts(
        zone=said["zone"],
        publisher=said["publisher"],
        agencies=tuple(Agency(*one) for one in said["agencies"]),
        stops=tuple(_read_stop(*one) for one in said["stops"]),
        routes=tuple(Route(*one) for one in said["routes"]),
        services=tuple(
            Service(id_, days, first, last, frozenset(added), frozenset(removed))
            for id_, days, first, last, added, removed in said["services"]
        ),
        patterns=tuple(_patterns(said["patterns"], lines)),
        transfers=tuple(Transfer(*one) for one in said["transfers"]),
        signs=tuple(said["signs"]),
        shapes=tuple(said["shapes"]),
        trips=trips,
        latest=said["latest"],
        **arrays,
    )


def _read_stop(id_: str, name: str, place: list[float] | None, code: str, kind: int, *rest: Any) -> Stop:
    return Stop(id_, name, Point(*place) if place else None, code, StopKind(kind), *rest)


def _patterns(said: list[list[Any]], lines: list[array[int]]) -> Iterator[Pattern]:
    begin, (stops, turns) = 0, lines
    for route, direction, shape, length, flags, signs in said:
        of = slice(begin, begin + length)
        yield Pattern(route, direction, shape, stops[of], bytes(flags), turns[of], tuple(signs))
        begin += length
