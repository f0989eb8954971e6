"""Calling volunteers who are near, by the centre, and following who comes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.responders.calls.model import CallEnd
from app.domains.community.responders.calls.service import SCOPE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.community.responders import (
    ResponderCall,
    ResponderCallChanged,
    ResponderCallInput,
    ResponderCallNow,
)
from graphql_schema.types.community.volunteer_errors import (
    ResponderCallOver,
    ResponderCallUnknown,
    ResponderInvalid,
)
from graphql_schema.types.place_errors import OutsideCity, PlaceNotOnEarth

_CENTRE = providers(scope=SCOPE)

CallRespondersResult = Annotated[
    ResponderCallChanged | ResponderInvalid | OutsideCity | PlaceNotOnEarth | IdempotencyConflict,
    strawberry.union("CallRespondersResult"),
]
EndResponderCallResult = Annotated[
    ResponderCallChanged | ResponderCallUnknown | ResponderCallOver | IdempotencyConflict,
    strawberry.union("EndResponderCallResult"),
]


@strawberry.type
class ProviderResponderQuery:
    @strawberry.field(description="Of the centre, the newest first.", metadata=_CENTRE)
    async def responder_calls(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[ResponderCall]:
        calls = info.context.services.community.volunteering.calls
        page = await calls.made_by(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, ResponderCall.of)

    @strawberry.field(description="With who was called and what they said.", metadata=_CENTRE)
    async def responder_call(self, info: Info, call_id: strawberry.ID) -> ResponderCallNow | None:
        calls = info.context.services.community.volunteering.calls
        found = await calls.seen(info.context.viewer, key_of(call_id, "ResponderCall"))
        return ResponderCallNow.of(found) if found else None


@strawberry.type
class ProviderResponderMutation:
    @strawberry.mutation(
        description="Volunteers near the place who agreed to be called at this hour: the nearest, fifty at most.",
        metadata=_CENTRE,
    )
    async def call_responders(
        self, info: Info, call: ResponderCallInput, idempotency_key: IdempotencyKey
    ) -> CallRespondersResult:
        calls = info.context.services.community.volunteering.calls
        done = await calls.call(info.context.viewer, call.parsed(), idempotency_key)
        return ResponderCallChanged(now=ResponderCallNow.of(done))

    @strawberry.mutation(description="Who comes is told, and nobody's place is seen any more.", metadata=_CENTRE)
    async def end_responder_call(
        self, info: Info, call_id: strawberry.ID, end: CallEnd, idempotency_key: IdempotencyKey
    ) -> EndResponderCallResult:
        calls, key = info.context.services.community.volunteering.calls, key_of(call_id, "ResponderCall")
        done = await calls.end(info.context.viewer, key, end, idempotency_key)
        return ResponderCallChanged(now=ResponderCallNow.of(done))


@strawberry.type
class ProviderResponderSubscription:
    @strawberry.subscription(
        metadata=_CENTRE, description="A call now, and whenever somebody says something to it or has moved."
    )
    async def responder_call_changed(
        self, info: Info, call_id: strawberry.ID
    ) -> AsyncGenerator[ResponderCallNow, None]:
        calls, key = info.context.services.community.volunteering.calls, key_of(call_id, "ResponderCall")
        async with calls.live(info.context.viewer, key) as views:
            async for view in views:
                yield ResponderCallNow.of(view)
