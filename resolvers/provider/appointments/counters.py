"""At the counter: opening it, calling the next, settling whoever is called."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domains.appointments.hall.tickets import model as tickets
from graphql_schema.types.appointments.queue_errors import (
    AlreadyReturned,
    CounterBusy,
    CounterClosed,
    CounterUnknown,
    NobodyCalled,
    NobodyWaiting,
    QueueUnknown,
    TicketNotOpen,
    TicketOfAnotherDay,
    TicketUnknown,
)
from graphql_schema.types.appointments.queues import (
    CounterOpened,
    CounterShut,
    QueueReturned,
    ServiceCounter,
    Ticket,
    TicketAbsent,
    TicketCalled,
    TicketServed,
    TicketTransferred,
)
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, key_of, providers

# What anything done with the number at a counter can come to.
_Here = CounterUnknown | NobodyCalled | IdempotencyConflict
OpenCounterResult = Annotated[
    CounterOpened | CounterUnknown | CounterBusy | QueueUnknown | IdempotencyConflict,
    strawberry.union("OpenCounterResult"),
]
CloseCounterResult = Annotated[
    CounterShut | CounterUnknown | CounterBusy | IdempotencyConflict, strawberry.union("CloseCounterResult")
]
CallNextResult = Annotated[
    TicketCalled | CounterUnknown | CounterClosed | CounterBusy | NobodyWaiting | IdempotencyConflict,
    strawberry.union("CallNextResult"),
]
RecallResult = Annotated[TicketCalled | _Here, strawberry.union("RecallResult")]
MarkServedResult = Annotated[TicketServed | _Here, strawberry.union("MarkServedResult")]
MarkAbsentResult = Annotated[TicketAbsent | _Here, strawberry.union("MarkAbsentResult")]
PutBackResult = Annotated[
    QueueReturned | TicketUnknown | TicketOfAnotherDay | TicketNotOpen | AlreadyReturned | IdempotencyConflict,
    strawberry.union("PutBackResult"),
]
TransferToCounterResult = Annotated[TicketTransferred | _Here, strawberry.union("TransferToCounterResult")]
TransferToQueueResult = Annotated[TicketTransferred | QueueUnknown | _Here, strawberry.union("TransferToQueueResult")]
_SCOPE = "appointments"


def _shown(info: Info, ticket: tickets.Ticket) -> Ticket:
    return Ticket.of(ticket, info.context.services.appointments.venues.directory, info.context.locale)


@strawberry.type
class ProviderCounterQuery:
    @strawberry.field(metadata=providers(scope=_SCOPE), description="Counters of a venue that were ever opened.")
    async def service_counters(self, info: Info, venue_id: strawberry.ID) -> list[ServiceCounter]:
        context, rooms = info.context, info.context.services.appointments
        counters = await rooms.counters.at(context.viewer, key_of(venue_id, "Venue"))
        return [ServiceCounter.of(one, rooms.venues.directory, context.locale) for one in counters]


@strawberry.type
class ProviderCounterMutation:
    @strawberry.mutation(
        metadata=providers(scope=_SCOPE), description="Open a resource (a window, a doctor, a room) for 1 to 5 queues."
    )
    async def open_counter(
        self, info: Info, resource_id: strawberry.ID, queue_ids: list[strawberry.ID], idempotency_key: IdempotencyKey
    ) -> OpenCounterResult:
        context, rooms = info.context, info.context.services.appointments
        counter, queues = key_of(resource_id, "VenueResource"), [key_of(one, "ServiceQueue") for one in queue_ids]
        opened = await rooms.counters.open(context.viewer, counter, queues, idempotency_key)
        return CounterOpened(counter=ServiceCounter.of(opened, rooms.venues.directory, context.locale))

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE), description="Numbers that were sent to it stand in their queues again."
    )
    async def close_counter(
        self, info: Info, resource_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CloseCounterResult:
        context, rooms = info.context, info.context.services.appointments
        closed = await rooms.counters.close(context.viewer, key_of(resource_id, "VenueResource"), idempotency_key)
        return CounterShut(counter=ServiceCounter.of(closed, rooms.venues.directory, context.locale))

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE),
        description="Call whose turn it is: whoever was sent to this counter, whoever came back after a missed call, "
        "whoever booked and whose time has come (three in a row at most while others wait), then those with priority "
        "(two in a row at most), then as they came.",
    )
    async def call_next(
        self, info: Info, resource_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CallNextResult:
        calls, counter = info.context.services.appointments.calls, key_of(resource_id, "VenueResource")
        called = await calls.call_next(info.context.viewer, counter, idempotency_key)
        return TicketCalled(ticket=_shown(info, called))

    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="Call the number at the counter once more.")
    async def recall(self, info: Info, resource_id: strawberry.ID, idempotency_key: IdempotencyKey) -> RecallResult:
        calls, counter = info.context.services.appointments.calls, key_of(resource_id, "VenueResource")
        return TicketCalled(ticket=_shown(info, await calls.recall(info.context.viewer, counter, idempotency_key)))

    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="The number at the counter is done.")
    async def mark_served(
        self, info: Info, resource_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MarkServedResult:
        calls, counter = info.context.services.appointments.calls, key_of(resource_id, "VenueResource")
        served = await calls.mark_served(info.context.viewer, counter, idempotency_key)
        return TicketServed(ticket=_shown(info, served))

    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="Nobody came to the counter.")
    async def mark_absent(
        self, info: Info, resource_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MarkAbsentResult:
        calls, counter = info.context.services.appointments.calls, key_of(resource_id, "VenueResource")
        absent = await calls.mark_absent(info.context.viewer, counter, idempotency_key)
        return TicketAbsent(ticket=_shown(info, absent))

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE), description="Whoever missed the call stands at the desk: after three others."
    )
    async def put_back(self, info: Info, ticket_id: strawberry.ID, idempotency_key: IdempotencyKey) -> PutBackResult:
        calls, ticket = info.context.services.appointments.calls, key_of(ticket_id, "Ticket")
        back = await calls.put_back(info.context.viewer, ticket, idempotency_key)
        return QueueReturned(ticket=_shown(info, back))

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE), description="The number at the counter is the next that the other one calls."
    )
    async def transfer_to_counter(
        self,
        info: Info,
        resource_id: strawberry.ID,
        to_resource_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
    ) -> TransferToCounterResult:
        calls, counter = info.context.services.appointments.calls, key_of(resource_id, "VenueResource")
        other = key_of(to_resource_id, "VenueResource")
        sent = await calls.send_to_counter(info.context.viewer, counter, other, idempotency_key)
        return TicketTransferred(ticket=_shown(info, sent))

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE),
        description="The number at the counter goes on in another queue of the venue, ranked by the time it was taken.",
    )
    async def transfer_to_queue(
        self, info: Info, resource_id: strawberry.ID, queue_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> TransferToQueueResult:
        calls, counter = info.context.services.appointments.calls, key_of(resource_id, "VenueResource")
        queue = key_of(queue_id, "ServiceQueue")
        sent = await calls.send_to_queue(info.context.viewer, counter, queue, idempotency_key)
        return TicketTransferred(ticket=_shown(info, sent))
