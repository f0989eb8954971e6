"""A payout to a bank account: an errand at the gateway.

The row says whose it is and what it is about, never the account's number: who pays out tells that when it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domains.payment.gateway.errands.model import WAITING, ErrandState


class PayoutPurpose(StrEnum):
    WITHDRAWAL = "withdrawal"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True)
class Payout:
    """`owner` is a citizen or an organisation; `about` what its room knows it by (a bank card, a settlement)."""

    id: str
    purpose: PayoutPurpose
    owner: str
    about: str
    fen: int
    what: str
    at: datetime
    state: ErrandState = ErrandState.ASKED
    gateway_id: str | None = None
    reason: str = ""
    settled_at: datetime | None = None
    looks: int = 0

    @property
    def waits(self) -> bool:
        return self.state in WAITING


@dataclass(frozen=True, slots=True)
class PayoutWanted:
    """`id` is made by who asks, before his transaction."""

    id: str
    purpose: PayoutPurpose
    owner: str
    about: str
    fen: int
    what: str
