"""A provider's broadcasts, to those who used its services (a government's also to those who live in its district)."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.broadcasts import (
    AudienceEmpty,
    AudienceInput,
    AudienceInvalid,
    AudienceTooWide,
    Broadcast,
    BroadcastChanged,
    BroadcastEstimate,
    BroadcastInOtherState,
    BroadcastInput,
    BroadcastUnknown,
    PaceInvalid,
)
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.notices import FactMissing, TemplateNotApproved
from graphql_schema.types.templates import TemplateUnknown

EstimateBroadcastResult = Annotated[
    BroadcastEstimate | AudienceInvalid | AudienceTooWide | PaceInvalid,
    strawberry.union("EstimateBroadcastResult"),
]
CreateBroadcastResult = Annotated[
    BroadcastChanged
    | AudienceInvalid
    | AudienceTooWide
    | PaceInvalid
    | TemplateUnknown
    | TemplateNotApproved
    | FactMissing
    | IdempotencyConflict,
    strawberry.union("CreateBroadcastResult"),
]
StartBroadcastResult = Annotated[
    BroadcastChanged | AudienceEmpty | BroadcastUnknown | BroadcastInOtherState | IdempotencyConflict,
    strawberry.union("StartBroadcastResult"),
]
MoveBroadcastResult = Annotated[
    BroadcastChanged | BroadcastUnknown | BroadcastInOtherState | IdempotencyConflict,
    strawberry.union("MoveBroadcastResult"),
]


@strawberry.type
class ProviderBroadcastQuery:
    @strawberry.field(metadata=providers(scope="broadcast"), description="Yours, newest first.")
    async def broadcasts(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Broadcast]:
        page = await info.context.services.broadcasts.page(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, Broadcast.of)

    @strawberry.field(metadata=providers(scope="broadcast"), description="How far it has come.")
    async def broadcast(self, info: Info, broadcast_id: strawberry.ID) -> Broadcast | None:
        found = await info.context.services.broadcasts.one(info.context.viewer, key_of(broadcast_id, "Broadcast"))
        return Broadcast.of(found) if found else None

    @strawberry.field(
        metadata=providers(scope="broadcast"), description="How many people, and how long. Nothing is made."
    )
    async def estimate_broadcast(self, info: Info, audience: AudienceInput, pace: int) -> EstimateBroadcastResult:
        service, viewer = info.context.services.broadcasts, info.context.viewer
        return BroadcastEstimate.of(await service.estimate(viewer, audience.parsed(), pace))


@strawberry.type
class ProviderBroadcastMutation:
    @strawberry.mutation(
        metadata=providers(scope="broadcast"), description="A draft: nothing is sent until it is started."
    )
    async def create_broadcast(
        self, info: Info, broadcast: BroadcastInput, idempotency_key: IdempotencyKey
    ) -> CreateBroadcastResult:
        service, viewer = info.context.services.broadcasts, info.context.viewer
        return BroadcastChanged(
            broadcast=Broadcast.of(await service.create(viewer, broadcast.parsed(), idempotency_key))
        )

    @strawberry.mutation(metadata=providers(scope="broadcast"), description="To everybody who is in the audience now.")
    async def start_broadcast(
        self, info: Info, broadcast_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> StartBroadcastResult:
        service, key = info.context.services.broadcasts, key_of(broadcast_id, "Broadcast")
        return BroadcastChanged(broadcast=Broadcast.of(await service.start(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(metadata=providers(scope="broadcast"), description="Within two seconds nobody more gets it.")
    async def pause_broadcast(
        self, info: Info, broadcast_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveBroadcastResult:
        service, key = info.context.services.broadcasts, key_of(broadcast_id, "Broadcast")
        return BroadcastChanged(broadcast=Broadcast.of(await service.pause(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(metadata=providers(scope="broadcast"), description="After the last who has it.")
    async def resume_broadcast(
        self, info: Info, broadcast_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveBroadcastResult:
        service, key = info.context.services.broadcasts, key_of(broadcast_id, "Broadcast")
        return BroadcastChanged(broadcast=Broadcast.of(await service.resume(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(
        metadata=providers(scope="broadcast"), description="For good, within two seconds; who has it keeps it."
    )
    async def cancel_broadcast(
        self, info: Info, broadcast_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveBroadcastResult:
        service, key = info.context.services.broadcasts, key_of(broadcast_id, "Broadcast")
        return BroadcastChanged(broadcast=Broadcast.of(await service.cancel(info.context.viewer, key, idempotency_key)))
