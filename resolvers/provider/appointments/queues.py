"""A venue's queues: keeping them, the board, and who comes to the door."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.appointments.hall.tickets.model import Priority
from graphql_schema.types.appointments.queue_errors import (
    AlreadyCheckedIn,
    CameTooEarly,
    CameTooLate,
    NoBookingToday,
    QueueClosed,
    QueueFull,
    QueueInvalid,
    QueueUnknown,
    TicketHeld,
    TooManyNumbers,
    WrongVenue,
)
from graphql_schema.types.appointments.queues import (
    CheckedIn,
    NumberTaken,
    QueueBoard,
    QueueOpenSet,
    QueueSaved,
    ServiceQueue,
    ServiceQueueInput,
    Ticket,
)
from graphql_schema.types.appointments.venue_errors import ServiceUnknown, VenueUnknown
from graphql_schema.types.card_errors import (
    CardNotActive,
    CodeExpired,
    CodeForOtherPurpose,
    CodeMalformed,
    CodeUnknown,
    CodeUsed,
    NoCard,
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

# What a card's code can come to.
_Code = CodeMalformed | CodeUnknown | CodeUsed | CodeExpired | CodeForOtherPurpose | NoCard | CardNotActive
CheckInResult = Annotated[
    CheckedIn
    | VenueUnknown
    | NoBookingToday
    | CameTooEarly
    | CameTooLate
    | AlreadyCheckedIn
    | WrongVenue
    | QueueUnknown
    | TicketHeld
    | _Code
    | IdempotencyConflict,
    strawberry.union("CheckInResult"),
]
DrawNumberResult = Annotated[
    NumberTaken | QueueUnknown | QueueClosed | QueueFull | TicketHeld | TooManyNumbers | _Code | IdempotencyConflict,
    strawberry.union("DrawNumberResult"),
]
SaveQueueResult = Annotated[
    QueueSaved | VenueUnknown | ServiceUnknown | QueueInvalid | IdempotencyConflict, strawberry.union("SaveQueueResult")
]
SetQueueOpenResult = Annotated[
    QueueOpenSet | QueueUnknown | IdempotencyConflict, strawberry.union("SetQueueOpenResult")
]
_SCOPE = "appointments"


@strawberry.type
class ProviderQueueQuery:
    @strawberry.field(metadata=providers(scope=_SCOPE), description="Null for a venue that is not yours.")
    async def queue_board(self, info: Info, venue_id: strawberry.ID) -> QueueBoard | None:
        context, venue = info.context, key_of(venue_id, "Venue")
        board = await context.services.appointments.boards.of_own(context.viewer, venue)
        return QueueBoard.of(board, context.locale) if board else None

    @strawberry.field(metadata=providers(scope=_SCOPE), description="Today's numbers of a queue, in their order.")
    async def queue_tickets(
        self, info: Info, queue_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[Ticket]:
        context, rooms = info.context, info.context.services.appointments
        request, queue = PageRequest.of(first, after), key_of(queue_id, "ServiceQueue")
        page = await rooms.waits.tickets_of(context.viewer, queue, request)
        return connection(page, lambda one: one.id, lambda one: Ticket.of(one, rooms.venues.directory, context.locale))


@strawberry.type
class ProviderQueueMutation:
    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="Make a queue, or write it anew.")
    async def save_queue(
        self, info: Info, queue: ServiceQueueInput, idempotency_key: IdempotencyKey
    ) -> SaveQueueResult:
        viewer, rooms = info.context.viewer, info.context.services.appointments
        venue = rooms.venues.own(viewer, key_of(queue.venue_id, "Venue"))
        saved = await rooms.queues.save(viewer, queue.parsed(venue), idempotency_key)
        return QueueSaved(queue=ServiceQueue.of(saved, info.context.locale))

    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="Give numbers today, or no more of them.")
    async def set_queue_open(
        self, info: Info, queue_id: strawberry.ID, open: bool, idempotency_key: IdempotencyKey
    ) -> SetQueueOpenResult:
        queues, queue = info.context.services.appointments.queues, key_of(queue_id, "ServiceQueue")
        line = await queues.set_open(info.context.viewer, queue, open, idempotency_key)
        return QueueOpenSet(queue_id=queue_id, open=not line.closed)

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE),
        description="Whoever booked arrives and shows his code (purpose SERVICE_HALL, at hospitals HOSPITAL). From an "
        "hour before until 15 minutes after the booked time; later he stands in the queue like one without a booking.",
    )
    async def check_in(
        self, info: Info, venue_id: strawberry.ID, code: str, idempotency_key: IdempotencyKey
    ) -> CheckInResult:
        context, rooms = info.context, info.context.services.appointments
        done = await rooms.arrivals.check_in(context.viewer, key_of(venue_id, "Venue"), code, idempotency_key)
        return CheckedIn.of(done, rooms.venues.directory, context.locale)

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE),
        description="A number at the kiosk or the desk, by the card's code, or on paper for who has no card. "
        "`attested`: why he goes before others, as the desk has seen.",
    )
    async def draw_number(
        self,
        info: Info,
        queue_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        code: str | None = None,
        attested: Priority | None = None,
        service_id: strawberry.ID | None = None,
    ) -> DrawNumberResult:
        context, rooms = info.context, info.context.services.appointments
        queue, service = key_of(queue_id, "ServiceQueue"), key_of(service_id, "BookableService") if service_id else None
        drawn = await rooms.arrivals.draw(context.viewer, queue, code, attested, service, idempotency_key)
        return NumberTaken(ticket=Ticket.of(drawn, rooms.venues.directory, context.locale))


@strawberry.type
class ProviderQueueSubscription:
    @strawberry.subscription(metadata=providers(scope=_SCOPE), description="The board now, and whenever it changes.")
    async def board_changed(self, info: Info, venue_id: strawberry.ID) -> AsyncGenerator[QueueBoard, None]:
        context, venue = info.context, key_of(venue_id, "Venue")
        async with context.services.appointments.boards.live(context.viewer, venue) as changes:
            async for board in changes:
                yield QueueBoard.of(board, context.locale)
