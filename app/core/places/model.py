"""Points and boxes on the earth, and the cells by which what lies near is found without an index of shapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import asin, cos, floor, radians, sin, sqrt

from app.core.places.errors import PlaceNotOnEarth

_EARTH = 6_371_008.8  # metres, the mean radius of WGS 84
CELL = 0.0025  # degrees: 278 m from north to south, 250 m from west to east at Fuzhou
AREA = 0.02  # degrees: about 2.2 km


@dataclass(frozen=True, slots=True)
class Point:
    """WGS 84, in degrees."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):  # false for NaN as well
            raise PlaceNotOnEarth

    def metres_to(self, other: Point) -> float:
        """By the great circle (haversine): 0.5 % off at most."""
        here, there = radians(self.latitude), radians(other.latitude)
        up, along = there - here, radians(other.longitude - self.longitude)
        half = sin(up / 2) ** 2 + cos(here) * cos(there) * sin(along / 2) ** 2
        return 2 * _EARTH * asin(min(1.0, sqrt(half)))


@dataclass(frozen=True, slots=True)
class Box:
    """From its south-west corner to its north-east corner, both included."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, point: Point) -> bool:
        return self.south <= point.latitude <= self.north and self.west <= point.longitude <= self.east

    def with_(self, other: Box) -> Box:
        """What holds both."""
        south, west = min(self.south, other.south), min(self.west, other.west)
        return Box(south, west, max(self.north, other.north), max(self.east, other.east))

    def cells(self, size: float) -> Iterator[str]:
        """All cells of that size that it touches."""
        for row in range(floor(self.south / size), floor(self.north / size) + 1):
            for column in range(floor(self.west / size), floor(self.east / size) + 1):
                yield f"{row}:{column}"


def cell_of(point: Point, size: float = CELL) -> str:
    return f"{floor(point.latitude / size)}:{floor(point.longitude / size)}"


def cells_near(point: Point, metres: float, size: float = CELL) -> list[str]:
    """The cells that hold everything within that distance, and some more: what lies in them is measured again."""
    up = metres / 111_195
    along = up / max(cos(radians(point.latitude)), 0.01)
    box = Box(point.latitude - up, point.longitude - along, point.latitude + up, point.longitude + along)
    return list(box.cells(size))


def rings(point: Point, metres: float, size: float, steps: Sequence[float]) -> Iterator[tuple[float, list[str]]]:
    """The cells of `cells_near` in rings of those distances, the innermost first: whatever is not farther than a ring's
    limit lies in its cells or in those before.
    """
    away = {cell: _metres_to_cell(point, cell, size) for cell in cells_near(point, metres, size)}
    inner = -1.0
    for limit in (*(step for step in steps if step < metres), metres):
        yield limit, [cell for cell, far in away.items() if inner < far <= limit]
        inner = limit


def _metres_to_cell(point: Point, cell: str, size: float) -> float:
    """To its nearest corner or side; 0 from within."""
    south, west = (int(part) * size for part in cell.split(":"))
    up = min(max(point.latitude, south), south + size)
    along = min(max(point.longitude, west), west + size)
    return point.metres_to(Point(max(-90.0, min(90.0, up)), max(-180.0, min(180.0, along))))
