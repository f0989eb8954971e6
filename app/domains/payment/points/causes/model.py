"""A good cause: what points are given to, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.money import Currency
from app.core.said import Said
from app.domains.payment.ledger.model import Account, AccountKind
from app.domains.payment.points.model import POINT

MOST_A_GIFT = 100_000


@dataclass(frozen=True, slots=True)
class Cause:
    """`goal`: so many points are hoped for, or none in particular. `rank` orders the list."""

    code: str
    name: Said
    words: Said
    goal: int | None = None
    open: bool = True
    rank: int = 0

    @property
    def account(self) -> Account:
        return Account(AccountKind.CAUSE, self.code, Currency.POINTS)


@dataclass(frozen=True, slots=True)
class CauseSoFar:
    """With what was given to it until a moment ago, in hundredths."""

    cause: Cause
    fen: int

    @property
    def points(self) -> int:
        return self.fen // POINT


@dataclass(frozen=True, slots=True)
class Donation:
    """`left`: what the giver still has."""

    cause: str
    points: int
    left: int
