"""Ratings and call-backs: solved or not, five grades, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

RATED_WITHIN = timedelta(days=7)
"""Without a word for so long after the reply, a case is closed as unconfirmed, and counted so."""
MOST_CALLS = 3
"""Of the centre, for each handling: three in vain are enough."""
CONTENT_FROM = 3  # of 1 (very dissatisfied) to 5 (very satisfied)


@dataclass(frozen=True, slots=True)
class CaseRating:
    """`grade`: 1 to 5. `round`: which handling of the case it is about, from 1. `by` the citizen, or the seat that
    called him.
    """

    solved: bool
    grade: int
    at: datetime
    by: str
    round: int
    reason: str | None = None

    @property
    def content(self) -> bool:
        return self.solved and self.grade >= CONTENT_FROM


@dataclass(frozen=True, slots=True)
class CallBack:
    """`reached`: somebody answered."""

    at: datetime
    by: str
    reached: bool
    words: str | None = None
