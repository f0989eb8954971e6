"""What can stand in the way of auto-pay.

Outcome
├── AutoPayCapUnfit        a cap is more than nothing and at most `most` yuan; paid from wallet or credit line
├── AutoPayUnknown         there is none on this account
└── AutoPayNothingToSkip   nothing is to be paid by itself of this bill
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class AutoPayCapUnfit(Outcome):
    most: int


class AutoPayUnknown(Outcome):
    pass


class AutoPayNothingToSkip(Outcome):
    pass
