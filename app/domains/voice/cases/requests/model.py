"""A unit's request to the centre: it has a reason, one at a time is open, and the centre says yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Ask(StrEnum):
    PAUSE = "pause"
    EXTENSION = "extension"
    RETURN = "return"  # 退单


class Answer(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    LAPSED = "lapsed"  # the case moved on before anybody answered


@dataclass(frozen=True, slots=True)
class UnitRequest:
    """`days`: of an extension, working days (shift hours of an urgent case). `until`: of a pause, its last day.
    `suggested`: of a return, the unit whose matter it is.
    """

    id: str
    ask: Ask
    unit: str
    by: str
    at: datetime
    reason: str
    days: int | None = None
    until: date | None = None
    suggested: str | None = None
    answer: Answer = Answer.PENDING
    answered_by: str | None = None
    answered_at: datetime | None = None
    why: str | None = None

    @property
    def pending(self) -> bool:
        return self.answer is Answer.PENDING
