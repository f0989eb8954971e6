"""What stands against spending more today.

Outcome
└── SpendingLimitReached   `remaining` may be spent today in this way; with a PIN it is more, where `pin_helps`
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


@dataclass(eq=False)
class SpendingLimitReached(Outcome):
    limit: Money
    remaining: Money
    pin_helps: bool
