"""A credit line and its life. How much is used, held and free stands in the ledger; here stands what was agreed.

open ── something is overdue for more than three days ──> frozen ── it is repaid ──> open
open, frozen ── ended when nothing is owed ──> closed ── agreed to again ──> open
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.money import Money
from app.core.said import Said
from app.domains.payment.credit.line.errors import CreditLimitInvalid

# The version of what is agreed to when a line is opened.
AGREEMENT = 1
AGREEMENT_TEXT = Said(
    "额度按市民信用分给出。次月 20 日还款，先诊疗后付费在扣款后 30 天内还款。不收利息，不收费用，不告诉任何第三方。"
    "逾期超过三天暂停使用，还清即恢复。",
    "The limit follows your score. What you use is due on the 20th of the next month, a treatment 30 days after it was "
    "charged. There is no interest, no fee, and no third party is told. More than three days overdue, the line rests "
    "until that is repaid.",
)


class LineState(StrEnum):
    OPEN = "open"
    FROZEN = "frozen"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class CreditLine:
    """`fen` is the limit in force; `most` is the citizen's own, which it never passes."""

    citizen: str
    state: LineState
    fen: int
    most: int | None
    agreement: int
    opened_at: datetime
    frozen_at: datetime | None = None
    closed_at: datetime | None = None
    rev: int = 1

    def following(self, fen: int) -> CreditLine:
        """The score gives so much now."""
        return self._next(replace(self, fen=within(fen, self.most)))

    def frozen(self, at: datetime) -> CreditLine:
        return self._next(replace(self, state=LineState.FROZEN, frozen_at=at))

    def thawed(self) -> CreditLine:
        return self._next(replace(self, state=LineState.OPEN, frozen_at=None))

    def closed(self, at: datetime) -> CreditLine:
        return self._next(replace(self, state=LineState.CLOSED, fen=0, frozen_at=None, closed_at=at))

    def reopened(self, fen: int, most: int | None, agreement: int, at: datetime) -> CreditLine:
        again = CreditLine(self.citizen, LineState.OPEN, within(fen, most), most, agreement, at)
        return replace(again, rev=self.rev + 1)

    def _next(self, changed: CreditLine) -> CreditLine:
        return replace(changed, rev=self.rev + 1)


def within(fen: int, most: int | None) -> int:
    return fen if most is None else min(fen, most)


def own_limit(most: int | None, fen: int) -> int | None:
    """Raises CreditLimitInvalid: a limit of one's own is not above what the score gives."""
    if most is not None and not 0 < most <= fen:
        raise CreditLimitInvalid(Money(fen))
    return most
