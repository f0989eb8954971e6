"""Emergency numbers for citizens: one tap records it and shares the place; the phone calls in any case."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.emergencies.model import EmergencyNumber
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
)
from graphql_schema.types.community.emergencies import Emergency, EmergencyCalled, spot_of
from graphql_schema.types.places import PositionInput

CallEmergencyResult = Annotated[EmergencyCalled | IdempotencyConflict, strawberry.union("CallEmergencyResult")]


@strawberry.type
class EmergencyQuery:
    @strawberry.field(description="One's own calls, the newest first.", metadata=citizens())
    async def my_emergencies(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Emergency]:
        calls = info.context.services.community.emergencies
        page = await calls.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, Emergency.of)


@strawberry.type
class EmergencyMutation:
    @strawberry.mutation(
        description="Record that one calls that number now, and share the place with the centre. It refuses nothing: "
        "what it cannot record is to be called all the same.",
        metadata=citizens(),
    )
    async def call_emergency(
        self,
        info: Info,
        number: EmergencyNumber,
        idempotency_key: IdempotencyKey,
        position: PositionInput | None = None,
        accuracy: int | None = None,
    ) -> CallEmergencyResult:
        calls, spot = info.context.services.community.emergencies, spot_of(position, accuracy)
        return EmergencyCalled.of(await calls.call(info.context.viewer, number, spot, idempotency_key))
