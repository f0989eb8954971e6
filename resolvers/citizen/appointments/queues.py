"""Numbers by phone: what queues there are, taking a number and watching it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.domains.appointments.times.venues.model import Directory
from graphql_schema.types.appointments.queue_errors import (
    AlreadyReturned,
    QueueClosed,
    QueueFull,
    QueueUnknown,
    TicketHeld,
    TicketNotOpen,
    TicketOfAnotherDay,
    TicketUnknown,
    TooManyNumbers,
)
from graphql_schema.types.appointments.queues import MyTicket, NumberTaken, QueueBoard, QueueLeft, QueueReturned, Ticket
from graphql_schema.types.card_errors import NotVerified
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, Node, citizens, key_of

TakeNumberResult = Annotated[
    NumberTaken
    | QueueUnknown
    | QueueClosed
    | QueueFull
    | TicketHeld
    | TooManyNumbers
    | NotVerified
    | IdempotencyConflict,
    strawberry.union("TakeNumberResult"),
]
LeaveQueueResult = Annotated[
    QueueLeft | TicketUnknown | TicketNotOpen | IdempotencyConflict, strawberry.union("LeaveQueueResult")
]
ReturnToQueueResult = Annotated[
    QueueReturned | TicketUnknown | TicketOfAnotherDay | TicketNotOpen | AlreadyReturned | IdempotencyConflict,
    strawberry.union("ReturnToQueueResult"),
]
_MANAGE = "appointments:manage"


@strawberry.type
class QueueQuery:
    @strawberry.field(
        metadata=citizens(ward_scope=_MANAGE),
        description="The queues of a venue, how many wait, and how long it takes.",
    )
    async def queue_board(self, info: Info, venue_id: strawberry.ID) -> QueueBoard | None:
        context, venue = info.context, key_of(venue_id, "Venue")
        board = await context.services.appointments.boards.for_citizen(context.viewer, venue)
        return QueueBoard.of(board, context.locale) if board else None

    @strawberry.field(metadata=citizens(ward_scope=_MANAGE), description="Numbers of today, the newest first.")
    async def my_tickets(self, info: Info) -> list[MyTicket]:
        context, rooms = info.context, info.context.services.appointments
        shown = await rooms.tickets.mine(context.viewer)
        return [MyTicket.of(one, rooms.venues.directory, context.locale) for one in shown]


@strawberry.type
class QueueMutation:
    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE), description="A number for today. Whoever booked checks in instead."
    )
    async def take_number(
        self,
        info: Info,
        queue_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        service_id: strawberry.ID | None = None,
    ) -> TakeNumberResult:
        queue, service = key_of(queue_id, "ServiceQueue"), key_of(service_id, "BookableService") if service_id else None
        tickets = info.context.services.appointments.tickets
        taken = await tickets.take(info.context.viewer, queue, service, idempotency_key)
        return NumberTaken(ticket=Ticket.of(taken, _directory(info), info.context.locale))

    @strawberry.mutation(metadata=citizens(ward_scope=_MANAGE), description="Give a number back.")
    async def leave_queue(
        self, info: Info, ticket_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> LeaveQueueResult:
        tickets, ticket = info.context.services.appointments.tickets, key_of(ticket_id, "Ticket")
        left = await tickets.leave(info.context.viewer, ticket, idempotency_key)
        return QueueLeft(ticket=Ticket.of(left, _directory(info), info.context.locale))

    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE),
        description="After a missed call, once: one is called after three others.",
    )
    async def return_to_queue(
        self, info: Info, ticket_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ReturnToQueueResult:
        tickets, ticket = info.context.services.appointments.tickets, key_of(ticket_id, "Ticket")
        back = await tickets.come_back(info.context.viewer, ticket, idempotency_key)
        return QueueReturned(ticket=Ticket.of(back, _directory(info), info.context.locale))


@strawberry.type
class QueueSubscription:
    @strawberry.subscription(
        metadata=citizens(ward_scope=_MANAGE), description="A number now, and whenever its place changes."
    )
    async def ticket_changed(self, info: Info, ticket_id: strawberry.ID) -> AsyncGenerator[MyTicket, None]:
        context, ticket = info.context, key_of(ticket_id, "Ticket")
        async with context.services.appointments.tickets.live(context.viewer, ticket) as changes:
            async for shown in changes:
                yield MyTicket.of(shown, _directory(info), context.locale)


async def ticket_node(info: Info, key: str) -> Node | None:
    shown = await info.context.services.appointments.tickets.one(info.context.viewer, key)
    return Ticket.of(shown.ticket, _directory(info), info.context.locale) if shown else None


def _directory(info: Info) -> Directory:
    return info.context.services.appointments.venues.directory
