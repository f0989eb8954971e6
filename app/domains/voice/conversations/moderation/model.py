"""A matter: one post before those who moderate, from the first doubt to the last word.

waiting (words in doubt, or a proposal) ──┐                    ┌── shown ──> settled
reported (by somebody) ───────────────────┼── looked at ───────┤
appealed (by the author, once) ───────────┘                    └── hidden ──> settled ── appeal ──> appealed

What was written is never changed: a hidden post keeps its words sealed, and can be shown again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.viewer import Viewer
from app.domains.voice.conversations.moderation.errors import (
    AnotherDecides,
    AppealedAlready,
    MatterChanged,
    NothingToAppeal,
    OwnPost,
)

HELD_FROM = 5
"""So many different people report a post: then it is hidden until somebody has looked."""
GROUNDLESS_FROM, GROUNDLESS_WITHIN, SUSPENDED_FOR = 3, timedelta(days=90), timedelta(days=30)


class PostKind(StrEnum):
    THREAD = "thread"
    REPLY = "reply"
    PROPOSAL = "proposal"
    REVIEW = "review"  # of a place of the directory


class Visibility(StrEnum):
    WAITING = "waiting"  # nobody has looked at it yet
    SHOWN = "shown"
    HELD = "held"  # hidden for now, because many reported it
    HIDDEN = "hidden"  # by decision


class MatterState(StrEnum):
    WAITING = "waiting"
    REPORTED = "reported"
    APPEALED = "appealed"
    SETTLED = "settled"


class Reason(StrEnum):
    """Why a post is reported, or hidden."""

    PERSONAL_DATA = "personal_data"
    INSULT = "insult"
    FALSEHOOD = "falsehood"
    ADVERTISING = "advertising"
    ILLEGAL = "illegal"
    REPEATED = "repeated"  # the same again and again
    ELSEWHERE = "elsewhere"  # it belongs into a case, or to another authority
    OTHER = "other"


class Verdict(StrEnum):
    SHOW = "show"
    HIDE = "hide"


@dataclass(frozen=True, slots=True)
class Decision:
    """`words` are told to the author. `on_appeal`: it answers his."""

    verdict: Verdict
    reason: Reason | None
    words: str
    by: str
    at: datetime
    on_appeal: bool = False


@dataclass(frozen=True, slots=True)
class Appeal:
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Matter:
    """`post` is the id of what it is about; `author` wrote it, None once he left the city. `rev` counts changes."""

    kind: PostKind
    post: str
    author: str | None
    state: MatterState
    visibility: Visibility
    since: datetime
    reports: int = 0
    reasons: tuple[Reason, ...] = ()
    decisions: tuple[Decision, ...] = ()
    appeal: Appeal | None = None
    rev: int = 1

    @property
    def id(self) -> str:
        return matter_id(self.kind, self.post)

    def reported(self, reason: Reason, at: datetime) -> Matter:
        """By one more person. What a moderator let stand is looked at anew, and is not hidden by numbers again."""
        reports = self.reports + 1
        judged = any(one.verdict is Verdict.SHOW for one in self.decisions)
        held = reports >= HELD_FROM and not judged and self.visibility is Visibility.SHOWN
        return replace(
            self,
            rev=self.rev + 1,
            reports=reports,
            reasons=tuple(dict.fromkeys((*self.reasons, reason))),
            visibility=Visibility.HELD if held else self.visibility,
            state=MatterState.REPORTED if self.state is MatterState.SETTLED else self.state,
            since=at if self.state is MatterState.SETTLED else self.since,
        )

    def judged(self, verdict: Verdict, reason: Reason | None, words: str, by: Viewer, at: datetime) -> Matter:
        """Raises MatterChanged (it is so already), AnotherDecides."""
        wanted = Visibility.SHOWN if verdict is Verdict.SHOW else Visibility.HIDDEN
        on_appeal = self.state is MatterState.APPEALED
        if self.state is MatterState.SETTLED and self.visibility is wanted:
            raise MatterChanged
        if on_appeal and any(one.by == by.acting() and one.verdict is Verdict.HIDE for one in self.decisions):
            raise AnotherDecides
        decision = Decision(verdict, reason, words, by.acting(), at, on_appeal)
        return replace(
            self,
            rev=self.rev + 1,
            visibility=wanted,
            state=MatterState.SETTLED,
            reports=0,
            reasons=(),
            decisions=(*self.decisions, decision),
        )

    def appealed(self, words: str, by: str, at: datetime) -> Matter:
        """By its author, once, against its being hidden. Raises NothingToAppeal, AppealedAlready."""
        if by != self.author or self.visibility is not Visibility.HIDDEN:
            raise NothingToAppeal
        if self.appeal is not None:
            raise AppealedAlready
        return replace(self, rev=self.rev + 1, state=MatterState.APPEALED, since=at, appeal=Appeal(words, at))

    def again(self, at: datetime) -> Matter:
        """Its author has mended it: it is looked at anew, and may be appealed anew."""
        waiting = {"state": MatterState.WAITING, "visibility": Visibility.WAITING, "since": at, "appeal": None}
        return replace(self, rev=self.rev + 1, **waiting)  # type: ignore[arg-type]

    def left(self) -> Matter:
        """Its author left the city: nobody is told anything, nothing is to be decided."""
        return replace(self, rev=self.rev + 1, author=None, state=MatterState.SETTLED, appeal=None)


@dataclass(frozen=True, slots=True)
class Subject:
    """A post as moderation needs it: who wrote it, how it stands, what it says. `official`: a department did."""

    author: str | None
    name: str
    visibility: Visibility
    words: str
    at: datetime
    official: bool = False

    def demand_reportable(self, by: str) -> None:
        """Raises OwnPost."""
        if self.author == by:
            raise OwnPost


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """What was moderated in a month, for everybody to see. `hidden_for`: by reason."""

    month: str
    reports: int = 0
    hidden: int = 0
    shown: int = 0
    held: int = 0
    appeals: int = 0
    appeals_granted: int = 0
    hidden_for: tuple[tuple[Reason, int], ...] = ()


def matter_id(kind: PostKind, post: str) -> str:
    return f"{kind.value}:{post}"
