"""The air quality index by HJ 633-2012 (环境空气质量指数技术规定), with the means of GB 3095-2012.

Of each pollutant an index of its own is read off table 1 of HJ 633-2012, straight between two break points and rounded
up (4.2, 4.3); the highest of them is the index (4.4), and above 50 whoever has it is a primary pollutant (4.5).

What the table leaves open: sulphur dioxide above 800 µg/m³ in an hour has no index by the hour, and its mean of a day
stands in (note 2); ozone above 800 µg/m³ in eight hours has none, and its hour stands in (note 3). Above the last
break point there is no index at all: 500 is given, and that it is `beyond`.

Concentrations are in µg/m³, carbon monoxide in mg/m³. A mean of 24 hours needs 20 of them (GB 3095-2012, table 4), one
of 8 hours 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from fractions import Fraction
from math import ceil, isfinite


class Pollutant(StrEnum):
    SO2 = "so2"
    NO2 = "no2"
    CO = "co"
    O3 = "o3"
    PM10 = "pm10"
    PM25 = "pm25"


class Mean(StrEnum):
    """A pollutant and over how long its concentration was averaged."""

    SO2_1H = "so2_1h"
    SO2_24H = "so2_24h"
    NO2_1H = "no2_1h"
    NO2_24H = "no2_24h"
    CO_1H = "co_1h"
    CO_24H = "co_24h"
    O3_1H = "o3_1h"
    O3_8H = "o3_8h"
    PM10_24H = "pm10_24h"
    PM25_24H = "pm25_24h"

    @property
    def pollutant(self) -> Pollutant:
        return Pollutant(self.value.split("_")[0])


class AirLevel(IntEnum):
    """Table 2: 优, 良, 轻度污染, 中度污染, 重度污染, 严重污染."""

    EXCELLENT = 1
    GOOD = 2
    LIGHT = 3
    MODERATE = 4
    HEAVY = 5
    SEVERE = 6


HIGHEST = 500
INDICES = (0, 50, 100, 150, 200, 300, 400, 500)
BREAKS: Mapping[Mean, tuple[int, ...]] = {
    Mean.SO2_24H: (0, 50, 150, 475, 800, 1600, 2100, 2620),
    Mean.SO2_1H: (0, 150, 500, 650, 800),
    Mean.NO2_24H: (0, 40, 80, 180, 280, 565, 750, 940),
    Mean.NO2_1H: (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    Mean.PM10_24H: (0, 50, 150, 250, 350, 420, 500, 600),
    Mean.CO_24H: (0, 2, 4, 14, 24, 36, 48, 60),
    Mean.CO_1H: (0, 5, 10, 35, 60, 90, 120, 150),
    Mean.O3_1H: (0, 160, 200, 300, 400, 800, 1000, 1200),
    Mean.O3_8H: (0, 100, 160, 215, 265, 800),
    Mean.PM25_24H: (0, 35, 75, 115, 150, 250, 350, 500),
}
"""Table 1. Two means have no values for the highest indices."""

HOURLY = (Mean.SO2_1H, Mean.NO2_1H, Mean.CO_1H, Mean.O3_1H, Mean.O3_8H, Mean.PM10_24H, Mean.PM25_24H)
"""What the report of an hour is made of (5.3); PM by its sliding mean of 24 hours."""
DAILY = (Mean.SO2_24H, Mean.NO2_24H, Mean.CO_24H, Mean.O3_1H, Mean.O3_8H, Mean.PM10_24H, Mean.PM25_24H)
"""What the report of a day is made of (5.2); ozone by the highest of its means on that day."""
LEAST_OF_DAY, LEAST_OF_EIGHT = 20, 6


@dataclass(frozen=True, slots=True)
class Part:
    """The index of one mean. `beyond`: it lies above what the table knows."""

    mean: Mean
    index: int
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class AirIndex:
    """`primary` are the pollutants that make it what it is; none up to 50."""

    index: int
    level: AirLevel
    primary: tuple[Pollutant, ...]
    parts: tuple[Part, ...]
    beyond: bool = False


def part_of(mean: Mean, concentration: float) -> Part | None:
    """Equation 1, rounded up. None: the table defines none."""
    value, breaks = Fraction(repr(concentration)), BREAKS[mean]
    if value > breaks[-1]:
        return Part(mean, HIGHEST, beyond=True) if len(breaks) == len(INDICES) else None
    upper = next(number for number in range(1, len(breaks)) if value <= breaks[number])
    low, high = breaks[upper - 1], breaks[upper]
    below, above = INDICES[upper - 1], INDICES[upper]
    return Part(mean, ceil((value - low) * (above - below) / (high - low) + below))


def index_of(concentrations: Mapping[Mean, float], report: Sequence[Mean] = HOURLY) -> AirIndex | None:
    """Of the means that are known and belong to that report. None: there are none."""
    parts = [part for mean in report if (part := _part(mean, concentrations)) is not None]
    if not parts:
        return None
    index = max(part.index for part in parts)
    primary = (part.mean.pollutant for part in parts if part.index == index and index > INDICES[1])
    beyond = any(part.beyond for part in parts)
    return AirIndex(index, level_of(index), tuple(dict.fromkeys(primary)), tuple(parts), beyond)


def level_of(index: int) -> AirLevel:
    """Table 2."""
    return AirLevel(next((n for n, top in enumerate((50, 100, 150, 200, 300), 1) if index <= top), 6))


def floor_of(level: AirLevel) -> int:
    """The lowest index of that level."""
    return (0, 51, 101, 151, 201, 301)[level - 1]


def sliding(hours: Sequence[float | None], least: int) -> float | None:
    """The mean of those hours; None: fewer than `least` of them are known."""
    known = [value for value in hours if value is not None]
    return float(sum(map(_exact, known)) / len(known)) if len(known) >= max(least, 1) else None


def hourly_means(hours: Sequence[Mapping[Pollutant, float]]) -> dict[Mean, float]:
    """The means of the last of these hours, which follow each other; an hour that is missing is an empty one."""
    now, found = hours[-1], {}
    for mean in (Mean.SO2_1H, Mean.NO2_1H, Mean.CO_1H, Mean.O3_1H):
        found[mean] = now.get(mean.pollutant)
    for mean in (Mean.PM10_24H, Mean.PM25_24H, Mean.SO2_24H):
        found[mean] = sliding([one.get(mean.pollutant) for one in hours[-24:]], LEAST_OF_DAY)
    found[Mean.O3_8H] = sliding([one.get(Pollutant.O3) for one in hours[-8:]], LEAST_OF_EIGHT)
    return {mean: value for mean, value in found.items() if value is not None}


def possible(pollutant: Pollutant, concentration: float) -> bool:
    """Whether an instrument can have measured it: three times what the table ends with is none."""
    top = max(BREAKS[mean][-1] for mean in BREAKS if mean.pollutant is pollutant)
    return isfinite(concentration) and 0 <= concentration <= 3 * top


def _part(mean: Mean, concentrations: Mapping[Mean, float]) -> Part | None:
    if (value := concentrations.get(mean)) is None:
        return None
    part = part_of(mean, value)
    if part is None and mean is Mean.SO2_1H and (day := concentrations.get(Mean.SO2_24H)) is not None:
        return part_of(Mean.SO2_24H, day)
    return part


def _exact(value: float) -> Fraction:
    return Fraction(repr(value))
