"""Air, water and weather for citizens. What is asked is open to all; what is watched is one's own."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domains.life.surroundings.readings.model import Span
from app.domains.life.surroundings.stations.model import StationKind
from graphql_schema.types.common import (
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    everyone,
    global_id,
    key_of,
)
from graphql_schema.types.life.surroundings import (
    NearStation,
    Station,
    StationChart,
    SurroundingsOverview,
    SurroundingsWatch,
    SurroundingsWatchDropped,
    SurroundingsWatchInput,
    SurroundingsWatchSet,
    WeatherNotice,
)
from graphql_schema.types.life.surroundings_errors import (
    NoStationNear,
    SurroundingsWatchesFull,
    SurroundingsWatchInvalid,
    SurroundingsWatchUnknown,
)
from graphql_schema.types.place_errors import PlaceNotOnEarth
from graphql_schema.types.places import PositionInput

WatchSurroundingsResult = Annotated[
    SurroundingsWatchSet
    | SurroundingsWatchInvalid
    | SurroundingsWatchesFull
    | NoStationNear
    | PlaceNotOnEarth
    | IdempotencyConflict,
    strawberry.union("WatchSurroundingsResult"),
]
DropSurroundingsWatchResult = Annotated[
    SurroundingsWatchDropped | SurroundingsWatchUnknown | IdempotencyConflict,
    strawberry.union("DropSurroundingsWatchResult"),
]


@strawberry.type
class SurroundingsQuery:
    @strawberry.field(
        description="Stations within 50 km, the nearest first, with what they told last.", metadata=everyone()
    )
    async def stations_near(
        self, info: Info, position: PositionInput, kind: StationKind | None = None, first: int = 5
    ) -> list[NearStation]:
        rooms = info.context.services.life.surroundings.stations
        found = await rooms.near(position.sought("position"), kind, first)
        return [NearStation.of(one, rooms.now(), info.context.locale) for one in found]

    @strawberry.field(description="All stations in use, for a map.", metadata=everyone())
    async def stations(self, info: Info, kind: StationKind | None = None) -> list[Station]:
        rooms = info.context.services.life.surroundings.stations
        return [Station.of(one, rooms.now(), info.context.locale) for one in await rooms.map(kind)]

    @strawberry.field(description="Null when there is none.", metadata=everyone())
    async def station(self, info: Info, id: strawberry.ID) -> Station | None:
        rooms = info.context.services.life.surroundings.stations
        found = await rooms.one(key_of(id, "Station"))
        return Station.of(found, rooms.now(), info.context.locale) if found else None

    @strawberry.field(
        description="Of a measure, or of what the hours come to. Null when there is no such station.",
        metadata=everyone(),
    )
    async def station_chart(
        self, info: Info, station_id: strawberry.ID, span: Span, measure: str | None = None
    ) -> StationChart | None:
        rooms = info.context.services.life.surroundings.readings
        found = await rooms.chart(key_of(station_id, "Station"), span, measure)
        return StationChart.of(found) if found else None

    @strawberry.field(description="The whole city, one line for each kind of station.", metadata=everyone())
    async def surroundings(self, info: Info) -> list[SurroundingsOverview]:
        rooms = info.context.services.life.surroundings.stations
        found = await rooms.overview()
        return [SurroundingsOverview.of(one, rooms.now(), info.context.locale) for one in found]

    @strawberry.field(
        description="Notices in force at that place, or anywhere in the city; the highest first.", metadata=everyone()
    )
    async def weather_notices(self, info: Info, position: PositionInput | None = None) -> list[WeatherNotice]:
        point = position.sought("position") if position else None
        found = await info.context.services.life.surroundings.weather.in_force(point)
        return [WeatherNotice.of(one, info.context.locale) for one in found]

    @strawberry.field(description="The newest first.", metadata=citizens())
    async def surroundings_watches(self, info: Info) -> list[SurroundingsWatch]:
        rooms = info.context.services.life.surroundings
        found, now = await rooms.watches.mine(info.context.viewer), rooms.stations.now()
        return [SurroundingsWatch.of(one, station, now, info.context.locale) for one, station in found]


@strawberry.type
class SurroundingsMutation:
    @strawberry.mutation(
        description="Tell me when it is of that level at the station nearest to that place: once, and again when it "
        "had fallen well below, or on another day.",
        metadata=citizens(),
    )
    async def watch_surroundings(
        self, info: Info, input: SurroundingsWatchInput, idempotency_key: IdempotencyKey
    ) -> WatchSurroundingsResult:
        rooms, wish = info.context.services.life.surroundings, input.parsed()
        watch, station = await rooms.watches.watch(info.context.viewer, wish, idempotency_key)
        shown = SurroundingsWatch.of(watch, station, rooms.stations.now(), info.context.locale)
        return SurroundingsWatchSet(watch=shown)

    @strawberry.mutation(description="Watch it no more.", metadata=citizens())
    async def drop_surroundings_watch(
        self, info: Info, watch_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> DropSurroundingsWatchResult:
        watches = info.context.services.life.surroundings.watches
        dropped = await watches.drop(info.context.viewer, key_of(watch_id, "SurroundingsWatch"), idempotency_key)
        return SurroundingsWatchDropped(dropped=global_id("SurroundingsWatch", dropped))
