"""The shapes of divisions, and which of them a point lies in."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import STRtree
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from app.core.places.model import Box, Point
from app.domains.voice.places.boundaries.errors import BoundariesInvalid, BoundaryFault

MOST_BYTES = 20 * 1024 * 1024
_MOST_FEATURES, _MOST_POINTS = 5_000, 100_000
_KINDS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Boundary:
    """`code` is the division's; `geometry` as GeoJSON has it (RFC 7946: longitude first, WGS 84)."""

    code: str
    geometry: Mapping[str, Any]


class Shapes:
    """All boundaries, made ready to be asked. The smallest that holds a point is the division it lies in."""

    def __init__(self, boundaries: Iterable[Boundary] = ()) -> None:
        shapes = [(shape(dict(one.geometry)), one.code) for one in boundaries]
        shapes.sort(key=lambda pair: pair[0].area)
        self._codes = [code for _, code in shapes]
        self._tree = STRtree([geometry for geometry, _ in shapes])
        shapely.prepare(self._tree.geometries)

    def __len__(self) -> int:
        return len(self._codes)

    def division(self, point: Point) -> str | None:
        """A point on a common border lies in either."""
        found = self._tree.query(shapely.Point(point.longitude, point.latitude), predicate="intersects")
        return self._codes[min(found)] if len(found) else None

    def middle(self, code: str) -> Point | None:
        """A point within this division, about its middle."""
        if code not in self._codes:
            return None
        found = self._tree.geometries[self._codes.index(code)].representative_point()
        return Point(found.y, found.x)

    def outlines(self) -> Iterator[tuple[str, list[list[Point]]]]:
        """Of each division, its outer lines; the largest division first, so that the smaller lie on top."""
        for code, geometry in reversed(list(zip(self._codes, self._tree.geometries, strict=True))):
            parts = getattr(geometry, "geoms", [geometry])
            yield code, [[Point(lat, lon) for lon, lat, *_ in part.exterior.coords] for part in parts]

    def box(self) -> Box | None:
        """What holds all of them."""
        if not self._codes:
            return None
        west, south, east, north = (float(one) for one in shapely.total_bounds(self._tree.geometries))
        return Box(south, west, north, east)


def read_boundaries(raw: bytes, known: Collection[str]) -> list[Boundary]:
    """A GeoJSON FeatureCollection; each feature names its division in the property `code`. Raises BoundariesInvalid."""
    try:
        features = json.loads(raw)["features"] if len(raw) <= MOST_BYTES else None
    except (ValueError, KeyError, TypeError, RecursionError):
        features = None
    if not isinstance(features, list) or not 0 < len(features) <= _MOST_FEATURES:
        raise BoundariesInvalid(0, BoundaryFault.FORM)
    read = [_boundary(one, place, known) for place, one in enumerate(features, 1)]
    seen: set[str] = set()
    for place, one in enumerate(read, 1):
        if one.code in seen:
            raise BoundariesInvalid(place, BoundaryFault.TWICE)
        seen.add(one.code)
    return read


def _boundary(feature: Any, place: int, known: Collection[str]) -> Boundary:
    try:
        code, geometry = str(feature["properties"]["code"]), feature["geometry"]
    except (KeyError, TypeError):
        raise BoundariesInvalid(place, BoundaryFault.FORM) from None
    if code not in known:
        raise BoundariesInvalid(place, BoundaryFault.DIVISION)
    if not _is_sound(geometry):
        raise BoundariesInvalid(place, BoundaryFault.SHAPE)
    return Boundary(code, {"type": geometry["type"], "coordinates": geometry["coordinates"]})


def _is_sound(geometry: Any) -> bool:
    if not isinstance(geometry, dict) or geometry.get("type") not in _KINDS:
        return False
    try:
        made: BaseGeometry = shape(geometry)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return False
    west, south, east, north = made.bounds if not made.is_empty else (0.0, 0.0, 0.0, 999.0)
    on_earth = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return on_earth and made.is_valid and int(shapely.get_num_coordinates(made)) <= _MOST_POINTS
