"""When somebody with a booking may check in, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from app.domains.appointments.booking.bookings.model import Booking
from app.domains.appointments.hall.tickets.model import Ticket

EARLY = timedelta(minutes=60)
LATE = timedelta(minutes=15)


class Coming(IntEnum):
    """In the order in which one of several bookings is meant."""

    IN_TIME = 0
    EARLY = 1
    LATE = 2


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """`late`: the time booked is over, and the ticket stands in the queue like one without a booking."""

    ticket: Ticket
    booking: str
    late: bool


def coming(booking: Booking, at: datetime) -> Coming:
    """From an hour before until fifteen minutes after the booked time one is in time."""
    if at < booking.starts_at - EARLY:
        return Coming.EARLY
    return Coming.LATE if at > booking.starts_at + LATE else Coming.IN_TIME


def meant(bookings: Sequence[Booking], at: datetime) -> Booking | None:
    """Of several bookings of a day the one that somebody comes for now."""
    return min(bookings, key=lambda one: (coming(one, at), one.starts_at), default=None)
