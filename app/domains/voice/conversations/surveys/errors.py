"""What can stand in the way of a survey.

Outcome
├── SurveyUnknown        no such survey, or nobody may see it yet
├── SurveyNotOpen        it opens at `opens_at` and closes at `closes_at`
├── SurveyAnswered       once a person
├── SurveyNotForYou      it asks other people: `why` is `district` or `age`
├── SurveyAnswersUnfit   `faults` say which question is not answered as it is asked
├── SurveyUnfit          it cannot be held as it is written: `faults` say where
├── SurveyStateWrong     it is in another state: `state` says in which
└── SurveyChanged        it was changed while this was under way: look again
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.errors import Outcome


class SurveyMisfit(StrEnum):
    MISSING = "missing"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    UNKNOWN = "unknown"
    REPEATED = "repeated"
    FORM = "form"
    PERSONAL = "personal"  # a number of somebody's stands in it


@dataclass(frozen=True, slots=True)
class SurveyFault:
    """`at` is a question's key, or the path of a field."""

    at: str
    why: SurveyMisfit


class SurveyUnknown(Outcome):
    pass


@dataclass(eq=False)
class SurveyNotOpen(Outcome):
    opens_at: datetime
    closes_at: datetime


class SurveyAnswered(Outcome):
    pass


@dataclass(eq=False)
class SurveyNotForYou(Outcome):
    why: str


@dataclass(eq=False)
class SurveyAnswersUnfit(Outcome):
    faults: tuple[SurveyFault, ...]


@dataclass(eq=False)
class SurveyUnfit(Outcome):
    faults: tuple[SurveyFault, ...]


@dataclass(eq=False)
class SurveyStateWrong(Outcome):
    state: str


class SurveyChanged(Outcome):
    pass
