"""Whether an answer helped somebody, and how often it did or did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domains.government.answers.ratings.errors import AnswerReasonNotFitting


class Complaint(StrEnum):
    """Why it did not help."""

    NOT_MY_QUESTION = "not_my_question"
    UNCLEAR = "unclear"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Rating:
    """One citizen's word on one version of an entry; he may change it. `complaint` where it did not help."""

    citizen: str
    answer: str
    helpful: bool
    complaint: Complaint | None
    at: datetime

    def __post_init__(self) -> None:
        if self.helpful == (self.complaint is not None):
            raise AnswerReasonNotFitting

    @property
    def id(self) -> str:
        return f"{self.answer}/{self.citizen}"

    def same_as(self, other: Rating | None) -> bool:
        return other is not None and (self.helpful, self.complaint) == (other.helpful, other.complaint)


@dataclass(frozen=True, slots=True)
class Score:
    """Of one version of an entry."""

    helpful: int = 0
    unhelpful: int = 0
    complaints: Mapping[Complaint, int] = field(default_factory=dict)
