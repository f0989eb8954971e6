"""What can be wrong with a merchant.

Outcome
├── MerchantUnknown      the organisation takes no payments
├── MerchantNotActive    it is suspended or closed: `state` says which
└── MerchantStateFixed   it is in that state already, or closed for good
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class MerchantUnknown(Outcome):
    pass


@dataclass(eq=False)
class MerchantNotActive(Outcome):
    state: str


@dataclass(eq=False)
class MerchantStateFixed(Outcome):
    state: str
