"""Named errors of booking."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.appointments.booking.blocks import errors as blocks
from app.domains.appointments.booking.bookings import errors as bookings
from app.domains.appointments.booking.bookings.model import BookingState
from app.domains.appointments.booking.diaries import errors as diaries
from app.domains.appointments.booking.waiting import errors as waiting
from app.domains.appointments.times.slots import errors as slots
from app.domains.appointments.times.slots.model import Slot
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.appointments.venues import AppointmentSlot
from graphql_schema.types.common import global_id


def _booking_id(key: str) -> strawberry.ID:
    return global_id("Booking", key)


def _shown(slots: tuple[Slot, ...]) -> list[AppointmentSlot]:
    return [AppointmentSlot.of(slot) for slot in slots]


@outcome(bookings.BookingUnknown)
@strawberry.type
class BookingUnknown(UserError):
    pass


@outcome(bookings.BookingNotOpen, state=BookingState)
@strawberry.type
class BookingNotOpen(UserError):
    state: BookingState


@outcome(bookings.HoldExpired)
@strawberry.type
class HoldExpired(UserError):
    pass


@outcome(bookings.TooLateToChange)
@strawberry.type
class TooLateToChange(UserError):
    until: datetime


@outcome(bookings.PaymentDeskAway)
@strawberry.type
class PaymentDeskAway(UserError):
    pass


@outcome(bookings.FeeDiffers)
@strawberry.type
class FeeDiffers(UserError):
    fee: int


@outcome(bookings.CancelReasonMissing)
@strawberry.type
class CancelReasonMissing(UserError):
    pass


@outcome(diaries.BookingBlocked)
@strawberry.type
class BookingBlocked(UserError):
    until: datetime


@outcome(diaries.HoldExists, booking_id=_booking_id)
@strawberry.type
class HoldExists(UserError):
    booking_id: strawberry.ID


@outcome(diaries.BookingLimitReached)
@strawberry.type
class BookingLimitReached(UserError):
    most: int


@outcome(diaries.BookingOverlaps, booking_id=_booking_id)
@strawberry.type
class BookingOverlaps(UserError):
    booking_id: strawberry.ID


@outcome(slots.SlotUnknown)
@strawberry.type
class SlotUnknown(UserError):
    pass


@outcome(slots.SlotPast)
@strawberry.type
class SlotPast(UserError):
    pass


@outcome(slots.SlotClosed)
@strawberry.type
class SlotClosed(UserError):
    pass


@outcome(slots.NotReleasedYet)
@strawberry.type
class NotReleasedYet(UserError):
    opens_at: datetime


@outcome(slots.SlotTaken, alternatives=_shown)
@strawberry.type
class SlotTaken(UserError):
    alternatives: list[AppointmentSlot] = strawberry.field(description="The next free times of the service.")


@outcome(slots.SameSlot)
@strawberry.type
class SameSlot(UserError):
    pass


@outcome(waiting.AlreadyWaiting)
@strawberry.type
class AlreadyWaiting(UserError):
    pass


@outcome(waiting.NotWaiting)
@strawberry.type
class NotWaiting(UserError):
    pass


@outcome(waiting.WaitingDaysInvalid)
@strawberry.type
class WaitingDaysInvalid(UserError):
    pass


@outcome(blocks.NotBlocked)
@strawberry.type
class NotBlocked(UserError):
    pass


@outcome(blocks.AppealExists)
@strawberry.type
class AppealExists(UserError):
    pass


@outcome(blocks.AppealTextMissing)
@strawberry.type
class AppealTextMissing(UserError):
    pass
