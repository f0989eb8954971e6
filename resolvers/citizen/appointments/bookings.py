"""Finding a time, holding, confirming, moving and cancelling it; who may not book, and calendars."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import date
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.appointments.booking.feeds.model import FeedDetail
from app.domains.appointments.times.venues.model import VenueKind
from graphql_schema.types.appointments.booking_errors import (
    AppealExists,
    AppealTextMissing,
    BookingBlocked,
    BookingLimitReached,
    BookingNotOpen,
    BookingOverlaps,
    BookingUnknown,
    FeeDiffers,
    HoldExists,
    HoldExpired,
    NotBlocked,
    NotReleasedYet,
    PaymentDeskAway,
    SameSlot,
    SlotClosed,
    SlotPast,
    SlotTaken,
    SlotUnknown,
    TooLateToChange,
)
from graphql_schema.types.appointments.bookings import (
    BlockAppealed,
    Booking,
    BookingAppeal,
    BookingCancelled,
    BookingConfirmed,
    BookingMoved,
    BookingStanding,
    CalendarFeed,
    CalendarFeedMade,
    CalendarFeedRevoked,
    SlotHeld,
)
from graphql_schema.types.appointments.venue_errors import PlaceInvalid, ServiceUnknown
from graphql_schema.types.appointments.venues import (
    AppointmentSlot,
    AppointmentSlots,
    BookableService,
    DaysTooMany,
    PointInput,
    Venue,
    Venues,
)
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

_MANAGE = "appointments:manage"
VenuesResult = Annotated[Venues | PlaceInvalid, strawberry.union("VenuesResult")]
AppointmentSlotsResult = Annotated[
    AppointmentSlots | ServiceUnknown | DaysTooMany, strawberry.union("AppointmentSlotsResult")
]
HoldSlotResult = Annotated[
    SlotHeld
    | NotVerified
    | ServiceUnknown
    | SlotUnknown
    | SlotPast
    | SlotClosed
    | NotReleasedYet
    | SlotTaken
    | BookingBlocked
    | HoldExists
    | BookingLimitReached
    | BookingOverlaps
    | IdempotencyConflict,
    strawberry.union("HoldSlotResult"),
]
ConfirmBookingResult = Annotated[
    BookingConfirmed | BookingUnknown | HoldExpired | BookingNotOpen | PaymentDeskAway | IdempotencyConflict,
    strawberry.union("ConfirmBookingResult"),
]
MoveBookingResult = Annotated[
    BookingMoved
    | BookingUnknown
    | BookingNotOpen
    | TooLateToChange
    | SameSlot
    | FeeDiffers
    | ServiceUnknown
    | SlotUnknown
    | SlotPast
    | SlotClosed
    | NotReleasedYet
    | SlotTaken
    | BookingOverlaps
    | IdempotencyConflict,
    strawberry.union("MoveBookingResult"),
]
CancelBookingResult = Annotated[
    BookingCancelled | BookingUnknown | BookingNotOpen | TooLateToChange | IdempotencyConflict,
    strawberry.union("CancelBookingResult"),
]
AppealBlockResult = Annotated[
    BlockAppealed | NotBlocked | AppealExists | AppealTextMissing | IdempotencyConflict,
    strawberry.union("AppealBlockResult"),
]
MakeCalendarFeedResult = Annotated[CalendarFeedMade | IdempotencyConflict, strawberry.union("MakeCalendarFeedResult")]
RevokeCalendarFeedResult = Annotated[
    CalendarFeedRevoked | IdempotencyConflict, strawberry.union("RevokeCalendarFeedResult")
]


@strawberry.type
class BookingQuery:
    @strawberry.field(
        metadata=citizens(ward_scope=_MANAGE),
        description="Where one can go, by kind and by the service item it is for; the nearest first.",
    )
    async def venues(
        self, info: Info, kind: VenueKind | None = None, item: str | None = None, near: PointInput | None = None
    ) -> VenuesResult:
        rooms, point = info.context.services.appointments, near.parsed() if near else None
        test_of = await rooms.people.test_of(info.context.viewer.citizen())
        found = rooms.venues.find(test_of, kind=kind, item=item, near=point)
        return Venues(venues=[Venue.of(one, rooms.venues.directory, info.context.locale, point) for one in found])

    @strawberry.field(metadata=citizens(ward_scope=_MANAGE), description="What can be booked, at a venue or anywhere.")
    async def bookable_services(
        self, info: Info, venue_id: strawberry.ID | None = None, item: str | None = None
    ) -> list[BookableService]:
        rooms, venue = info.context.services.appointments, key_of(venue_id, "Venue") if venue_id else None
        test_of = await rooms.people.test_of(info.context.viewer.citizen())
        found = rooms.venues.services(test_of, venue=venue, item=item)
        return [BookableService.of(one, rooms.venues.directory, info.context.locale) for one in found]

    @strawberry.field(
        metadata=citizens(ward_scope=_MANAGE), description="Times from one day to another, at most 31 days."
    )
    async def appointment_slots(
        self,
        info: Info,
        service_id: strawberry.ID,
        first: date,
        last: date,
        resource_id: strawberry.ID | None = None,
    ) -> AppointmentSlotsResult:
        rooms, resource = (
            info.context.services.appointments,
            key_of(resource_id, "VenueResource") if resource_id else None,
        )
        test_of = await rooms.people.test_of(info.context.viewer.citizen())
        service = rooms.venues.bookable(key_of(service_id, "BookableService"), test_of)
        found = await rooms.slots.of_service(service, first, last, resource)
        return AppointmentSlots(slots=[AppointmentSlot.of(one) for one in found])

    @strawberry.field(metadata=citizens(ward_scope=_MANAGE), description="Newest first.")
    async def my_bookings(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Booking]:
        rooms = info.context.services.appointments
        page = await rooms.bookings.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, lambda one: Booking.of(one, info))

    @strawberry.field(metadata=citizens(ward_scope=_MANAGE), description="Whether one may book, and until when not.")
    async def booking_standing(self, info: Info) -> BookingStanding:
        return BookingStanding.of(await info.context.services.appointments.blocks.standing(info.context.viewer))

    @strawberry.field(metadata=citizens(ward_scope=_MANAGE), description="Null where there is none.")
    async def calendar_feed(self, info: Info) -> CalendarFeed | None:
        found = await info.context.services.appointments.feeds.mine(info.context.viewer)
        return CalendarFeed.of(found) if found else None


@strawberry.type
class BookingMutation:
    @strawberry.mutation(metadata=citizens(ward_scope=_MANAGE), description="A seat for five minutes, to be confirmed.")
    async def hold_slot(
        self, info: Info, service_id: strawberry.ID, slot_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> HoldSlotResult:
        rooms, service = info.context.services.appointments, key_of(service_id, "BookableService")
        slot = key_of(slot_id, "AppointmentSlot")
        held = await rooms.bookings.hold(info.context.viewer, service, slot, idempotency_key)
        return SlotHeld(booking=Booking.of(held, info))

    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE),
        description="Where there is a fee, first to be told where to pay, and once more when it is paid.",
    )
    async def confirm_booking(
        self, info: Info, booking_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ConfirmBookingResult:
        rooms, booking = info.context.services.appointments, key_of(booking_id, "Booking")
        done = await rooms.payments.confirm(info.context.viewer, booking, idempotency_key)
        return BookingConfirmed(booking=Booking.of(done, info))

    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE), description="The new time is had before the old one is given up."
    )
    async def move_booking(
        self, info: Info, booking_id: strawberry.ID, slot_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveBookingResult:
        rooms, booking = info.context.services.appointments, key_of(booking_id, "Booking")
        slot = key_of(slot_id, "AppointmentSlot")
        moved = await rooms.bookings.move(info.context.viewer, booking, slot, idempotency_key)
        return BookingMoved(booking=Booking.of(moved, info))

    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE), description="A booking until its cut-off; a hold is let go."
    )
    async def cancel_booking(
        self, info: Info, booking_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CancelBookingResult:
        rooms, booking = info.context.services.appointments, key_of(booking_id, "Booking")
        done = await rooms.bookings.cancel(info.context.viewer, booking, idempotency_key)
        return BookingCancelled(booking=Booking.of(done, info))

    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE), description="“There was a reason why I did not come.” The desk answers."
    )
    async def appeal_block(self, info: Info, reason: str, idempotency_key: IdempotencyKey) -> AppealBlockResult:
        blocks = info.context.services.appointments.blocks
        made = await blocks.appeal(info.context.viewer, reason, idempotency_key)
        return BlockAppealed(appeal=BookingAppeal.of(made))

    @strawberry.mutation(
        metadata=citizens(ward_scope=_MANAGE),
        description="A feed for calendars, with an address of its own; the one before ends.",
    )
    async def make_calendar_feed(
        self, info: Info, detail: FeedDetail, idempotency_key: IdempotencyKey
    ) -> MakeCalendarFeedResult:
        feed = await info.context.services.appointments.feeds.make(info.context.viewer, detail, idempotency_key)
        return CalendarFeedMade(address=feed.address, detail=feed.detail)

    @strawberry.mutation(metadata=citizens(ward_scope=_MANAGE), description="The address shows nothing any more.")
    async def revoke_calendar_feed(self, info: Info, idempotency_key: IdempotencyKey) -> RevokeCalendarFeedResult:
        feeds = info.context.services.appointments.feeds
        return CalendarFeedRevoked(revoked=await feeds.revoke(info.context.viewer, idempotency_key))


@strawberry.type
class BookingSubscription:
    @strawberry.subscription(metadata=citizens(ward_scope=_MANAGE), description="Each booking as it changes.")
    async def booking_changed(self, info: Info) -> AsyncGenerator[Booking, None]:
        async with info.context.services.appointments.bookings.live(info.context.viewer) as changed:
            async for booking in changed:
                yield Booking.of(booking, info)
