"""What can stand in the way of a refund.

Outcome
├── PaymentNotRefundable   nothing was captured with it: `state` says how it stands
├── RefundTooHigh          more than is left of what was captured: `left` is what may still go back
├── RefundTooLate          the payee gives back within `days`; afterwards the desk does
├── RefundUnknown          there is no such refund
└── RefundNotStranded      it waits for nobody's hand
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


@dataclass(eq=False)
class PaymentNotRefundable(Outcome):
    state: str


@dataclass(eq=False)
class RefundTooHigh(Outcome):
    left: Money


@dataclass(eq=False)
class RefundTooLate(Outcome):
    days: int


class RefundUnknown(Outcome):
    pass


class RefundNotStranded(Outcome):
    pass
