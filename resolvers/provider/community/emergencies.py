"""Emergency calls for the centre: as they come, where they were made, and what becomes of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.emergencies.model import EmergencyEnd, EmergencyState
from app.domains.community.emergencies.service import SCOPE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.community.emergencies import Emergency, EmergencyChanged
from graphql_schema.types.community.emergency_errors import EmergencyOver, EmergencyTaken, EmergencyUnknown
from graphql_schema.types.voice.case_errors import CategoryUnknown

_CENTRE = providers(scope=SCOPE)
TakeEmergencyResult = Annotated[
    EmergencyChanged | EmergencyUnknown | EmergencyTaken | EmergencyOver | CategoryUnknown | IdempotencyConflict,
    strawberry.union("TakeEmergencyResult"),
]
EndEmergencyResult = Annotated[
    EmergencyChanged | EmergencyUnknown | EmergencyOver | IdempotencyConflict, strawberry.union("EndEmergencyResult")
]


@strawberry.type
class ProviderEmergencyQuery:
    @strawberry.field(description="Without places, the newest first.", metadata=_CENTRE)
    async def emergencies(
        self, info: Info, state: EmergencyState | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[Emergency]:
        calls = info.context.services.community.emergencies
        page = await calls.page(info.context.viewer, state, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, Emergency.of)

    @strawberry.field(
        description="With its place: that one looked stands in the ledger of who called.", metadata=_CENTRE
    )
    async def emergency(self, info: Info, emergency_id: strawberry.ID) -> Emergency | None:
        calls = info.context.services.community.emergencies
        found = await calls.look(info.context.viewer, key_of(emergency_id, "Emergency"))
        return Emergency.of(found) if found else None

    @strawberry.field(
        description="Open ones with their places, for a map; each look stands in the ledger of each who called.",
        metadata=_CENTRE,
    )
    async def emergency_map(self, info: Info) -> list[Emergency]:
        calls = info.context.services.community.emergencies
        return [Emergency.of(one) for one in await calls.on_map(info.context.viewer)]


@strawberry.type
class ProviderEmergencyMutation:
    @strawberry.mutation(description="Make a case of it; who called is told its number.", metadata=_CENTRE)
    async def take_emergency(
        self, info: Info, emergency_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> TakeEmergencyResult:
        calls, key = info.context.services.community.emergencies, key_of(emergency_id, "Emergency")
        return EmergencyChanged(emergency=Emergency.of(await calls.take(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(description="A false alarm, passed on, or helped.", metadata=_CENTRE)
    async def end_emergency(
        self, info: Info, emergency_id: strawberry.ID, end: EmergencyEnd, idempotency_key: IdempotencyKey
    ) -> EndEmergencyResult:
        calls, key = info.context.services.community.emergencies, key_of(emergency_id, "Emergency")
        return EmergencyChanged(emergency=Emergency.of(await calls.end(info.context.viewer, key, end, idempotency_key)))


@strawberry.type
class ProviderEmergencySubscription:
    @strawberry.subscription(metadata=_CENTRE, description="Each call as it comes or changes, without its place.")
    async def emergency_changed(self, info: Info) -> AsyncGenerator[Emergency, None]:
        async with info.context.services.community.emergencies.live(info.context.viewer) as calls:
            async for one in calls:
                yield Emergency.of(one)
