"""A station: its code, what it measures, where it stands, who runs it, and what it told last.

What a reading comes to is its `Standing`: of air the index and its level, of water the class. Higher is worse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.surroundings.air.model import AirIndex, Pollutant, level_of
from app.domains.life.surroundings.air.model import possible as in_air
from app.domains.life.surroundings.stations.errors import StationInvalid
from app.domains.life.surroundings.water.model import Measured, WaterQuality
from app.domains.life.surroundings.water.model import possible as in_water

STALE_AFTER = timedelta(hours=3)
"""A reading is there about half an hour after its hour; one that is older than this says nothing of now."""
FARTHEST = 50_000.0
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_NAME = 60


class StationKind(StrEnum):
    AIR = "air"
    WATER = "water"

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(Pollutant if self is StationKind.AIR else Measured)

    def possible(self, measure: str, value: float) -> bool:
        """Whether such a station can have measured it."""
        if self is StationKind.AIR:
            return measure in set(Pollutant) and in_air(Pollutant(measure), value)
        return measure in set(Measured) and in_water(Measured(measure), value)


@dataclass(frozen=True, slots=True)
class Standing:
    """`value` is the index of air, or the class of water; `by` is what makes it so; `beyond`: above all that is
    defined.
    """

    value: int
    level: int
    by: tuple[str, ...] = ()
    beyond: bool = False

    @classmethod
    def of_air(cls, found: AirIndex | None) -> Standing | None:
        if found is None:
            return None
        return cls(found.index, found.level, tuple(one.value for one in found.primary), found.beyond)

    @classmethod
    def of_water(cls, found: WaterQuality | None) -> Standing | None:
        return cls(found.grade, found.grade, tuple(one.value for one in found.by)) if found else None


@dataclass(frozen=True, slots=True)
class Newest:
    """What a station told last: of the hour that ended `at`."""

    at: datetime
    values: Mapping[str, float]
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Station:
    """`id` is its code. `operator` is the organisation that may report for it; None: the city's feed alone does."""

    id: str
    kind: StationKind
    name: Said
    point: Point
    operator: str | None = None
    active: bool = True
    now: Newest | None = None

    def checked(self) -> Station:
        """Raises StationInvalid."""
        if not _CODE.fullmatch(self.id):
            raise StationInvalid("code")
        if not self.name.zh.strip() or max(len(self.name.zh), len(self.name.en)) > _NAME:
            raise StationInvalid("name")
        return self

    def stale(self, now: datetime) -> bool:
        """It was not heard of for hours, or never."""
        return self.now is None or now - self.now.at > STALE_AFTER


@dataclass(frozen=True, slots=True)
class Near:
    station: Station
    metres: float


def nearest(stations: list[Station], point: Point, most: int) -> list[Near]:
    """The nearest first, none farther than 50 km."""
    near = (Near(one, one.point.metres_to(point)) for one in stations)
    return sorted((one for one in near if one.metres <= FARTHEST), key=lambda one: (one.metres, one.station.id))[:most]


def mean_standing(kind: StationKind, mean: int) -> Standing:
    """Of the mean over many stations."""
    return Standing(mean, level_of(mean) if kind is StationKind.AIR else mean)
