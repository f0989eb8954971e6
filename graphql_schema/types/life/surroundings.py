"""Stations, what they tell, charts, watches, severe-weather notices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from app.core.messages import message
from app.domains.life.surroundings.air.model import AirLevel
from app.domains.life.surroundings.alerts.model import Watch, WatchedPlace, WatchWish
from app.domains.life.surroundings.readings import model as readings
from app.domains.life.surroundings.readings.model import Span
from app.domains.life.surroundings.stations import model as stations
from app.domains.life.surroundings.stations.model import StationKind
from app.domains.life.surroundings.stations.service import Overview
from app.domains.life.surroundings.water.model import WaterClass
from app.domains.life.surroundings.weather import model as weather
from app.domains.life.surroundings.weather.model import WeatherKind, WeatherLevel, WeatherState
from graphql_schema.types.common import global_id
from graphql_schema.types.places import Position, PositionInput

strawberry.enum(StationKind, description="What a station measures.")
strawberry.enum(Span, name="ChartSpan", description="24 hours, 7 days in quarters, 30 days.")
strawberry.enum(WatchedPlace, name="WatchedPlace")
strawberry.enum(WeatherKind, name="WeatherKind")
strawberry.enum(WeatherLevel, name="WeatherLevel", description="BLUE is the lowest, RED the highest.")
strawberry.enum(WeatherState, name="WeatherState")
_UNITS = {
    **dict.fromkeys(("so2", "no2", "o3", "pm10", "pm25"), "µg/m³"),
    **dict.fromkeys(("co",), "mg/m³"),
    **dict.fromkeys(("oxygen", "permanganate", "ammonia", "phosphorus"), "mg/L"),
}
SURROUNDINGS_CODES = frozenset(
    {
        *(f"AIR_{what}_{level.name}" for what in ("LEVEL", "ADVICE") for level in AirLevel),
        *(f"WATER_{what}_{grade.name}" for what in ("CLASS", "USE") for grade in WaterClass),
        *(f"WEATHER_{kind.name}" for kind in WeatherKind),
        *(f"WEATHER_LEVEL_{level.name}" for level in WeatherLevel),
        "WEATHER_IN_FORCE_TITLE",
        "WEATHER_LIFTED_TITLE",
        "EMERGENCY_CASE_TITLE",
        "EMERGENCY_CASE_WORDS",
    }
)


@strawberry.type(description="A value as it was measured.")
class Measurement:
    measure: str = strawberry.field(description="so2, no2, co, o3, pm10, pm25; ph, oxygen, permanganate, …")
    value: float
    unit: str = strawberry.field(description="Empty for pH.")

    @classmethod
    def all(cls, values: dict[str, float]) -> list[Measurement]:
        return [cls(measure=name, value=value, unit=_UNITS.get(name, "")) for name, value in values.items()]


@strawberry.type(
    description="What a reading comes to: of air the index (HJ 633-2012), of water the class (GB 3838-2002)."
)
class SurroundingsStanding:
    value: int
    level: int = strawberry.field(description="1 (best) to 6.")
    words: str = strawberry.field(description="The level, in words.")
    advice: str
    by: list[str] = strawberry.field(description="Primary pollutants, or the values that make the class.")
    beyond: bool = strawberry.field(description="It is more than the index can say: 500 and above.")

    @classmethod
    def of(cls, one: stations.Standing, kind: StationKind, locale: str) -> SurroundingsStanding:
        air = kind is StationKind.AIR
        name = AirLevel(one.level).name if air else WaterClass(one.level).name
        return cls(
            value=one.value,
            level=one.level,
            words=message(f"AIR_LEVEL_{name}" if air else f"WATER_CLASS_{name}", locale),
            advice=message(f"AIR_ADVICE_{name}" if air else f"WATER_USE_{name}", locale),
            by=list(one.by),
            beyond=one.beyond,
        )


@strawberry.type(description="Where air or water is measured.")
class Station:
    id: strawberry.ID
    code: str
    kind: StationKind
    name: str
    position: Position
    at: datetime | None = strawberry.field(description="When the hour ended that it told last; null: never heard of.")
    stale: bool = strawberry.field(description="It was not heard of for three hours: what it told is not of now.")
    values: list[Measurement]
    standing: SurroundingsStanding | None

    @classmethod
    def of(cls, one: stations.Station, now: datetime, locale: str) -> Station:
        standing = one.now.standing if one.now else None
        return cls(
            id=global_id("Station", one.id),
            code=one.id,
            kind=one.kind,
            name=one.name.within(locale),
            position=Position.of(one.point),
            at=one.now.at if one.now else None,
            stale=one.stale(now),
            values=Measurement.all(dict(one.now.values)) if one.now else [],
            standing=SurroundingsStanding.of(standing, one.kind, locale) if standing else None,
        )


@strawberry.type
class NearStation:
    station: Station
    metres: int

    @classmethod
    def of(cls, one: stations.Near, now: datetime, locale: str) -> NearStation:
        return cls(station=Station.of(one.station, now, locale), metres=round(one.metres))


@strawberry.type(description="A step of a chart. Without a known hour there is no value, and a chart shows a gap.")
class ChartPoint:
    since: datetime
    hours: int = strawberry.field(description="Of how many hours it is known.")
    least: float | None
    most: float | None
    mean: float | None

    @classmethod
    def of(cls, one: readings.ChartPoint) -> ChartPoint:
        return cls(since=one.since, hours=one.hours, least=one.least, most=one.most, mean=one.mean)


@strawberry.type
class StationChart:
    span: Span
    measure: str | None = strawberry.field(description="Null: of the index or the class.")
    unit: str
    points: list[ChartPoint]

    @classmethod
    def of(cls, one: readings.Chart) -> StationChart:
        points = [ChartPoint.of(point) for point in one.points]
        return cls(span=one.span, measure=one.measure, unit=_UNITS.get(one.measure or "", ""), points=points)


@strawberry.type(description="Of one kind over the whole city.")
class SurroundingsOverview:
    kind: StationKind
    stations: int
    heard: int = strawberry.field(description="How many of them told something lately.")
    levels: list[int] = strawberry.field(description="How many of those are of level 1, 2, … 6.")
    mean: int | None
    words: str | None = strawberry.field(description="The level of the mean, in words.")
    worst: Station | None

    @classmethod
    def of(cls, one: Overview, now: datetime, locale: str) -> SurroundingsOverview:
        standing = stations.mean_standing(one.kind, one.mean) if one.mean is not None else None
        return cls(
            kind=one.kind,
            stations=one.stations,
            heard=one.heard,
            levels=list(one.levels),
            mean=one.mean,
            words=SurroundingsStanding.of(standing, one.kind, locale).words if standing else None,
            worst=Station.of(one.worst, now, locale) if one.worst else None,
        )


@strawberry.type(description="Tells its citizen when what is measured near a place reaches a level.")
class SurroundingsWatch:
    id: strawberry.ID
    place: WatchedPlace
    name: str = strawberry.field(description="What one calls the place oneself; may be empty.")
    position: Position
    kind: StationKind
    level: int
    words: str = strawberry.field(description="The level, in words.")
    station: Station | None = strawberry.field(description="The one it goes by; null: it is in use no more.")
    armed: bool = strawberry.field(description="False: it was told, and has not fallen below since.")
    told_at: datetime | None

    @classmethod
    def of(cls, one: Watch, station: stations.Station | None, now: datetime, locale: str) -> SurroundingsWatch:
        standing = stations.Standing(one.threshold, one.wish.level)
        return cls(
            id=global_id("SurroundingsWatch", one.id),
            place=one.wish.place,
            name=one.wish.name,
            position=Position.of(one.wish.point),
            kind=one.wish.kind,
            level=one.wish.level,
            words=SurroundingsStanding.of(standing, one.wish.kind, locale).words,
            station=Station.of(station, now, locale) if station else None,
            armed=one.armed,
            told_at=one.told_at,
        )


@strawberry.input(description="`level`: of air 2 to 6, of water class 2 to 6 (worse than V).")
class SurroundingsWatchInput:
    place: WatchedPlace
    position: PositionInput
    kind: StationKind
    level: int
    name: str = strawberry.field(default="", description="What one calls the place oneself: 20 characters at most.")

    def parsed(self) -> WatchWish:
        """Raises PlaceNotOnEarth."""
        return WatchWish(self.place, self.position.parsed(), self.kind, self.level, self.name)


@strawberry.type(description="A severe-weather notice.")
class WeatherNotice:
    id: strawberry.ID
    kind: WeatherKind
    weather_level: WeatherLevel
    title: str
    words: str
    areas: list[str] = strawberry.field(description="Codes of divisions; none: the whole city.")
    issued_at: datetime
    until: datetime
    weather_state: WeatherState
    version: int

    @classmethod
    def of(cls, one: weather.WeatherNotice, locale: str) -> WeatherNotice:
        kind = message(f"WEATHER_{one.says.kind.name}", locale)
        level = message(f"WEATHER_LEVEL_{one.says.level.name}", locale)
        return cls(
            id=global_id("WeatherNotice", one.id),
            kind=one.says.kind,
            weather_level=one.says.level,
            title=message("WEATHER_IN_FORCE_TITLE", locale, kind=kind, level=level),
            words=one.says.words.within(locale),
            areas=list(one.says.areas),
            issued_at=one.issued_at,
            until=one.says.until,
            weather_state=one.state,
            version=one.version,
        )


@strawberry.input(description="A measured value: so2, no2, co, o3, pm10, pm25; ph, oxygen, permanganate, …")
class MeasurementInput:
    measure: str
    value: float


@strawberry.input(description="What was measured in the hour that ended `at`.")
class ReadingInput:
    at: datetime
    values: list[MeasurementInput]


def heard_of(code: str, told: Sequence[ReadingInput]) -> list[readings.Heard]:
    return [readings.Heard(code, one.at, {value.measure: value.value for value in one.values}) for one in told]


@strawberry.type(description="What became of the readings: told again alike is nothing new.")
class ReadingsTaken:
    new: int
    revised: int
    again: int
    refused: int

    @classmethod
    def of(cls, one: readings.Taken) -> ReadingsTaken:
        return cls(new=one.new, revised=one.revised, again=one.again, refused=one.refused)


@strawberry.type
class SurroundingsWatchSet:
    watch: SurroundingsWatch


@strawberry.type
class SurroundingsWatchDropped:
    dropped: strawberry.ID
