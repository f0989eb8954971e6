"""What can stand in the way of a credit line.

Outcome
├── CreditScoreTooLow     below the lowest band there is no line: `least` is what it takes
├── CreditLineOpen        there is one already
├── CreditLineMissing     there is none, or it was closed
└── CreditLimitInvalid    a limit of one's own is more than nothing, and not more than `most`
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


@dataclass(eq=False)
class CreditScoreTooLow(Outcome):
    least: int


class CreditLineOpen(Outcome):
    pass


class CreditLineMissing(Outcome):
    pass


@dataclass(eq=False)
class CreditLimitInvalid(Outcome):
    most: Money
