"""Why a person may not book (now)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


@dataclass(eq=False)
class BookingBlocked(Outcome):
    """Three times nobody came; from `until` on one may book again, or earlier when an appeal is granted."""

    until: datetime


@dataclass(eq=False)
class HoldExists(Outcome):
    """This person holds a time of the service already: confirm or release it first."""

    booking_id: str


@dataclass(eq=False)
class BookingLimitReached(Outcome):
    """One person may have `most` open bookings (of this service, or in all)."""

    most: int


@dataclass(eq=False)
class BookingOverlaps(Outcome):
    """This person has another booking at that time."""

    booking_id: str
