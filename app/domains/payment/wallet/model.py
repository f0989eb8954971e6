"""A wallet as its owner sees it, and how much may lie in it or move at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.core.limit import Limit
from app.core.money import Money
from app.domains.payment.ledger.model import AccountState, Balance, FreezeReason

MOST_HELD = 50_000_00
_NOTHING, _MOST = Money(0), Money(MOST_HELD)
LEAST_TOP_UP, MOST_TOP_UP = 1_00, 5_000_00
LEAST_WITHDRAWAL, MOST_WITHDRAWAL = 1_00, 50_000_00
TOP_UPS = Limit("wallet top-ups", most=20, window=timedelta(days=1))
CHECKS = Limit("wallet top-ups looked at", most=30, window=timedelta(minutes=10))
WITHDRAWALS = Limit("wallet withdrawals", most=10, window=timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Wallet:
    """`opened` is False until the first top-up or refund: until then nothing lies in it, and nothing is kept of it.
    `held` is on its way out (a withdrawal at the bank). `frozen_for`: why it is frozen, for the desk.
    """

    citizen: str
    balance: Money = _NOTHING
    held: Money = _NOTHING
    available: Money = _NOTHING
    state: AccountState = AccountState.OPEN
    most: Money = _MOST
    opened: bool = False
    frozen_for: frozenset[FreezeReason] = frozenset()

    @classmethod
    def of(cls, citizen: str, found: Balance) -> Wallet:
        most = found.most or _MOST
        return cls(citizen, found.posted, found.held, found.available, found.state, most, True, found.frozen_for)

    @property
    def empty(self) -> bool:
        return not self.balance.fen and not self.held.fen
