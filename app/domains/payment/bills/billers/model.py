"""A biller: an organisation that sends bills, of one kind, on accounts whose numbers follow a rule.

Some billers push their bills; others are asked, when a citizen looks and again before he pays. Those that have a
`system` are told of each payment there; all of them hear of it by webhook.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.said import Said
from app.domains.payment.bills.billers.errors import AccountNumberUnfit, BillerUnfit

SCOPE = "bills"
LONGEST_NUMBER = 32
_SYSTEM = re.compile(r"[a-z][a-z0-9-]{1,39}")
_CLEAN = re.compile(r"[A-Z0-9]+")


class BillKind(StrEnum):
    """The nine everyday scenes (九大生活场景)."""

    WATER = "water"
    POWER = "power"
    GAS = "gas"
    PROPERTY = "property"
    SCHOOL = "school"
    FINE = "fine"
    MEDICAL = "medical"
    TELECOM = "telecom"
    RENT = "rent"


class BillerWay(StrEnum):
    """How bills come: `PUSHES` by the biller, `ASKED` by the city."""

    PUSHES = "pushes"
    ASKED = "asked"


class BillerState(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"  # takes no new accounts and no payments; what was paid stays


class Alphabet(StrEnum):
    DIGITS = "digits"
    LETTERS_AND_DIGITS = "letters_and_digits"


@dataclass(frozen=True, slots=True)
class NumberRule:
    """How account numbers look, as data: patterns would be programs. `example` is shown where one types it in."""

    shortest: int
    longest: int
    alphabet: Alphabet = Alphabet.DIGITS
    example: str = ""

    def checked(self) -> NumberRule:
        """Raises BillerUnfit."""
        if not 4 <= self.shortest <= self.longest <= LONGEST_NUMBER:
            raise BillerUnfit("number")
        if self.example and not self._fits(self.example):
            raise BillerUnfit("example")
        return self

    def parsed(self, raw: str) -> str:
        """The number as it is kept: capitals and digits, without what people put between. Raises AccountNumberUnfit."""
        text = "".join(raw.split()).replace("-", "").upper()
        if not self._fits(text):
            raise AccountNumberUnfit(self.shortest, self.longest, self.alphabet.value)
        return text

    def _fits(self, text: str) -> bool:
        right = text.isdigit() if self.alphabet is Alphabet.DIGITS else _CLEAN.fullmatch(text) is not None
        return text.isascii() and self.shortest <= len(text) <= self.longest and right


@dataclass(frozen=True, slots=True)
class Biller:
    """`id` is the organisation's code; `system` the name by which the city's platform of billers leads to it."""

    id: str
    kind: BillKind
    name: Said
    number: NumberRule
    account_name: Said
    way: BillerWay
    system: str | None
    state: BillerState
    since: datetime
    rev: int = 1

    @property
    def active(self) -> bool:
        return self.state is BillerState.ACTIVE

    @property
    def asked(self) -> bool:
        return self.way is BillerWay.ASKED

    def checked(self) -> Biller:
        """Raises BillerUnfit."""
        if not _is_name(self.name) or not _is_name(self.account_name):
            raise BillerUnfit("name")
        if self.system is not None and not _SYSTEM.fullmatch(self.system):
            raise BillerUnfit("system")
        if self.asked and self.system is None:
            raise BillerUnfit("system")
        self.number.checked()
        return self


def _is_name(name: Said) -> bool:
    return 1 <= len(name.zh) <= 60 and len(name.en) <= 100 and (name.zh + name.en).isprintable()
