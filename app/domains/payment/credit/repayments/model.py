"""A repayment: all or part of what is owed, never more.

waiting ── the gateway says that it was paid ──> done        waiting ── it was not, or too much came ──> failed
(from the wallet) ──> done
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Means(StrEnum):
    WALLET = "wallet"
    GATEWAY = "gateway"


class RepaymentState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Repayment:
    """`left` is what was owed after it; `order` the gateway's order, whose page is at `pay_at`."""

    id: str
    citizen: str
    fen: int
    means: Means
    state: RepaymentState
    at: datetime
    left: int | None = None
    order: str | None = None
    settled_at: datetime | None = None
    pay_at: str | None = None

    def done(self, left: int, at: datetime) -> Repayment:
        return replace(self, state=RepaymentState.DONE, left=left, settled_at=at)

    def failed(self, at: datetime) -> Repayment:
        return replace(self, state=RepaymentState.FAILED, settled_at=at)
