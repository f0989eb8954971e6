"""A watch: its citizen is told when what is measured near a place of his reaches a level.

He is told once. Again only after it fell below by a margin, so that an index that goes up and down by a point does not
ring each hour; or on another day, if it is still so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.core.clock import civil_day
from app.core.places.model import Point
from app.domains.life.surroundings.air.model import AirLevel, floor_of
from app.domains.life.surroundings.alerts.errors import SurroundingsWatchInvalid
from app.domains.life.surroundings.stations.model import STALE_AFTER, Newest, StationKind
from app.domains.life.surroundings.water.model import WaterClass

MOST, LONGEST = 10, 20
MARGIN = 10
"""So far below the level the index of air must have fallen; of water a class."""
_LEVELS = {
    StationKind.AIR: range(AirLevel.GOOD, AirLevel.SEVERE + 1),
    StationKind.WATER: range(WaterClass.II, WaterClass.WORSE + 1),
}


class WatchedPlace(StrEnum):
    HOME = "home"
    WORK = "work"
    SCHOOL = "school"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WatchWish:
    """`name` is what its citizen calls the place; it is his, as where it is."""

    place: WatchedPlace
    point: Point
    kind: StationKind
    level: int
    name: str = ""

    def checked(self) -> WatchWish:
        """With its name in one line. Raises SurroundingsWatchInvalid."""
        if self.level not in _LEVELS[self.kind]:
            raise SurroundingsWatchInvalid("level")
        name = " ".join(self.name.split())
        if len(name) > LONGEST or not name.isprintable():
            raise SurroundingsWatchInvalid("name")
        return replace(self, name=name)


@dataclass(frozen=True, slots=True)
class Watch:
    """`threshold` is the value from which its level begins. `armed`: he is told when it is reached; `told_at` is when
    he was told last.
    """

    id: str
    citizen: str
    slot: int
    wish: WatchWish
    station: str
    made_at: datetime
    armed: bool = True
    told_at: datetime | None = None
    rev: int = 1

    @property
    def threshold(self) -> int:
        return threshold_of(self.wish.kind, self.wish.level)

    @property
    def told_on(self) -> date | None:
        return civil_day(self.told_at) if self.told_at else None

    @property
    def margin(self) -> int:
        return MARGIN if self.wish.kind is StationKind.AIR else 0


def threshold_of(kind: StationKind, level: int) -> int:
    return floor_of(AirLevel(level)) if kind is StationKind.AIR else level


def looked(watch: Watch, newest: Newest, now: datetime) -> tuple[Watch, bool]:
    """The watch after that reading, and whether its citizen is told now. What is old, or says nothing, changes
    nothing.
    """
    if newest.standing is None or now - newest.at > STALE_AFTER:
        return watch, False
    value = newest.standing.value
    if value >= watch.threshold:
        if watch.armed or watch.told_on != civil_day(now):
            return replace(watch, armed=False, told_at=now, rev=watch.rev + 1), True
        return watch, False
    if not watch.armed and value < watch.threshold - watch.margin:
        return replace(watch, armed=True, rev=watch.rev + 1), False
    return watch, False
