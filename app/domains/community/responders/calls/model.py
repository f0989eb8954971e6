"""A call: what happened and where; and what each who was called says to it.

called ──> going ── is there ──> arrived
   └────> cannot

The centre sees how many were called, and how far they were. Where somebody is it sees from the moment he says that he
comes until the call ends or he gives up; that stands in his ledger of look-ups. His places of the call go with its end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.places.model import Point
from app.domains.community.responders.errors import ResponderCallOver, ResponderInvalid
from app.domains.community.responders.model import FARTHEST
from app.domains.community.volunteers.model import Skill

MOST_CALLED = 50
_WITHIN = range(200, FARTHEST + 1)
_WORDS = 300


class CallKind(StrEnum):
    CARDIAC_ARREST = "cardiac_arrest"
    INJURY = "injury"
    CHOKING = "choking"
    MISSING_PERSON = "missing_person"
    OTHER = "other"


class CallEnd(StrEnum):
    HELPED = "helped"
    TAKEN_OVER = "taken_over"  # the ambulance is there
    FALSE_ALARM = "false_alarm"
    NOBODY_CAME = "nobody_came"


class ReplyState(StrEnum):
    CALLED = "called"
    GOING = "going"
    CANNOT = "cannot"
    ARRIVED = "arrived"


@dataclass(frozen=True, slots=True)
class CallWish:
    """`about` is what it belongs to elsewhere (an emergency's record), `words` say what to look for."""

    kind: CallKind
    point: Point
    address: str
    words: str = ""
    within: int = 1_000
    skills: frozenset[Skill] = frozenset()
    about: str = ""

    def checked(self) -> CallWish:
        """Raises ResponderInvalid."""
        if self.within not in _WITHIN:
            raise ResponderInvalid("within")
        if not 2 <= len(self.address.strip()) <= 100:
            raise ResponderInvalid("address")
        if len(self.words) > _WORDS or len(self.about) > 80:
            raise ResponderInvalid("words")
        return self


@dataclass(frozen=True, slots=True)
class HelpCall:
    """`organisation` is the centre's; `called` so many."""

    id: str
    organisation: str
    wish: CallWish
    by: str
    at: datetime
    called: int = 0
    ended_at: datetime | None = None
    end: CallEnd | None = None
    test: bool = False

    def demand_open(self) -> HelpCall:
        """Raises ResponderCallOver."""
        if self.ended_at is not None:
            raise ResponderCallOver
        return self


@dataclass(frozen=True, slots=True)
class Reply:
    """`metres` from the place when he was called. `point` is where he is, while he comes and the call goes on."""

    call: str
    citizen: str
    metres: int
    at: datetime
    state: ReplyState = ReplyState.CALLED
    said_at: datetime | None = None
    point: Point | None = None
    point_at: datetime | None = None
    rev: int = 1

    @property
    def id(self) -> str:
        return f"{self.call}:{self.citizen}"

    @property
    def comes(self) -> bool:
        return self.state in (ReplyState.GOING, ReplyState.ARRIVED)

    def saying(self, state: ReplyState, point: Point | None, at: datetime) -> Reply:
        """Raises ResponderInvalid: nobody is called by himself, and who comes says where he is."""
        if state is ReplyState.CALLED:
            raise ResponderInvalid("state")
        if state is not ReplyState.CANNOT and point is None and self.point is None:
            raise ResponderInvalid("position")
        if state is ReplyState.CANNOT:
            return replace(self, state=state, said_at=at, point=None, point_at=None, rev=self.rev + 1)
        where, since = (point, at) if point else (self.point, self.point_at)
        return replace(self, state=state, said_at=at, point=where, point_at=since, rev=self.rev + 1)

    def at_place(self, point: Point, at: datetime) -> Reply:
        """Raises ResponderInvalid: he does not come."""
        if not self.comes:
            raise ResponderInvalid("state")
        return replace(self, point=point, point_at=at, rev=self.rev + 1)


@dataclass(frozen=True, slots=True)
class CallNow:
    """A call with what was said to it, the nearest first."""

    call: HelpCall
    replies: tuple[Reply, ...]

    def count(self, state: ReplyState) -> int:
        return sum(one.state is state for one in self.replies)
