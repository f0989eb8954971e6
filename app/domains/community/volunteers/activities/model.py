"""An activity, and a place in it.

draft ──> published ── its time comes ──> running ── is over ──> ended ── hours confirmed ──> settled
   └──────────┴──> cancelled (until it ends)      └─ or the organiser ends it ─┘

That it runs or has ended is not written anywhere: the clock says so. Who signs up for what is full waits in line, and
is told when a place comes free for him.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.places.model import Point
from app.core.said import Said
from app.domains.community.volunteers.activities.errors import ActivityInvalid, ActivityNotOpen

OPENS_BEFORE = timedelta(hours=1)
"""Before its start one can check in."""
CLOSES_AFTER = timedelta(hours=2)
"""After its end one can still check out."""
MOST_PLACES, MOST_POINTS = 2_000, 100
_WITHIN = range(20, 1_001)  # metres
_LONGEST, _SHORTEST = timedelta(hours=24), timedelta(minutes=15)
_TITLE, _WORDS, _ADDRESS = 60, 2_000, 100


class ActivityState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RUNNING = "running"
    ENDED = "ended"
    SETTLED = "settled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Span:
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organiser writes. `within`: how near, in metres, somebody is who is there. `points` an hour. `route`:
    of the patrol, where it goes along one.
    """

    group: str
    title: Said
    words: Said
    point: Point
    address: str
    span: Span
    places: int
    within: int = 150
    points: int = 0
    route: str = ""

    def checked(self) -> Terms:
        """Raises ActivityInvalid."""
        _demand(2 <= len(self.title.zh.strip()) <= _TITLE and len(self.title.en) <= 2 * _TITLE, "title")
        _demand(2 <= len(self.words.zh.strip()) <= _WORDS and len(self.words.en) <= 2 * _WORDS, "words")
        _demand(2 <= len(self.address.strip()) <= _ADDRESS and self.address.isprintable(), "address")
        _demand(_SHORTEST <= self.span.ends_at - self.span.starts_at <= _LONGEST, "endsAt")
        _demand(1 <= self.places <= MOST_PLACES, "places")
        _demand(self.within in _WITHIN, "within")
        _demand(0 <= self.points <= MOST_POINTS, "points")
        return self

    def elsewhere(self, other: Terms) -> bool:
        """Whether one would come at another time, or to another place."""
        return (self.span, self.point, self.address) != (other.span, other.point, other.address)


@dataclass(frozen=True, slots=True)
class Activity:
    """`taken` places have somebody, so many are `waiting` for one."""

    id: str
    organisation: str
    terms: Terms
    state: ActivityState
    made_at: datetime
    taken: int = 0
    waiting: int = 0
    test: bool = False
    rev: int = 1

    @property
    def opens_at(self) -> datetime:
        return self.terms.span.starts_at - OPENS_BEFORE

    @property
    def closes_at(self) -> datetime:
        return self.terms.span.ends_at + CLOSES_AFTER

    @property
    def most_waiting(self) -> int:
        """As many again as there are places, and ten at least."""
        return max(10, self.terms.places)

    def state_on(self, now: datetime) -> ActivityState:
        if self.state is not ActivityState.PUBLISHED or now < self.terms.span.starts_at:
            return self.state
        return ActivityState.RUNNING if now < self.terms.span.ends_at else ActivityState.ENDED

    def demand(self, now: datetime, *states: ActivityState) -> None:
        """Raises ActivityNotOpen."""
        if (state := self.state_on(now)) not in states:
            raise ActivityNotOpen(state.value)

    def with_terms(self, terms: Terms, now: datetime) -> Activity:
        """Other terms, before it starts; never fewer places than are taken. Raises ActivityNotOpen, ActivityInvalid."""
        self.demand(now, ActivityState.DRAFT, ActivityState.PUBLISHED)
        _demand(terms.places >= self.taken, "places")
        _demand(self.state is ActivityState.DRAFT or terms.span.starts_at > now, "startsAt")
        return replace(self, terms=terms, rev=self.rev + 1)

    def published(self, now: datetime) -> Activity:
        """Raises ActivityNotOpen, ActivityInvalid (its time is over)."""
        self.demand(now, ActivityState.DRAFT)
        _demand(self.terms.span.ends_at > now, "endsAt")
        return replace(self, state=ActivityState.PUBLISHED, rev=self.rev + 1)

    def cancelled(self, now: datetime) -> Activity:
        """Raises ActivityNotOpen."""
        self.demand(now, ActivityState.DRAFT, ActivityState.PUBLISHED, ActivityState.RUNNING)
        return replace(self, state=ActivityState.CANCELLED, rev=self.rev + 1)

    def ended(self, now: datetime) -> Activity:
        """Before its time: nobody's minutes go beyond. Raises ActivityNotOpen."""
        self.demand(now, ActivityState.RUNNING)
        terms = replace(self.terms, span=Span(self.terms.span.starts_at, now))
        return replace(self, terms=terms, rev=self.rev + 1)

    def settled(self, now: datetime) -> Activity:
        """Raises ActivityNotOpen."""
        self.demand(now, ActivityState.ENDED)
        return replace(self, state=ActivityState.SETTLED, rev=self.rev + 1)


class SignUpState(StrEnum):
    SIGNED_UP = "signed_up"
    WAITING = "waiting"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class SignUp:
    """`turn` orders those who wait, and what a citizen signed up for. `promoted_at`: when a place came free for him."""

    activity: str
    citizen: str
    organisation: str
    state: SignUpState
    turn: str
    at: datetime
    promoted_at: datetime | None = None

    @property
    def id(self) -> str:
        return sign_up_id(self.activity, self.citizen)


def sign_up_id(activity: str, citizen: str) -> str:
    return f"{activity}:{citizen}"


def _demand(right: bool, field: str) -> None:
    if not right:
        raise ActivityInvalid(field)
