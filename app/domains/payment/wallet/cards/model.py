"""A bank card as it is bound, and which numbers can be one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.domains.payment.wallet.cards.errors import CardNumberInvalid

MOST_CARDS = 5


@dataclass(frozen=True, slots=True)
class BankCard:
    """Of the number only the last four digits are shown. `bound` is False when it was let go of: no new withdrawal
    goes there, and one that is on its way arrives.
    """

    id: str
    citizen: str
    bank: str
    bank_en: str
    last4: str
    bound_at: datetime
    bound: bool = True
    number: str | None = field(default=None, repr=False)


def parse_number(raw: str) -> str:
    """16 to 19 digits that satisfy the check digit of ISO/IEC 7812 (Luhn); blanks and hyphens between them are let go.
    Raises CardNumberInvalid.
    """
    digits = raw.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit() and 16 <= len(digits) <= 19 and _luhn(digits)):
        raise CardNumberInvalid
    return digits


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
