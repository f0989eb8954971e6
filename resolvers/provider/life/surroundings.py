"""Stations for those who run them: which are theirs, and what they report."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domains.life.surroundings.stations.service import SCOPE
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, key_of, providers
from graphql_schema.types.life.surroundings import ReadingInput, ReadingsTaken, Station, heard_of
from graphql_schema.types.life.surroundings_errors import StationReadingInvalid, StationUnknown

ReportReadingsResult = Annotated[
    ReadingsTaken | StationUnknown | StationReadingInvalid | IdempotencyConflict,
    strawberry.union("ReportReadingsResult"),
]


@strawberry.type
class ProviderSurroundingsQuery:
    @strawberry.field(description="Stations that the organisation runs.", metadata=providers(scope=SCOPE, live=True))
    async def run_stations(self, info: Info) -> list[Station]:
        rooms = info.context.services.life.surroundings.stations
        found = await rooms.own(info.context.viewer)
        return [Station.of(one, rooms.now(), info.context.locale) for one in found]


@strawberry.type
class ProviderSurroundingsMutation:
    @strawberry.mutation(
        description="What a station measured, hour by hour: 200 hours at most, none older than three days. An hour "
        "that is told otherwise than before is revised.",
        metadata=providers(scope=SCOPE, live=True),
    )
    async def report_readings(
        self, info: Info, station_id: strawberry.ID, readings: list[ReadingInput], idempotency_key: IdempotencyKey
    ) -> ReportReadingsResult:
        code, rooms = key_of(station_id, "Station"), info.context.services.life.surroundings.readings
        done = await rooms.report(info.context.viewer, code, heard_of(code, readings), idempotency_key)
        return ReadingsTaken.of(done)
