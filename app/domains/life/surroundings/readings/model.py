"""A reading: what a station measured in the hour that ended `at`. There is one of each station and hour; what is told
anew of it is its next revision. Values that no instrument can have measured are left out, and named.

What an hour comes to depends on those before it (means of 8 and 24 hours): when one is revised, those after it are
counted again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.domains.life.surroundings.air.model import Pollutant, hourly_means, index_of
from app.domains.life.surroundings.stations.model import Standing, StationKind
from app.domains.life.surroundings.water.model import Measured, quality_of

HOUR = timedelta(hours=1)
WINDOW = 24
LATEST = timedelta(days=3)
"""What is told later than this is not taken."""
_AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was told, before anybody looked at it."""

    station: str
    at: datetime
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """`doubtful` are the measures that were told and left out. `rev` counts what was told of this hour."""

    station: str
    at: datetime
    values: Mapping[str, float]
    doubtful: tuple[str, ...] = ()
    standing: Standing | None = None
    rev: int = 1
    heard_at: datetime | None = None

    def says(self, values: Mapping[str, float], doubtful: tuple[str, ...]) -> bool:
        return dict(self.values) == dict(values) and self.doubtful == doubtful


@dataclass(frozen=True, slots=True)
class Taken:
    """How many hours were new, told otherwise than before, told again alike, and not to be taken."""

    new: int = 0
    revised: int = 0
    again: int = 0
    refused: int = 0

    def plus(self, other: Taken) -> Taken:
        return Taken(
            self.new + other.new,
            self.revised + other.revised,
            self.again + other.again,
            self.refused + other.refused,
        )


def parted(kind: StationKind, values: Mapping[str, float]) -> tuple[dict[str, float], tuple[str, ...]]:
    """What can have been measured, and the names of what cannot; what such a station does not measure is neither."""
    known = {name: float(values[name]) for name in kind.measures if name in values}
    good = {name: value for name, value in known.items() if kind.possible(name, value)}
    return good, tuple(name for name in known if name not in good)


def takes(at: datetime, now: datetime) -> bool:
    """Whether of that hour something can be told now: a full one, neither to come nor long ago."""
    return at == hour_of(at) and now - LATEST <= at <= now + _AHEAD


def hour_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def standing_at(kind: StationKind, at: datetime, hours: Mapping[datetime, Mapping[str, float]]) -> Standing | None:
    """What that hour comes to, by it and those before it."""
    if kind is StationKind.WATER:
        return Standing.of_water(quality_of({Measured(name): value for name, value in hours.get(at, {}).items()}))
    window = [hours.get(at - HOUR * back, {}) for back in range(WINDOW - 1, -1, -1)]
    means = hourly_means([{Pollutant(name): value for name, value in one.items()} for one in window])
    return Standing.of_air(index_of(means))


def recounted(kind: StationKind, known: Sequence[Reading], told: Sequence[Reading]) -> list[Reading]:
    """Of `known` and what was `told` now: what has changed, with what it comes to; in the order of the hours."""
    before = {one.at: one for one in known}
    after = {**before, **{one.at: one for one in told}}
    values = {at: one.values for at, one in after.items()}
    changed = []
    for at in sorted(after):
        standing = standing_at(kind, at, values)
        now = replace(after[at], standing=standing)
        was = before.get(at)
        if was is None or was.rev != now.rev:
            changed.append(now)
        elif was.standing != standing and any(one.at < at for one in told):
            changed.append(replace(now, rev=was.rev + 1))
    return changed


class Span(StrEnum):
    """How far back a chart goes, and in which steps: hours, quarters of days, days."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def step(self) -> timedelta:
        return {Span.DAY: HOUR, Span.WEEK: HOUR * 6, Span.MONTH: HOUR * 24}[self]

    @property
    def points(self) -> int:
        return {Span.DAY: 24, Span.WEEK: 28, Span.MONTH: 30}[self]

    def begins(self, now: datetime) -> datetime:
        """Steps lie as the city's days do; the last one is under way, but of hours, where it is the last full one."""
        local = (now - HOUR if self is Span.DAY else now).astimezone(CITY_TIME)
        hours = int(self.step / HOUR)
        last = local.replace(hour=local.hour // hours * hours, minute=0, second=0, microsecond=0)
        return (last - self.step * (self.points - 1)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A step of a chart: of `hours` it is known. Without any there is nothing: least, most and mean are None."""

    since: datetime
    hours: int
    least: float | None = None
    most: float | None = None
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    span: Span
    measure: str | None
    points: tuple[ChartPoint, ...] = field(default=())


def charted(values: Mapping[datetime, float], span: Span, now: datetime) -> tuple[ChartPoint, ...]:
    """`values` by the end of their hours: that of 08:00 is of the hour before."""
    begin = span.begins(now)
    steps: list[list[float]] = [[] for _ in range(span.points)]
    for at, value in values.items():
        number = (at - HOUR - begin) // span.step
        if 0 <= number < span.points:
            steps[number].append(value)
    return tuple(_point(begin + span.step * number, found) for number, found in enumerate(steps))


def _point(since: datetime, found: list[float]) -> ChartPoint:
    if not found:
        return ChartPoint(since, 0)
    return ChartPoint(since, len(found), min(found), max(found), round(sum(found) / len(found), 3))
