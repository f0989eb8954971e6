"""What can stand in the way of a dispute.

Outcome
├── DisputeUnknown            no such dispute, or not one's own
├── DisputeNotPossible        the payment is not captured, all of it has gone back, or the desk has decided one of it
├── DisputeTooLate            a payment is disputed within `days`
├── DisputeOpen               one is open already for this payment
├── DisputeStateWrong         it stands elsewhere: `state` says where
├── DisputeChanged            it was changed while this was under way: look again
├── DisputeWordsMissing       something has to be written, of 2 to 2,000 characters: `field` says what
└── DisputeAmountTooHigh      no more than `left` can be contested, or awarded
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


class DisputeUnknown(Outcome):
    pass


class DisputeNotPossible(Outcome):
    pass


@dataclass(eq=False)
class DisputeTooLate(Outcome):
    days: int


class DisputeOpen(Outcome):
    pass


@dataclass(eq=False)
class DisputeStateWrong(Outcome):
    state: str


class DisputeChanged(Outcome):
    pass


@dataclass(eq=False)
class DisputeWordsMissing(Outcome):
    field: str


@dataclass(eq=False)
class DisputeAmountTooHigh(Outcome):
    left: Money
