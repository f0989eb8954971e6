"""Stations of air and water with what they told last; severe-weather notices, issued, changed and lifted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from app.admin.api.desk import (
    ADMINISTRATORS,
    ANY,
    OPERATORS,
    After,
    Body,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.surroundings.stations.model import Station, StationKind
from app.domains.life.surroundings.weather.errors import WeatherUnknown
from app.domains.life.surroundings.weather.model import (
    Weather,
    WeatherKind,
    WeatherLevel,
    WeatherNotice,
    WeatherState,
)
from app.domains.life.surroundings.weather.store import turn_of

router = desk_router("surroundings")


class StationWritten(Body):
    kind: StationKind
    zh: str = Field(min_length=1, max_length=60)
    en: str = Field(default="", max_length=60)
    latitude: float
    longitude: float
    operator: str | None = None
    active: bool = True

    def parsed(self, code: str) -> Station:
        """Raises PlaceNotOnEarth."""
        point = Point(self.latitude, self.longitude)
        return Station(code, self.kind, Said(self.zh, self.en), point, self.operator, self.active)


class StationShown(Reply):
    """`at`: when the hour ended that it told last; `stale`: it was not heard of for three hours."""

    code: str
    kind: StationKind
    zh: str
    en: str
    latitude: float
    longitude: float
    operator: str | None
    active: bool
    at: datetime | None
    stale: bool
    value: int | None
    level: int | None
    values: dict[str, float]

    @classmethod
    def of(cls, one: Station, now: datetime) -> StationShown:
        standing = one.now.standing if one.now else None
        return cls(
            code=one.id,
            kind=one.kind,
            zh=one.name.zh,
            en=one.name.en,
            latitude=one.point.latitude,
            longitude=one.point.longitude,
            operator=one.operator,
            active=one.active,
            at=one.now.at if one.now else None,
            stale=one.stale(now),
            value=standing.value if standing else None,
            level=standing.level if standing else None,
            values=dict(one.now.values) if one.now else {},
        )


class StationsShown(Reply):
    items: list[StationShown]


class WeatherWritten(Body):
    """`level`: blue, yellow, orange, red. `areas`: codes of divisions; none is the whole city."""

    kind: WeatherKind
    level: str = Field(pattern="^(blue|yellow|orange|red)$")
    zh: str = Field(min_length=1, max_length=500)
    en: str = Field(default="", max_length=500)
    until: AwareDatetime
    areas: list[str] = Field(default_factory=list, max_length=50)

    def parsed(self) -> Weather:
        until = self.until.astimezone(UTC).replace(microsecond=0)
        level = WeatherLevel[self.level.upper()]
        return Weather(self.kind, level, Said(self.zh, self.en), until, tuple(self.areas))


class WeatherShown(Reply):
    """`told`: which version of it was told."""

    id: str
    kind: WeatherKind
    level: str
    zh: str
    en: str
    areas: tuple[str, ...]
    issued_at: datetime
    until: datetime
    state: WeatherState
    source: str
    version: int
    told: int

    @classmethod
    def of(cls, one: WeatherNotice) -> WeatherShown:
        says = one.says
        return cls(
            id=one.id,
            kind=says.kind,
            level=says.level.name.lower(),
            zh=says.words.zh,
            en=says.words.en,
            areas=says.areas,
            issued_at=one.issued_at,
            until=says.until,
            state=one.state,
            source=one.source,
            version=one.version,
            told=one.told,
        )


@router.get("/stations")
async def stations(desk: Annotated[Desk, allowed("stations", *ANY)]) -> StationsShown:
    """By their codes, those out of use as well."""
    rooms = desk.services.life.surroundings.stations
    return StationsShown(items=[StationShown.of(one, rooms.now()) for one in await rooms.all()])


@router.put("/stations/{code}")
async def save_station(
    code: Id, body: StationWritten, key: Key, desk: Annotated[Desk, allowed("save_station", *ADMINISTRATORS)]
) -> StationShown:
    """Make it, or as it is to be from now on. What it measures stays."""
    rooms = desk.services.life.surroundings.stations
    return StationShown.of(await rooms.save(desk.viewer, body.parsed(code), key), rooms.now())


@router.get("/weather-notices")
async def weather_notices(
    desk: Annotated[Desk, allowed("weather", *ANY)], first: First = 20, after: After = None
) -> Rows[WeatherShown]:
    """The newest first."""
    page = await desk.services.life.surroundings.weather.page(PageRequest.of(first, after))
    return Rows[WeatherShown].of(page, WeatherShown.of, turn_of)


@router.get("/weather-notices/{notice}")
async def weather_notice(notice: Id, desk: Annotated[Desk, allowed("weather", *ANY)]) -> WeatherShown:
    found = await desk.services.life.surroundings.weather.one(notice)
    if found is None:
        raise WeatherUnknown
    return WeatherShown.of(found)


@router.post("/weather-notices", status_code=201)
async def issue_weather(
    body: WeatherWritten, key: Key, desk: Annotated[Desk, allowed("issue_weather", *OPERATORS)]
) -> WeatherShown:
    """It is told within a minute to all who live there; red rings in quiet hours."""
    return WeatherShown.of(await desk.services.life.surroundings.weather.issue(desk.viewer, body.parsed(), key))


@router.post("/weather-notices/{notice}/versions")
async def update_weather(
    notice: Id, body: WeatherWritten, key: Key, desk: Annotated[Desk, allowed("update_weather", *OPERATORS)]
) -> WeatherShown:
    """As it is to be from now on; that is told like a new one."""
    weather = desk.services.life.surroundings.weather
    return WeatherShown.of(await weather.update(desk.viewer, notice, body.parsed(), key))


@router.post("/weather-notices/{notice}/cancellation")
async def cancel_weather(
    notice: Id, key: Key, desk: Annotated[Desk, allowed("cancel_weather", *OPERATORS)]
) -> WeatherShown:
    """It is lifted, and that is told."""
    return WeatherShown.of(await desk.services.life.surroundings.weather.cancel(desk.viewer, notice, key))
