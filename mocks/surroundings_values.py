"""What the stations of the seeded city measure: the same for an hour whenever it is asked, up and down with the day."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from math import pi, sin

_CITY = timezone(timedelta(hours=8))
# At which hour a pollutant is highest, and by which share it goes up and down.
_DAYS = {"o3": (15, 0.6), "no2": (8, 0.4), "co": (8, 0.25), "pm10": (9, 0.2), "pm25": (9, 0.25), "oxygen": (15, 0.08)}


@dataclass(frozen=True, slots=True)
class MeasuringStation:
    code: str
    kind: str
    name: tuple[str, str]
    at: tuple[float, float]
    base: dict[str, float]
    operator: str | None = None


@cache
def measuring_stations() -> tuple[MeasuringStation, ...]:
    told = tomllib.loads((files("mocks") / "data" / "life" / "stations.toml").read_text(encoding="utf-8"))
    return tuple(
        MeasuringStation(
            code=one["code"],
            kind=one["kind"],
            name=(one["name"][0], one["name"][1]),
            at=(one["at"][0], one["at"][1]),
            base={name: float(value) for name, value in one["base"].items()},
            operator=one.get("operator"),
        )
        for one in told["station"]
    )


def measured(one: MeasuringStation, at: datetime) -> dict[str, float]:
    """In the hour that ended then."""
    return {name: _value(one, name, usual, at) for name, usual in one.base.items()}


def _value(one: MeasuringStation, name: str, usual: float, at: datetime) -> float:
    top, share = _DAYS.get(name, (12, 0.03))
    day = 1 + share * sin((at.astimezone(_CITY).hour - top + 6) * pi / 12)
    chance = zlib.crc32(f"{one.code}/{name}/{at:%Y%m%d%H}".encode()) % 1_000 / 1_000
    spread = 0.02 if name == "ph" else 0.12
    return round(usual * day * (1 + spread * (2 * chance - 1)), 3)
