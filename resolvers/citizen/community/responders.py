"""Being called when somebody near needs help at once."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domains.community.responders.calls.model import ReplyState
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens, key_of
from graphql_schema.types.community.responders import (
    MyResponderCall,
    Responder,
    ResponderAgreed,
    ResponderEnded,
    ResponderInput,
    ResponderReplied,
)
from graphql_schema.types.community.volunteer_errors import (
    ResponderCallOver,
    ResponderCallUnknown,
    ResponderConsentMissing,
    ResponderInvalid,
    RespondersOnly,
    VolunteersOnly,
)
from graphql_schema.types.identity_errors import RealNameNeeded
from graphql_schema.types.place_errors import OutsideCity, PlaceNotOnEarth
from graphql_schema.types.places import PositionInput

BecomeResponderResult = Annotated[
    ResponderAgreed
    | RealNameNeeded
    | VolunteersOnly
    | ResponderConsentMissing
    | ResponderInvalid
    | IdempotencyConflict,
    strawberry.union("BecomeResponderResult"),
]
EndResponderResult = Annotated[
    ResponderEnded | RespondersOnly | IdempotencyConflict, strawberry.union("EndResponderResult")
]
KeepResponderPlaceResult = Annotated[
    ResponderAgreed | RespondersOnly | OutsideCity | PlaceNotOnEarth, strawberry.union("KeepResponderPlaceResult")
]
AnswerResponderCallResult = Annotated[
    ResponderReplied
    | ResponderCallUnknown
    | ResponderCallOver
    | ResponderInvalid
    | PlaceNotOnEarth
    | IdempotencyConflict,
    strawberry.union("AnswerResponderCallResult"),
]


@strawberry.type
class ResponderQuery:
    @strawberry.field(description="To what one agreed; null: one is not called.", metadata=citizens(live=True))
    async def responder(self, info: Info) -> Responder | None:
        found = await info.context.services.community.volunteering.responders.mine(info.context.viewer)
        return Responder.of(found) if found else None

    @strawberry.field(description="Calls to oneself that go on, the newest first.", metadata=citizens(live=True))
    async def responder_calls(self, info: Info) -> list[MyResponderCall]:
        found = await info.context.services.community.volunteering.calls.mine(info.context.viewer)
        return [MyResponderCall.of(call, reply) for call, reply in found]


@strawberry.type
class ResponderMutation:
    @strawberry.mutation(
        description="Agree to be called, as a registered volunteer; or change how far and when.",
        metadata=citizens(live=True),
    )
    async def become_responder(
        self, info: Info, responder: ResponderInput, idempotency_key: IdempotencyKey
    ) -> BecomeResponderResult:
        responders, hours = info.context.services.community.volunteering.responders, responder.hours()
        wish = (responder.skills, responder.radius, hours, idempotency_key)
        done = await responders.save(info.context.viewer, *wish, agreed=responder.agreed)
        return ResponderAgreed(responder=Responder.of(done))

    @strawberry.mutation(description="One is called no more; one's place is forgotten.", metadata=citizens(live=True))
    async def end_responder(self, info: Info, idempotency_key: IdempotencyKey) -> EndResponderResult:
        await info.context.services.community.volunteering.responders.end(info.context.viewer, idempotency_key)
        return ResponderEnded(ended=True)

    @strawberry.mutation(
        description="Where one is, instead of the place before: good for two hours.", metadata=citizens(live=True)
    )
    async def keep_responder_place(self, info: Info, position: PositionInput) -> KeepResponderPlaceResult:
        responders = info.context.services.community.volunteering.responders
        done = await responders.keep_place(info.context.viewer, position.parsed())
        return ResponderAgreed(responder=Responder.of(done))

    @strawberry.mutation(
        description="GOING (and where one is), CANNOT, or ARRIVED. From GOING on the centre sees one's place, until "
        "the call ends; that stands among one's disclosures.",
        metadata=citizens(live=True),
    )
    async def answer_responder_call(
        self,
        info: Info,
        call_id: strawberry.ID,
        state: ReplyState,
        idempotency_key: IdempotencyKey,
        position: PositionInput | None = None,
    ) -> AnswerResponderCallResult:
        calls, key = info.context.services.community.volunteering.calls, key_of(call_id, "ResponderCall")
        point = position.parsed() if position else None
        return ResponderReplied.of(await calls.answer(info.context.viewer, key, state, point, idempotency_key))

    @strawberry.mutation(description="Where one is by now, on the way.", metadata=citizens(live=True))
    async def share_responder_place(
        self, info: Info, call_id: strawberry.ID, position: PositionInput, idempotency_key: IdempotencyKey
    ) -> AnswerResponderCallResult:
        calls, key = info.context.services.community.volunteering.calls, key_of(call_id, "ResponderCall")
        return ResponderReplied.of(await calls.move(info.context.viewer, key, position.parsed(), idempotency_key))
