"""What becomes of a payment that is not made, by name."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class PaymentUnknown(Outcome):
    """There is no such payment, or it is somebody else's."""


@dataclass(eq=False)
class PaymentNotOpen(Outcome):
    """It is not in a state in which this can be done. `state` is the one it is in."""

    state: str


class PaymentTooLate(Outcome):
    """The time in which it could be confirmed is over."""


@dataclass(eq=False)
class MethodNotPossible(Outcome):
    """This cannot be paid in this way. `method` is the one that was asked for."""

    method: str
