"""A walk: one's part of a route in an activity. Each point is passed once; how far he was from it is kept, and not
where he was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domains.community.volunteers.patrols.model import Route


@dataclass(frozen=True, slots=True)
class Passed:
    activity: str
    citizen: str
    point: str
    at: datetime
    metres: int

    @property
    def id(self) -> str:
        return f"{self.activity}:{self.citizen}:{self.point}"


@dataclass(frozen=True, slots=True)
class Walk:
    """What one person has passed of the route, the first one first."""

    route: Route
    citizen: str
    passed: tuple[Passed, ...]

    @property
    def whole(self) -> bool:
        return {one.point for one in self.passed} >= {one.id for one in self.route.points}
