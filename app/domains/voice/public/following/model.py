"""What ties a citizen to a case that another reported: he supports it, follows it, or has joined it.

Who joined has the same trouble: he is told what happens as its reporter is, and says for himself whether it was
solved. That is counted beside the reporter's word, and never closes or reopens the case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.core.limit import Limit
from app.domains.voice.cases.errors import GradeInvalid
from app.domains.voice.cases.history.model import BEFORE_REPLY, CaseState, Happened
from app.domains.voice.cases.model import Case
from app.domains.voice.public.following.errors import CaseOver, JoinRatedAlready, OwnCase


class Tie(StrEnum):
    SUPPORT = "support"
    FOLLOW = "follow"
    JOIN = "join"


PER_DAY: Final = Limit("case ties", 200, timedelta(days=1))
LONGEST_REASON: Final = 500
# What those who joined and those who follow are told of.
TOLD: Final = frozenset(
    {
        Happened.ACCEPTED,
        Happened.DISPATCHED,
        Happened.ON_SITE,
        Happened.HANDLED,
        Happened.REPLIED,
        Happened.ANSWERED,
        Happened.REFUSED,
        Happened.REOPENED,
        Happened.CLOSED,
    }
)


@dataclass(frozen=True, slots=True)
class JoinRating:
    """`round`: of which handling, from 1."""

    solved: bool
    grade: int
    at: datetime
    round: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Tied:
    """One citizen and one case; `ratings` are of who joined."""

    tie: Tie
    case: str
    citizen: str
    at: datetime
    ratings: tuple[JoinRating, ...] = ()

    def rated(self, solved: bool, grade: int, reason: str | None, case: Case, at: datetime) -> Tied:
        """Raises GradeInvalid, CaseStateWrong (nobody has replied), JoinRatedAlready."""
        if not 1 <= grade <= 5:
            raise GradeInvalid
        case.demand(CaseState.REPLIED, CaseState.CLOSED)
        if any(one.round == case.round for one in self.ratings):
            raise JoinRatedAlready
        return replace(self, ratings=(*self.ratings, JoinRating(solved, grade, at, case.round, reason)))


def demand_tieable(tie: Tie, case: Case, citizen: str) -> None:
    """Nobody cares for his own a second time. Raises OwnCase, CaseOver."""
    if case.citizen == citizen:
        raise OwnCase
    if tie is Tie.JOIN and case.state not in BEFORE_REPLY | {CaseState.HANDLED}:
        raise CaseOver
