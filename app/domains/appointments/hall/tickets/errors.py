"""What can be wrong with a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.errors import Outcome


class TicketUnknown(Outcome):
    """No such ticket (of this person, or at this venue)."""


@dataclass(eq=False)
class TicketHeld(Outcome):
    """This person waits in this queue already, with this `number`."""

    number: str


@dataclass(eq=False)
class TicketNotOpen(Outcome):
    """It is not at the point where this can be done; `state` says where it is."""

    state: str


@dataclass(eq=False)
class TicketOfAnotherDay(Outcome):
    """Numbers are good on their own `day`."""

    day: date


@dataclass(eq=False)
class TooManyNumbers(Outcome):
    """One person takes at most `most` numbers a day in one queue."""

    most: int


class AlreadyReturned(Outcome):
    """Who missed the call comes back in once; after that a new number is needed."""
