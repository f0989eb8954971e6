"""Stations of a test, and what they tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.core.ids import new_id
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.surroundings.readings.model import Heard, hour_of
from app.domains.life.surroundings.stations.model import Station, StationKind
from app.wiring import City
from tests.support.api import OPS

HERE = Point(26.0823, 119.2965)
CLEAN: Mapping[str, float] = {"so2": 6, "no2": 20, "co": 0.6, "o3": 60, "pm10": 30, "pm25": 15}
SMOG: Mapping[str, float] = {"so2": 20, "no2": 90, "co": 1.8, "o3": 10, "pm10": 180, "pm25": 130}
RIVER: Mapping[str, float] = {"ph": 7.2, "oxygen": 8.1, "permanganate": 1.8, "ammonia": 0.1, "phosphorus": 0.015}
_STEP = 0.001


async def station(city: City, kind: StationKind = StationKind.AIR, point: Point = HERE, **given: str) -> Station:
    """A new one, where one wants it."""
    name = Said("五四北路站", "Wusi North Road")
    made = Station(f"st-{new_id()[-12:]}", kind, name, point, given.get("operator"))
    await city.services.life.surroundings.stations.save(OPS, made, new_id())
    return made


def told(one: Station, last: datetime, hours: int, values: Mapping[str, float] = CLEAN) -> list[Heard]:
    """The same in each of so many hours, the last of which ended at or before that moment."""
    return [Heard(one.id, hour_of(last) - timedelta(hours=back), values) for back in range(hours)]
