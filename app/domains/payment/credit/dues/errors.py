"""What can stand in the way of a repayment.

Outcome
├── NothingDue              nothing is owed
└── RepaymentTooHigh        more than is owed: `owed`
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


class NothingDue(Outcome):
    pass


@dataclass(eq=False)
class RepaymentTooHigh(Outcome):
    owed: Money
