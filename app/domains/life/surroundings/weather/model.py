"""A severe-weather notice (气象灾害预警信号): its kind, its level, where it holds, and how it came to be as it is.

Kinds and the levels each has are those of 气象灾害预警信号发布与传播办法 (China Meteorological Administration, order 16
of 2007, annex); blue is the lowest, red the highest. A notice is updated until it is lifted, and ends by itself when
its time is over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from app.core.said import Said
from app.domains.identity.citizens.model import significant
from app.domains.life.surroundings.weather.errors import WeatherInvalid, WeatherLifted


class WeatherLevel(IntEnum):
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4


class WeatherKind(StrEnum):
    TYPHOON = "typhoon"
    RAINSTORM = "rainstorm"
    SNOWSTORM = "snowstorm"
    COLD_WAVE = "cold_wave"
    GALE = "gale"
    SANDSTORM = "sandstorm"
    HEAT = "heat"
    DROUGHT = "drought"
    LIGHTNING = "lightning"
    HAIL = "hail"
    FROST = "frost"
    FOG = "fog"
    HAZE = "haze"
    ICY_ROADS = "icy_roads"


_FROM_BLUE, _FROM_YELLOW = (1, 2, 3, 4), (2, 3, 4)
LEVELS: Mapping[WeatherKind, tuple[int, ...]] = {
    WeatherKind.TYPHOON: _FROM_BLUE,
    WeatherKind.RAINSTORM: _FROM_BLUE,
    WeatherKind.SNOWSTORM: _FROM_BLUE,
    WeatherKind.COLD_WAVE: _FROM_BLUE,
    WeatherKind.GALE: _FROM_BLUE,
    WeatherKind.SANDSTORM: _FROM_YELLOW,
    WeatherKind.HEAT: _FROM_YELLOW,
    WeatherKind.DROUGHT: (3, 4),
    WeatherKind.LIGHTNING: _FROM_YELLOW,
    WeatherKind.HAIL: (3, 4),
    WeatherKind.FROST: (1, 2, 3),
    WeatherKind.FOG: _FROM_YELLOW,
    WeatherKind.HAZE: (2, 3),
    WeatherKind.ICY_ROADS: _FROM_YELLOW,
}
LONGEST = timedelta(days=7)
_DIVISION = re.compile(r"[0-9]{12}")
_WORDS, _MOST_AREAS = 500, 50


class WeatherState(StrEnum):
    ISSUED = "issued"
    UPDATED = "updated"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Weather:
    """What a notice says. `areas` are codes of divisions; none: the whole city."""

    kind: WeatherKind
    level: WeatherLevel
    words: Said
    until: datetime
    areas: tuple[str, ...] = ()

    def checked(self, now: datetime) -> Weather:
        """Raises WeatherInvalid."""
        faults = {
            "level": self.level not in LEVELS[self.kind],
            "words": not self.words.zh.strip() or max(len(self.words.zh), len(self.words.en)) > _WORDS,
            "until": not now < self.until <= now + LONGEST,
            "areas": len(self.areas) > _MOST_AREAS or not all(map(_DIVISION.fullmatch, self.areas)),
        }
        for name, wrong in faults.items():
            if wrong:
                raise WeatherInvalid(name)
        return self


@dataclass(frozen=True, slots=True)
class WeatherStep:
    state: WeatherState
    level: WeatherLevel
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class WeatherNotice:
    """`source` is its id where it came from, empty for one of the desk. `told` is the version that was told."""

    id: str
    says: Weather
    issued_at: datetime
    state: WeatherState = WeatherState.ISSUED
    source: str = ""
    version: int = 1
    told: int = 0
    steps: tuple[WeatherStep, ...] = field(default=())

    def in_force(self, now: datetime) -> bool:
        return self.state is not WeatherState.CANCELLED and now < self.says.until

    def holds_in(self, division: str | None) -> bool:
        """In a division, by its code: what holds in a district holds in its streets. None: anywhere."""
        if not self.says.areas or division is None:
            return True
        return any(_within(division, area) for area in self.says.areas)

    @property
    def rings(self) -> bool:
        """Red rings in quiet hours; that it is lifted waits."""
        return self.says.level is WeatherLevel.RED and self.state is not WeatherState.CANCELLED

    def updated(self, says: Weather, by: str, at: datetime) -> WeatherNotice:
        """Raises WeatherLifted, WeatherInvalid (of another kind it is another notice)."""
        self._demand(at)
        if says.kind is not self.says.kind:
            raise WeatherInvalid("kind")
        return self._stepped(replace(self, says=says, state=WeatherState.UPDATED), by, at)

    def cancelled(self, by: str, at: datetime) -> WeatherNotice:
        """Raises WeatherLifted."""
        self._demand(at)
        return self._stepped(replace(self, state=WeatherState.CANCELLED), by, at)

    def _demand(self, at: datetime) -> None:
        if not self.in_force(at):
            raise WeatherLifted

    def _stepped(self, now: WeatherNotice, by: str, at: datetime) -> WeatherNotice:
        step = WeatherStep(now.state, now.says.level, at, by)
        return replace(now, version=self.version + 1, steps=(*self.steps, step))


@dataclass(frozen=True, slots=True)
class HeardWeather:
    """What the weather service tells of a notice of its own."""

    source: str
    says: Weather
    issued_at: datetime
    cancelled: bool = False


def _within(division: str, area: str) -> bool:
    return division.startswith(significant(area)) or area.startswith(significant(division))
