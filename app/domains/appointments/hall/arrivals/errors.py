"""Why somebody cannot check in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class NoBookingToday(Outcome):
    """Nothing is booked for this person here today: a number can be taken instead."""


@dataclass(eq=False)
class CameTooEarly(Outcome):
    """One can check in from `opens_at` on."""

    opens_at: datetime


@dataclass(eq=False)
class CameTooLate(Outcome):
    """One could check in until `until`, and the queue gives no more numbers."""

    until: datetime


@dataclass(eq=False)
class AlreadyCheckedIn(Outcome):
    """With this `number`."""

    number: str


@dataclass(eq=False)
class WrongVenue(Outcome):
    """Booked is another `venue` (its id) of the same organisation, at `starts_at`."""

    venue: str
    starts_at: datetime
