"""A hand-over: an application that a department handles in a system of its own, and what that system says of it.

pending ── the department took it ──> taken ── its last step was applied here ──> settled
pending ── it does not take it ──> refused: ops see it, and have it asked again
taken ── it says a step that cannot be ──> apart: likewise
any of these ── withdrawn by the applicant, and the department knows ──> settled

What we have to tell the department are errands, told in order and each under an idempotency key of its own. What it
tells us are steps, numbered from 1 on by the department: pushed or asked for, kept once, and applied in that order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class HandoverState(StrEnum):
    PENDING = "pending"
    TAKEN = "taken"
    REFUSED = "refused"
    APART = "apart"
    SETTLED = "settled"


class Step(StrEnum):
    """What a department's system can say has happened to an application."""

    ACCEPTED = "accepted"
    RETURNED = "returned"  # for correction: `points` say what is to be mended
    REFUSED = "refused"
    IN_REVIEW = "in_review"
    GRANTED = "granted"
    REJECTED = "rejected"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"

    @property
    def last(self) -> bool:
        return self in _LAST

    @property
    def decisive(self) -> bool:
        """Whether somebody must know of it who holds the matter for over."""
        return self in _DECISIVE


_LAST = frozenset({Step.REFUSED, Step.REJECTED, Step.DELIVERED, Step.WITHDRAWN})
_DECISIVE = frozenset({Step.GRANTED, Step.REJECTED, Step.DELIVERED})
SUBMIT, WITHDRAW = "submit", "withdraw"
_ANSWER = "answer-"


def answer_errand(round_: int) -> str:
    """The errand that brings what the applicant has mended the `round_`th time."""
    return f"{_ANSWER}{round_}"


@dataclass(frozen=True, slots=True)
class News:
    """One step as the department tells it. `reason`, `remedy` (how to appeal) and `points` are for the applicant."""

    number: str
    seq: int
    step: Step
    at: datetime
    reason: str | None = None
    remedy: str | None = None
    points: tuple[str, ...] = ()


class Taken(StrEnum):
    """What became of a step here."""

    APPLIED = "applied"
    ALREADY = "already"  # it was so before: a repeat
    IMPOSSIBLE = "impossible"  # the application cannot go there from where it is


@dataclass(frozen=True, slots=True)
class Submission:
    """What a department is told of an application: all that the applicant handed in, and nothing else of him."""

    number: str
    item: str
    version: int
    unit: str
    submitted_at: datetime
    applicant: Mapping[str, str]
    answers: Mapping[str, Any]
    materials: Sequence[Mapping[str, Any]] = ()

    def body(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "item": self.item,
            "version": self.version,
            "unit": self.unit,
            "submitted_at": self.submitted_at.isoformat(),
            "applicant": dict(self.applicant),
            "answers": dict(self.answers),
            "materials": [dict(one) for one in self.materials],
        }


@dataclass(frozen=True, slots=True)
class Handover:
    """`number` is the application's. `seq` is the last step that was applied here, `attempt` how often the first of
    the errands (`todo`) was begun, and `fault` why it came to nothing.
    """

    number: str
    citizen: str
    item: str
    unit: str
    system: str
    made_at: datetime
    state: HandoverState = HandoverState.PENDING
    todo: tuple[str, ...] = (SUBMIT,)
    seq: int = 0
    attempt: int = 0
    reference: str | None = None
    fault: str | None = None
    taken_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state is not HandoverState.SETTLED

    def with_errand(self, errand: str) -> Handover:
        """One more to tell; withdrawing leaves out what was not told yet, but for the submission it withdraws."""
        if not self.open or errand in self.todo:
            return self
        kept = tuple(one for one in self.todo if errand != WITHDRAW or one == SUBMIT)
        return replace(self, todo=(*kept, errand), attempt=self.attempt if kept == self.todo and kept else 0)

    def told(self, errand: str, reference: str | None, at: datetime) -> Handover:
        """The department has it."""
        todo = tuple(one for one in self.todo if one != errand)
        known = replace(
            self, todo=todo, attempt=0, fault=None, reference=reference or self.reference, taken_at=self.taken_at or at
        )
        if errand == WITHDRAW:
            return replace(known, state=HandoverState.SETTLED, settled_at=at)
        return replace(known, state=HandoverState.TAKEN)

    def applied(self, news: News, at: datetime) -> Handover:
        """The next step is true here too."""
        moved = replace(self, seq=news.seq, state=HandoverState.TAKEN, taken_at=self.taken_at or at, fault=None)
        # Whatever was still to be told is without an object when the matter is over there.
        over = news.step.last
        return replace(moved, todo=(), state=HandoverState.SETTLED, settled_at=at) if over else moved

    def lost(self) -> Handover:
        """The department does not know it any more: told from the start, after a wait when an errand was begun."""
        todo = (SUBMIT, *(e for e in self.todo if e != SUBMIT))
        return replace(self, state=HandoverState.PENDING, todo=todo, fault=None)

    def asked_again(self) -> Handover:
        """As if nothing had been refused: told when it was not taken yet, asked otherwise."""
        if self.state not in (HandoverState.REFUSED, HandoverState.APART):
            return self
        state = HandoverState.PENDING if SUBMIT in self.todo else HandoverState.TAKEN
        return replace(self, state=state, fault=None)

    def passing_over(self) -> Handover:
        """The step that cannot be is left out."""
        return replace(self, state=HandoverState.TAKEN, seq=self.seq + 1)


class Kind(StrEnum):
    """In what we and a department differ."""

    LOST_THERE = "lost_there"  # taken once, and not known there any more
    UNKNOWN_HERE = "unknown_here"  # they speak of a number that was never handed to them
    STATES_APART = "states_apart"  # they say a step that cannot be
    REFUSED = "refused"  # they do not take it
    UNREACHED = "unreached"  # for hours nothing could be told
    CONTRADICTED = "contradicted"  # two different steps under one number


@dataclass(frozen=True, slots=True)
class Difference:
    """`settled_by`: who put it right, a member of staff or `reconciling`; `how` in a word."""

    system: str
    number: str
    kind: Kind
    found_at: datetime
    said: str = ""
    settled_at: datetime | None = None
    settled_by: str | None = None
    how: str | None = None

    @property
    def id(self) -> str:
        return difference_id(self.system, self.number, self.kind)


def difference_id(system: str, number: str, kind: Kind) -> str:
    return f"{system}:{number}:{kind.value}"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the waits are. `faster` divides them all: tests of bad hours do not take hours."""

    faster: float = 1.0

    def backoff(self, attempt: int) -> timedelta:
        """After the first failure 5 s, then twice as long each time, five minutes at most."""
        return timedelta(seconds=min(5.0 * 2 ** min(attempt - 1, 10), 300.0) / self.faster)

    def ask_after(self, age: timedelta) -> timedelta:
        """How long until a department that says nothing is asked: a tenth of how long it has had the matter, from a
        minute to six hours."""
        tenth = age * self.faster / 10
        return min(max(tenth, timedelta(minutes=1)), timedelta(hours=6)) / self.faster

    @property
    def unreached_after(self) -> timedelta:
        return timedelta(hours=4) / self.faster
