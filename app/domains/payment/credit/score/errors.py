"""What can stand in the way of a score.

Outcome
├── CreditTermsOutdated    other terms are in force than those that were agreed to
├── CreditForAdultsOnly    under 18 nobody is counted
├── CreditNotJoined        without consent nothing is counted
├── CreditJoined           it was agreed before
└── CreditStillOwed        while something is owed, or held for a treatment, credit does not end
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


@dataclass(eq=False)
class CreditTermsOutdated(Outcome):
    current: int


class CreditForAdultsOnly(Outcome):
    pass


class CreditNotJoined(Outcome):
    pass


class CreditJoined(Outcome):
    pass


@dataclass(eq=False)
class CreditStillOwed(Outcome):
    owed: Money
