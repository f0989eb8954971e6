"""The codes a merchant shows, as text: `RONG:M` and twelve digits hang at a counter, `RONG:D` and sixteen characters
ask for one sum. Capitals and digits keep the picture of either at 25 × 25 modules.

A static code's last digit is Verhoeff's: it is typed, too, where a camera does not work.
"""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from stdnum import verhoeff

from app.core.errors import BadInput
from app.core.money import Money
from app.domains.payment.merchant_codes.errors import (
    MerchantCodeAmount,
    MerchantCodeExpired,
    MerchantCodeMalformed,
    MerchantCodeUnknown,
    MerchantCodeUsed,
)

STATIC, DYNAMIC = "RONG:M", "RONG:D"
LONGEST_LIFE = timedelta(minutes=10)
SHORTEST_LIFE = timedelta(seconds=30)
_STATIC_FORM = re.compile(r"RONG:M[0-9]{12}")
_DYNAMIC_FORM = re.compile(r"RONG:D[A-Z2-7]{16}")
_LONGEST = 60


def new_static() -> str:
    body = f"{secrets.randbelow(10**11):011d}"
    return f"{STATIC}{body}{verhoeff.calc_check_digit(body)}"


def new_dynamic() -> str:
    return DYNAMIC + b32encode(secrets.token_bytes(10)).decode()


def parsed(raw: str) -> str:
    """As it is kept, of what was scanned or typed; the twelve digits alone will do. Raises MerchantCodeMalformed."""
    if len(raw) > _LONGEST or not raw.isascii():  # `ı`.upper() is I: only ASCII may be folded
        raise MerchantCodeMalformed
    text = "".join(raw.split()).replace("-", "").upper()
    text = f"{STATIC}{text}" if text.isdecimal() else text
    if _DYNAMIC_FORM.fullmatch(text):
        return text
    if _STATIC_FORM.fullmatch(text) and verhoeff.is_valid(text.removeprefix(STATIC)):
        return text
    raise MerchantCodeMalformed


def parsed_life(seconds: int | None) -> timedelta:
    """Raises BadInput."""
    life = LONGEST_LIFE if seconds is None else timedelta(seconds=seconds)
    if not SHORTEST_LIFE <= life <= LONGEST_LIFE:
        raise BadInput(field="expiresIn")
    return life


@dataclass(frozen=True, slots=True)
class MerchantCode:
    """A static one has neither sum, order nor end. `ended_at`: when it was paid, closed or replaced."""

    text: str
    merchant: str
    amount: Money | None = None
    order: str | None = None
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    paid: bool = False

    @property
    def static(self) -> bool:
        return self.amount is None

    def payable(self, now: datetime) -> bool:
        return self.ended_at is None and (self.expires_at is None or now < self.expires_at)

    def demand_payable(self, now: datetime) -> None:
        """Raises MerchantCodeUnknown, MerchantCodeUsed, MerchantCodeExpired."""
        if self.paid:
            raise MerchantCodeUsed
        if self.ended_at is not None:
            raise MerchantCodeUnknown
        if self.expires_at is not None and self.expires_at <= now:
            raise MerchantCodeExpired

    def sum_of(self, said: Money | None) -> Money:
        """What is paid: the code's own amount, which may be said again, or what the payer says. Raises
        MerchantCodeAmount.
        """
        due = self.amount or said
        if due is None or (said is not None and said != due):
            raise MerchantCodeAmount(self.amount)
        return due
