"""A patrol: the grid (网格) that officers look after, and the points on their way through it.

The grid is a box of the map. An officer sees the cases in the grids of his patrols, and no others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from app.core.places.errors import PlaceNotOnEarth
from app.core.places.model import AREA, Box, Point
from app.core.said import Said
from app.domains.voice.street.patrols.errors import PatrolInvalid, PatrolPointUnknown

MOST_POINTS, MOST_OFFICERS, MOST_GRIDS = 60, 40, 20
LONGEST_NAME, LONGEST_TEXT = 60, 500
_WIDEST = 0.1  # degrees, about 10 km
_WITHIN = range(10, 501)  # metres


@dataclass(frozen=True, slots=True)
class PatrolPoint:
    """`within`: how near, in metres, somebody is who is there. `asset`: the code of what stands there."""

    id: str
    name: Said
    point: Point
    asset: str | None = None
    within: int = 50


@dataclass(frozen=True, slots=True)
class Patrol:
    """`unit` is the organisation whose officers walk it. `rev` counts changes."""

    id: str
    unit: str
    name: Said
    grid: Box
    points: tuple[PatrolPoint, ...]
    officers: tuple[str, ...]
    changed_at: datetime
    active: bool = True
    test: bool = False
    rev: int = 1

    def walked_by(self, officer: str) -> bool:
        return self.active and officer in self.officers

    def point(self, id_: str) -> PatrolPoint:
        """Raises PatrolPointUnknown."""
        found = next((one for one in self.points if one.id == id_), None)
        if found is None:
            raise PatrolPointUnknown
        return found

    def checked(self) -> Patrol:
        """With each officer once. Raises PatrolInvalid."""
        _demand(1 <= len(self.name.zh.strip()) <= LONGEST_NAME and len(self.name.en) <= LONGEST_NAME, "name")
        _demand(_possible(self.grid), "grid")
        _demand(1 <= len(self.points) <= MOST_POINTS, "points")
        _demand(len({one.id for one in self.points}) == len(self.points), "points")
        for one in self.points:
            _demand(1 <= len(one.id) <= 40 and one.id.isprintable(), "points.id")
            _demand(1 <= len(one.name.zh.strip()) <= LONGEST_NAME and len(one.name.en) <= LONGEST_NAME, "points.name")
            _demand(one.within in _WITHIN, "points.within")
            _demand(self.grid.holds(one.point), "points.place")
        _demand(len(self.officers) <= MOST_OFFICERS, "officers")
        return replace(self, officers=tuple(dict.fromkeys(self.officers)))


@dataclass(frozen=True, slots=True)
class Grid:
    """All that an officer looks after: the boxes of his patrols."""

    boxes: tuple[Box, ...]

    @classmethod
    def of(cls, patrols: Iterable[Patrol]) -> Grid:
        return cls(tuple(one.grid for one in patrols))

    def holds(self, point: Point | None) -> bool:
        return point is not None and any(box.holds(point) for box in self.boxes)

    def areas(self) -> set[str]:
        """The areas of the map (`cell_of` with AREA) that it touches."""
        return {cell for box in self.boxes for cell in box.cells(AREA)}


def _possible(box: Box) -> bool:
    try:
        Point(box.south, box.west), Point(box.north, box.east)
    except PlaceNotOnEarth:
        return False
    return 0 < box.north - box.south <= _WIDEST and 0 < box.east - box.west <= _WIDEST


def _demand(right: bool, field: str) -> None:
    if not right:
        raise PatrolInvalid(field)
