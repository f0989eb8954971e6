"""A partner: a merchant that takes points, and for how many it gives what is worth one yuan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.money import Currency
from app.core.said import UNSAID, Said
from app.domains.payment.ledger.model import Account, AccountKind

MOST_RATE = 10_000


@dataclass(frozen=True, slots=True)
class Partner:
    """`rate`: points for what costs one yuan. `offers` says what one can get for them."""

    organisation: str
    rate: int
    since: datetime
    active: bool = True
    offers: Said = UNSAID

    @property
    def account(self) -> Account:
        """What it took."""
        return Account(AccountKind.MERCHANT, self.organisation, Currency.POINTS)

    def worth(self, fen: int) -> int:
        """So many hundredths of points in fen of the yuan, rounded down."""
        return fen // self.rate

    def cost(self, fen: int) -> int:
        """What costs so many fen, in hundredths of points; points are whole, rounded up."""
        return -(-fen * self.rate // 100) * 100
