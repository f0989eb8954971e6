"""A due: what one use of the line cost, and by which day it is repaid.

What is repaid goes to what is due first. No interest and no fee is ever added: a due only shrinks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.clock import civil_day
from app.domains.payment.credit.rules.model import Share

DAY_OF_MONTH = 20
AFTER_A_TREATMENT = timedelta(days=30)
# Days before the due day on which one is reminded; never at night, as the topic's messages are.
REMINDED = (7, 3, 0)
# Days past the due day after which the line rests.
PATIENCE = timedelta(days=3)


class DueKind(StrEnum):
    PAYMENT = "payment"
    TREATMENT = "treatment"


@dataclass(frozen=True, slots=True)
class Due:
    """`about` is the payment it came of, `payee` the code of whom it was paid to. `given_back` was refunded and is owed
    no more. `reminded` is the fewest days before its day at which it was reminded of (-1: when it was overdue).
    """

    id: str
    citizen: str
    kind: DueKind
    about: str
    payee: str
    fen: int
    day: date
    at: datetime
    repaid: int = 0
    given_back: int = 0
    settled_at: datetime | None = None
    reminded: int | None = None

    @property
    def owed(self) -> int:
        return self.fen - self.repaid - self.given_back

    @property
    def settled(self) -> bool:
        return self.owed == 0

    def overdue(self, today: date) -> bool:
        return not self.settled and self.day < today

    def freezes(self, today: date) -> bool:
        """Whether it is overdue for longer than is waited."""
        return not self.settled and self.day + PATIENCE < today

    def less(self, fen: int, at: datetime, *, refund: bool = False) -> Due:
        """With so much of it repaid, or refunded. Raises ValueError: a caller's mistake."""
        if not 0 < fen <= self.owed:
            raise ValueError("not more than is owed is taken off a due")
        now = replace(self, given_back=self.given_back + fen) if refund else replace(self, repaid=self.repaid + fen)
        return replace(now, settled_at=at) if now.settled else now

    def on_time(self, today: date) -> bool | None:
        """Repaid by its day or not; None while that is open, or when all of it was refunded."""
        if self.given_back == self.fen:
            return None
        if self.settled_at is not None:
            return civil_day(self.settled_at) <= self.day
        return None if self.day >= today else False


def due_day(kind: DueKind, today: date) -> date:
    """The 20th of the next month, or thirty days after a treatment."""
    if kind is DueKind.TREATMENT:
        return today + AFTER_A_TREATMENT
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    return date(year, month, DAY_OF_MONTH)


def shared_out(dues: Sequence[Due], fen: int, at: datetime) -> list[tuple[Due, Due]]:
    """Which dues so much repays, each as it was and as it is then: what is due first goes first. Raises ValueError
    when it is more than is owed.
    """
    changed, left = [], fen
    for due in sorted(dues, key=lambda one: (one.day, one.id)):
        if part := min(left, due.owed):
            changed.append((due, due.less(part, at)))
            left -= part
    if left:
        raise ValueError("more than is owed")
    return changed


def counted(dues: Iterable[Due], today: date) -> Share:
    """How many were repaid on time, and how many were not."""
    known = [due.on_time(today) for due in dues]
    return Share(known.count(True), known.count(False))
