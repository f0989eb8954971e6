"""A question that nobody could answer, or that an answer did not help with: many who asked it are one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.core.said import Said

KEPT: Final = timedelta(days=180)  # after it was asked last


class Why(StrEnum):
    UNANSWERED = "unanswered"
    UNHELPFUL = "unhelpful"


class GapState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an entry that is made of a question begins with; `question` as it is best asked."""

    code: str
    unit: str
    question: str
    body: Said


@dataclass(frozen=True, slots=True)
class Gap:
    """`question` as it was asked first, masked. `answer` is the code of the entry that was made of it."""

    id: str
    question: str
    state: GapState
    count: int
    unanswered: int
    unhelpful: int
    first_at: datetime
    last_at: datetime
    answer: str | None = None
    settled_by: str | None = None

    @property
    def rank(self) -> str:
        """By how often it was asked, then by id: the cursor of lists."""
        return f"{self.count}/{self.id}"
