"""What a merchant, or who pays it, can be told.

Outcome
├── OrderTaken         the merchant has used this order number for something else
├── OrderClosed        the merchant has cancelled this order: nothing is collected for it any more
├── PaymentFailed      the charge failed, and the code is spent: `reason` says as much as a merchant may know
└── LiveModeOnly       in test mode no money moves
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class OrderTaken(Outcome):
    pass


class OrderClosed(Outcome):
    pass


@dataclass(eq=False)
class PaymentFailed(Outcome):
    reason: str


class LiveModeOnly(Outcome):
    pass
