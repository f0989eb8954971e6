"""What can stand in the way of a ticket.

Outcome
├── TicketsSoldOut          fewer places are left than asked for: `left`
├── SeatsTaken              `seats` that somebody else holds
├── SeatsInvalid            no such seats in this hall, one of them twice, or none named where they are numbered
├── TicketLimitReached      one person has `most` of an event at most; `left` more can be had
├── PurchaseUnknown         no such purchase, or not one's own
├── PurchaseNotOpen         it waits for no money (any more)
├── TicketsNotReturnable    used, returned already, or none of this purchase
└── ReturnTooLate           they could be returned `until` then
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


@dataclass(eq=False)
class TicketsSoldOut(Outcome):
    left: int


@dataclass(eq=False)
class SeatsTaken(Outcome):
    seats: tuple[str, ...]


class SeatsInvalid(Outcome):
    pass


@dataclass(eq=False)
class TicketLimitReached(Outcome):
    most: int
    left: int


class PurchaseUnknown(Outcome):
    pass


@dataclass(eq=False)
class PurchaseNotOpen(Outcome):
    state: str


class TicketsNotReturnable(Outcome):
    pass


@dataclass(eq=False)
class ReturnTooLate(Outcome):
    until: datetime
