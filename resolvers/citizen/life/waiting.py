"""Waiting lists of sessions that are sold out."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.payments.model import Method
from graphql_schema.types.card_errors import NotVerified
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    key_of,
)
from graphql_schema.types.life.culture_errors import EventSessionOver, EventSessionUnknown
from graphql_schema.types.life.ticket_errors import SeatsInvalid, TicketLimitReached
from graphql_schema.types.life.tickets import EventPurchase, EventTicketsTaken, means_of
from graphql_schema.types.life.waiting import (
    EventWait,
    EventWaitKept,
    OfferOver,
    TicketsStillThere,
    WaitingAlready,
    WaitingForTooMuch,
    WaitNotOpen,
    WaitUnknown,
)
from graphql_schema.types.payment.code_errors import MerchantNotActive, MerchantUnknown
from graphql_schema.types.payment.errors import (
    AccountClosed,
    AccountFrozen,
    AccountUnknown,
    InsufficientBalance,
    MethodNotPossible,
    PayerBlocked,
    PaymentGatewayMissing,
    PaymentRefused,
)

JoinEventWaitingListResult = Annotated[
    EventWaitKept
    | NotVerified
    | EventSessionUnknown
    | EventSessionOver
    | SeatsInvalid
    | TicketLimitReached
    | TicketsStillThere
    | WaitingAlready
    | WaitingForTooMuch
    | IdempotencyConflict,
    strawberry.union("JoinEventWaitingListResult"),
]
LeaveEventWaitingListResult = Annotated[
    EventWaitKept | WaitUnknown | WaitNotOpen | IdempotencyConflict, strawberry.union("LeaveEventWaitingListResult")
]
TakeOfferedTicketsResult = Annotated[
    EventTicketsTaken
    | NotVerified
    | WaitUnknown
    | WaitNotOpen
    | OfferOver
    | EventSessionUnknown
    | EventSessionOver
    | TicketLimitReached
    | MerchantUnknown
    | MerchantNotActive
    | MethodNotPossible
    | InsufficientBalance
    | AccountFrozen
    | AccountClosed
    | AccountUnknown
    | PaymentRefused
    | PayerBlocked
    | PaymentGatewayMissing
    | IdempotencyConflict,
    strawberry.union("TakeOfferedTicketsResult"),
]


@strawberry.type
class EventWaitQuery:
    @strawberry.field(
        description="One's places on waiting lists of events, newest first.", metadata=citizens(live=True)
    )
    async def event_waits(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[EventWait]:
        waiting, locale = info.context.services.life.culture.waiting, info.context.locale
        page = await waiting.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.wait.id, lambda one: EventWait.of(one, locale))


@strawberry.type
class EventWaitMutation:
    @strawberry.mutation(
        description="For so many tickets together, once a session is sold out. What comes free is offered in order; "
        "nothing is paid before it is taken.",
        metadata=citizens(live=True),
    )
    async def join_event_waiting_list(
        self, info: Info, session_id: strawberry.ID, count: int, idempotency_key: IdempotencyKey
    ) -> JoinEventWaitingListResult:
        waiting, key = info.context.services.life.culture.waiting, key_of(session_id, "EventSession")
        kept = await waiting.join(info.context.viewer, key, count, idempotency_key)
        return EventWaitKept(wait=EventWait.of(kept, info.context.locale))

    @strawberry.mutation(description="What is offered is then the next one's.", metadata=citizens(live=True))
    async def leave_event_waiting_list(
        self, info: Info, wait_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> LeaveEventWaitingListResult:
        waiting, key = info.context.services.life.culture.waiting, key_of(wait_id, "EventWait")
        left = await waiting.leave(info.context.viewer, key, idempotency_key)
        return EventWaitKept(wait=EventWait.of(left, info.context.locale))

    @strawberry.mutation(
        description="What is offered becomes a purchase, paid by `method` when it costs something.",
        metadata=citizens(live=True),
    )
    async def take_offered_tickets(
        self, info: Info, wait_id: strawberry.ID, idempotency_key: IdempotencyKey, method: Method | None = None
    ) -> TakeOfferedTicketsResult:
        waiting, key = info.context.services.life.culture.waiting, key_of(wait_id, "EventWait")
        bought = await waiting.take(info.context.viewer, key, means_of(method), idempotency_key)
        return EventTicketsTaken(purchase=EventPurchase.of(bought, info.context.locale))
