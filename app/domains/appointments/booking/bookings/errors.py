"""What can be wrong with a booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class BookingUnknown(Outcome):
    """No such booking of this person (or at this venue)."""


@dataclass(eq=False)
class BookingNotOpen(Outcome):
    """It has ended, or is not at the point where this can be done: `state` says where it is."""

    state: str


class HoldExpired(Outcome):
    """The time to confirm, or to accept an offer, is over; the seat was given back."""


@dataclass(eq=False)
class TooLateToChange(Outcome):
    """It could be cancelled or moved `until` then; now the venue has to be asked."""

    until: datetime


class PaymentDeskAway(Outcome):
    """The payment desk does not answer. The hold stands until its end: try again."""


@dataclass(eq=False)
class FeeDiffers(Outcome):
    """A booking that was paid moves to a time of the same fee only; `fee` is what the other costs, in fen."""

    fee: int


class CancelReasonMissing(Outcome):
    """Who cancels for others says why, in 2 to 200 characters."""
