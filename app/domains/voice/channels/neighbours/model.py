"""A neighbouring city that takes cases by Open311, and a case that went there.

pending ── it took it and said its number ──> taken ── it closed it, and that is true here ──> settled
pending ── it gave a token ──> promised ── the token led to its number ──> taken
pending ── it does not take it ──> refused: the centre sees it, and has it sent again or handles it otherwise
taken ── it listed it in none of three looks in a row (SILENT_LOOKS), or says what cannot be ──> apart: likewise

Here such a case is one of a unit of its own, which stands for that city in the tree of organisations: whoever
dispatches a case to that unit sends it there, and what the city says are the steps of that unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.places.model import Box, Point
from app.core.viewer import Role, Viewer

OVERLAP = timedelta(minutes=10)
"""Asked anew each time: their clock is not ours, and what was changed while they answered may be missing."""


class Wire(StrEnum):
    """In which form it is spoken with."""

    JSON = "json"
    XML = "xml"


class Asking(StrEnum):
    """How it is asked for news."""

    CHANGED = "changed"  # what changed since: `updated_after`, an extension that not every city has
    NUMBERS = "numbers"  # one by one, by their numbers, as the specification has it


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`unit` stands for it here. `services` translate our categories into theirs; `service` is for all others. `boxes`
    are about where it lies. `heard_until`: what it changed up to then is known here.
    """

    code: str
    name: str
    unit: str
    url: str
    service: str
    jurisdiction: str | None = None
    services: Mapping[str, str] = field(default_factory=dict)
    boxes: tuple[Box, ...] = ()
    wire: Wire = Wire.JSON
    asking: Asking = Asking.CHANGED
    suspended: bool = False
    heard_until: datetime | None = None

    def viewer(self, time: int = 1) -> Viewer:
        """As which it acts here. Who handled a case before does not handle it again: each time it is another."""
        return Viewer(role=Role.PROVIDER_CLIENT, actor=f"neighbour:{self.code}:{time}", organisation=self.unit)

    def covers(self, point: Point) -> bool:
        return any(box.holds(point) for box in self.boxes)

    def service_for(self, category: str) -> str:
        return self.services.get(category, self.service)


class SentState(StrEnum):
    PENDING = "pending"
    PROMISED = "promised"
    TAKEN = "taken"
    REFUSED = "refused"
    APART = "apart"
    SETTLED = "settled"


TO_DO = frozenset({SentState.PENDING, SentState.PROMISED})
# It has others of ours and lists none: nobody but they can say whether it has this one.
MAYBE_THERE = "maybe_there"
SILENT_LOOKS = 3  # one list without a number may be an index of theirs that is behind, or a page that fell out
STUCK = frozenset({SentState.REFUSED, SentState.APART})


@dataclass(frozen=True, slots=True)
class SentCase:
    """`time` counts how often it was dispatched there, `attempt` how often this sending was begun; `remote` is its
    number there. `said` is a mark of the newest words that are known here; `silent` in how many looks in a row they did
    not show its number; `fault` why something came to nothing.
    """

    case: str
    number: str
    owner: str
    neighbour: str
    made_at: datetime
    state: SentState = SentState.PENDING
    time: int = 1
    attempt: int = 0
    silent: int = 0
    token: str | None = None
    remote: str | None = None
    said: str | None = None
    fault: str | None = None
    sent_at: datetime | None = None
    heard_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state is not SentState.SETTLED

    @property
    def key(self) -> str:
        """Under which it is sent, each time the same."""
        return f"{self.number}:{self.time}"

    @property
    def mark(self) -> str:
        """Stands in the description there, so that one whose answer was lost is found again."""
        return f"[{self.key}]"

    def anew(self, neighbour: str, at: datetime) -> SentCase:
        """Dispatched there once more; while it is being sent there anyway, that is enough."""
        if self.neighbour == neighbour and self.state in (*TO_DO, SentState.TAKEN):
            return self
        return SentCase(self.case, self.number, self.owner, neighbour, at, time=self.time + 1)

    def again(self) -> SentCase:
        """As if nothing had been refused: asked whether it is there, and sent when it is not. Where that cannot be seen
        (MAYBE_THERE), whoever wants it sent again has asked them.
        """
        if self.state not in STUCK:
            return self
        state = SentState.PENDING if self.remote is None else SentState.TAKEN
        attempt = 0 if self.fault == MAYBE_THERE else self.attempt
        return replace(self, state=state, fault=None, attempt=attempt, silent=0)

    def begun(self) -> SentCase:
        return replace(self, attempt=self.attempt + 1)

    def promised(self, token: str, at: datetime) -> SentCase:
        return replace(self, state=SentState.PROMISED, token=token, attempt=0, fault=None, sent_at=at)

    def taken(self, remote: str, at: datetime) -> SentCase:
        return replace(
            self, state=SentState.TAKEN, remote=remote, attempt=0, fault=None, sent_at=self.sent_at or at, heard_at=at
        )

    def refused(self, why: str) -> SentCase:
        return replace(self, state=SentState.REFUSED, fault=why)

    def unheard(self, why: str | None) -> SentCase:
        return replace(self, fault=why)

    def apart(self, why: str) -> SentCase:
        return replace(self, state=SentState.APART, fault=why)

    def heard(self, said: str | None, at: datetime) -> SentCase:
        return replace(self, said=said, silent=0, heard_at=at, fault=None)

    @property
    def lost_at_this_look(self) -> bool:
        """When one more look does not show it."""
        return self.silent + 1 >= SILENT_LOOKS

    def settled(self, at: datetime, why: str | None = None) -> SentCase:
        return replace(self, state=SentState.SETTLED, settled_at=at, fault=why)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the waits are. `faster` divides them all: tests of bad hours do not take hours."""

    faster: float = 1.0

    def backoff(self, attempt: int) -> timedelta:
        """After the first failure 5 s, then twice as long each time, five minutes at most."""
        return timedelta(seconds=min(5.0 * 2 ** min(max(attempt - 1, 0), 10), 300.0) / self.faster)

    @property
    def between_polls(self) -> timedelta:
        return timedelta(minutes=1) / self.faster
