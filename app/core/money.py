"""Money: whole fen and a currency. Never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.core.errors import Outcome

_HUNDRED = Decimal(100)
_WRITTEN = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]+)?")
# What one sum may be, in fen: ten million yuan.
MOST = 10**9


class Currency(StrEnum):
    CNY = "CNY"
    POINTS = "POINTS"


@dataclass(frozen=True, slots=True)
class Money:
    """`fen` are hundredths of a yuan, or of a point."""

    fen: int
    currency: Currency = Currency.CNY

    @property
    def amount(self) -> Decimal:
        """In whole units, with two places: 4000 fen are `40.00`."""
        return (Decimal(self.fen) / _HUNDRED).quantize(Decimal("0.01"))

    @property
    def spoken(self) -> str:
        """As messages say it in every language: `¥1,280.00`; points without their places."""
        return f"¥{self.amount:,f}" if self.currency is Currency.CNY else f"{self.fen // 100:,}"


class AmountFault(StrEnum):
    NOT_A_NUMBER = "not_a_number"
    TOO_MANY_DECIMALS = "too_many_decimals"
    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"


@dataclass(eq=False)
class AmountInvalid(Outcome):
    """What was written as an amount is none. `reason` says what is wrong with it."""

    reason: AmountFault


@dataclass(eq=False)
class CurrencyWrong(Outcome):
    """Another currency is wanted here."""

    wanted: Currency


def parse_money(text: str, currency: Currency = Currency.CNY, *, wanted: Currency | None = None) -> Money:
    """`12`, `12.5`, `12.50` in plain digits; points are whole. Raises AmountInvalid, CurrencyWrong (not the one that is
    `wanted`).
    """
    if wanted is not None and currency is not wanted:
        raise CurrencyWrong(wanted)
    if text.startswith("-") and _WRITTEN.fullmatch(text[1:]):
        raise AmountInvalid(AmountFault.NOT_POSITIVE)
    if not _WRITTEN.fullmatch(text):
        digits = text.isascii() and text.isdigit() and not text.startswith("0")
        raise AmountInvalid(AmountFault.TOO_LARGE if digits else AmountFault.NOT_A_NUMBER)
    places = text.partition(".")[2]
    if len(places) > (0 if currency is Currency.POINTS else 2):
        raise AmountInvalid(AmountFault.TOO_MANY_DECIMALS)
    fen = int(Decimal(text) * 100)
    if fen <= 0:
        raise AmountInvalid(AmountFault.NOT_POSITIVE)
    if fen > MOST:
        raise AmountInvalid(AmountFault.TOO_LARGE)
    return Money(fen, currency)
