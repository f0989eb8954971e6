"""What can be wrong with a merchant's code.

Outcome
├── MerchantCodeMalformed   no merchant's code of this city
├── MerchantCodeUnknown     of the right form, but never given, or replaced since
├── MerchantCodeExpired     a dynamic code lives ten minutes at most
├── MerchantCodeUsed        a dynamic code is paid once
└── MerchantCodeAmount      the amount is the code's: `amount` says which; of a static code the payer says it
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


class MerchantCodeMalformed(Outcome):
    pass


class MerchantCodeUnknown(Outcome):
    pass


class MerchantCodeExpired(Outcome):
    pass


class MerchantCodeUsed(Outcome):
    pass


@dataclass(eq=False)
class MerchantCodeAmount(Outcome):
    amount: Money | None
