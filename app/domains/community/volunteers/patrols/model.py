"""A route and its points. An activity may go along one; who has checked in passes its points, in whatever order.

A `guarded` point has a screen (a gatehouse, a station) with a code that changes every fifteen seconds: who passes it
reads that, too. At the others the place alone counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.core.places.model import Point
from app.core.said import Said
from app.domains.community.volunteers.patrols.errors import VolunteerPointUnknown, VolunteerRouteInvalid

_POINTS, _WITHIN, _NAME = range(2, 31), range(20, 301), 40


@dataclass(frozen=True, slots=True)
class RoutePoint:
    """`within`: how near, in metres, somebody is who passes it."""

    id: str
    name: Said
    point: Point
    within: int = 60
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Of a group; one that is not `open` is taken by no new activity."""

    id: str
    organisation: str
    group: str
    name: Said
    points: tuple[RoutePoint, ...]
    made_at: datetime
    open: bool = True
    test: bool = False
    rev: int = 1

    def checked(self) -> Route:
        """Raises VolunteerRouteInvalid."""
        _demand(_named(self.name), "name")
        _demand(len(self.points) in _POINTS and len({one.id for one in self.points}) == len(self.points), "points")
        _demand(all(_named(one.name) for one in self.points), "points")
        _demand(all(one.within in _WITHIN for one in self.points), "within")
        return self

    def written(self, other: Route) -> Route:
        """As it is from now on. Raises VolunteerRouteInvalid: it stays with its group, and a point that has an id is
        one it had.
        """
        _demand(other.group == self.group, "groupId")
        return replace(other, id=self.id, made_at=self.made_at, rev=self.rev + 1)

    def point(self, id_: str) -> RoutePoint:
        """Raises VolunteerPointUnknown."""
        found = next((one for one in self.points if one.id == id_), None)
        if found is None:
            raise VolunteerPointUnknown
        return found


def _named(name: Said) -> bool:
    return 2 <= len(name.zh.strip()) <= _NAME and len(name.en) <= 2 * _NAME


def _demand(right: bool, field: str) -> None:
    if not right:
        raise VolunteerRouteInvalid(field)
