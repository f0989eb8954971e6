"""An appeal against a score, or one factor of it.

open ── what was counted is put right at its source: counted again ──> recounted
open ── the desk grants points for a time ──> adjusted
open ── refused, with the reason ──> refused        open ── taken back, or credit ends ──> withdrawn
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domains.payment.credit.appeals.errors import CreditAppealInvalid, CreditAppealSettled
from app.domains.payment.credit.rules.model import FactorCode
from app.domains.payment.credit.score.model import Adjustment

MOST_POINTS = 200
_LONGEST = 730  # days


class AppealState(StrEnum):
    OPEN = "open"
    RECOUNTED = "recounted"
    ADJUSTED = "adjusted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Appeal:
    """`score` is what it was against and `after` what came of it. `factor` None: against the whole. `reason` and
    `answer` are None where they are not opened.
    """

    id: str
    citizen: str
    state: AppealState
    at: datetime
    score: int
    factor: FactorCode | None = None
    reason: str | None = None
    answer: str | None = None
    points: int = 0
    until: date | None = None
    after: int | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None

    def settled(self, state: AppealState, answer: str | None, at: datetime, by: str) -> Appeal:
        """Raises CreditAppealSettled."""
        if self.state is not AppealState.OPEN:
            raise CreditAppealSettled
        return replace(self, state=state, answer=answer, settled_at=at, settled_by=by)

    def granted(self, points: int, until: date, today: date) -> tuple[Appeal, Adjustment]:
        """Raises CreditAppealInvalid: some points, never a loss, for two years at most."""
        if not 1 <= points <= MOST_POINTS:
            raise CreditAppealInvalid("points")
        if not 0 < (until - today).days <= _LONGEST:
            raise CreditAppealInvalid("until")
        return replace(self, points=points, until=until), Adjustment(self.id, points, until)


def parsed_text(text: str, field: str) -> str:
    """Raises CreditAppealInvalid."""
    text = text.strip()
    if not 2 <= len(text) <= 500:
        raise CreditAppealInvalid(field)
    return text
