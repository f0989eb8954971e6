"""Waiting for a time that becomes free, and answering an offer."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from graphql_schema.types.appointments.booking_errors import (
    AlreadyWaiting,
    BookingBlocked,
    BookingNotOpen,
    BookingUnknown,
    HoldExpired,
    NotWaiting,
    WaitingDaysInvalid,
)
from graphql_schema.types.appointments.bookings import (
    Booking,
    OfferAccepted,
    OfferDeclined,
    WaitingListJoined,
    WaitingListLeft,
    WaitingPlace,
)
from graphql_schema.types.appointments.venue_errors import ServiceUnknown
from graphql_schema.types.card_errors import NotVerified
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, citizens, key_of

_MANAGE = "appointments:manage"
JoinWaitingListResult = Annotated[
    WaitingListJoined
    | NotVerified
    | ServiceUnknown
    | WaitingDaysInvalid
    | BookingBlocked
    | AlreadyWaiting
    | IdempotencyConflict,
    strawberry.union("JoinWaitingListResult"),
]
LeaveWaitingListResult = Annotated[
    WaitingListLeft | NotWaiting | IdempotencyConflict, strawberry.union("LeaveWaitingListResult")
]
AcceptOfferResult = Annotated[
    OfferAccepted | BookingUnknown | HoldExpired | BookingNotOpen | IdempotencyConflict,
    strawberry.union("AcceptOfferResult"),
]
DeclineOfferResult = Annotated[
    OfferDeclined | BookingUnknown | HoldExpired | BookingNotOpen | IdempotencyConflict,
    strawberry.union("DeclineOfferResult"),
]


@strawberry.input(description="Any time of the service from one day to another; with one resource only, if named.")
class WaitingWish:
    service_id: strawberry.ID
    first: date
    last: date
    resource_id: strawberry.ID | None = None


@strawberry.type
class WaitingQuery:
    @strawberry.field(metadata=citizens(ward_scope=_MANAGE), description="One's places on waiting lists, newest first.")
    async def waiting_places(self, info: Info) -> list[WaitingPlace]:
        places = await info.context.services.appointments.waiting.mine(info.context.viewer)
        return [WaitingPlace.of(place, ahead) for place, ahead in places]


@strawberry.type
class WaitingMutation:
    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE), description="Told when it is one's turn; then there are ten minutes."
    )
    async def join_waiting_list(
        self, info: Info, wish: WaitingWish, idempotency_key: IdempotencyKey
    ) -> JoinWaitingListResult:
        waiting, service = info.context.services.appointments.waiting, key_of(wish.service_id, "BookableService")
        resource = key_of(wish.resource_id, "VenueResource") if wish.resource_id else None
        made = await waiting.join(info.context.viewer, service, wish.first, wish.last, resource, idempotency_key)
        return WaitingListJoined(place=WaitingPlace.of(made))

    @strawberry.mutation(metadata=citizens(ward_scope=_MANAGE), description="Give one's place up.")
    async def leave_waiting_list(
        self, info: Info, place_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> LeaveWaitingListResult:
        waiting, place = info.context.services.appointments.waiting, key_of(place_id, "WaitingPlace")
        return WaitingListLeft(place=WaitingPlace.of(await waiting.leave(info.context.viewer, place, idempotency_key)))

    @strawberry.mutation(metadata=citizens(ward_scope=_MANAGE), description="Take the time that was offered.")
    async def accept_offer(
        self, info: Info, booking_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> AcceptOfferResult:
        waiting, booking = info.context.services.appointments.waiting, key_of(booking_id, "Booking")
        accepted = await waiting.accept(info.context.viewer, booking, idempotency_key)
        return OfferAccepted(booking=Booking.of(accepted, info))

    @strawberry.mutation(metadata=citizens(ward_scope=_MANAGE), description="It is offered to the next one.")
    async def decline_offer(
        self, info: Info, booking_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> DeclineOfferResult:
        waiting, booking = info.context.services.appointments.waiting, key_of(booking_id, "Booking")
        declined = await waiting.decline(info.context.viewer, booking, idempotency_key)
        return OfferDeclined(booking=Booking.of(declined, info))
