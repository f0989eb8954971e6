"""What a map of open cases shows: how many lie in each area, and, close enough, each one."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from app.core.errors import BadInput
from app.core.places.errors import PlaceNotOnEarth
from app.core.places.model import AREA, Box, Point
from app.domains.voice.cases.model import Case

MOST_AREAS = 100  # of a box whose cases are shown one by one: about 22 km by 22 km
MOST_CASES = 500


@dataclass(frozen=True, slots=True)
class AreaCount:
    """`area` is a cell of about 2.2 km; `late`: how many of them are overdue."""

    area: str
    count: int
    late: int

    @property
    def middle(self) -> Point:
        row, _, column = self.area.partition(":")
        return Point((int(row) + 0.5) * AREA, (int(column) + 0.5) * AREA)


@dataclass(frozen=True, slots=True)
class MapLook:
    """`cases` are there when the box is small enough, the newest of them; `more`: there are others."""

    areas: tuple[AreaCount, ...] = ()
    cases: tuple[Case, ...] = ()
    more: bool = False


def checked(box: Box) -> Box:
    """Raises BadInput: it is no box of the earth."""
    try:
        Point(box.south, box.west), Point(box.north, box.east)
    except PlaceNotOnEarth:
        raise BadInput(field="box") from None
    if box.north < box.south or box.east < box.west:
        raise BadInput(field="box")
    return box


def is_close(box: Box) -> bool:
    """Whether what lies in it is shown one by one."""
    rows = ceil((box.north - box.south) / AREA) + 1
    return rows * (ceil((box.east - box.west) / AREA) + 1) <= MOST_AREAS


def touches(box: Box, area: str) -> bool:
    row, _, column = area.partition(":")
    up, along = int(row), int(column)
    return floor(box.south / AREA) <= up <= floor(box.north / AREA) and (
        floor(box.west / AREA) <= along <= floor(box.east / AREA)
    )
