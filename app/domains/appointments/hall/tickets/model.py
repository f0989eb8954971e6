"""A number in a queue, and its life.

waiting ── called ──> called ── served ──> served
called ── not there ──> absent ── came back (once) ──> waiting, to be called after three others
called ── transferred ──> waiting, with the same rank, at another counter or in another queue
waiting ── gave up ──> left
waiting, called or absent ── the day is over ──> closed
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domains.appointments.hall.queues.model import Lane
from app.domains.appointments.hall.tickets.errors import AlreadyReturned, TicketNotOpen, TicketOfAnotherDay

# How many are called before one who missed his call and came back.
BEHIND = 3


class TicketState(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    SERVED = "served"
    ABSENT = "absent"
    LEFT = "left"
    CLOSED = "closed"


OPEN = frozenset({TicketState.WAITING, TicketState.CALLED})


class Priority(StrEnum):
    """Why somebody goes before others (military: 军人依法优先; disability and age: 残疾人、老年人优先)."""

    AGE = "age"
    DISABILITY = "disability"
    MILITARY = "military"


class TakenBy(StrEnum):
    PHONE = "phone"
    KIOSK = "kiosk"
    CHECK_IN = "check_in"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a ticket's history. `actor` is who did it, `counter` where."""

    state: TicketState
    at: datetime
    actor: str
    counter: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """`rank` is the time that orders its lane: when it was booked for, or taken. `citizen` is None when it was given
    on paper to somebody without a card. `bound_to` is the one counter that may call it after a transfer, `resume_at`
    the number of the line's calls after which it is called again. `estimate` and `waited` are seconds from the moment
    it was taken: what was said then, and what came of it. `near_told`: that its turn is near was told, or plain.
    """

    id: str
    number: str
    queue: str
    line: str
    venue: str
    organisation: str
    day: date
    citizen: str | None
    lane: Lane
    rank: datetime
    taken_at: datetime
    taken_by: TakenBy
    state: TicketState
    history: tuple[Step, ...]
    priority: Priority | None = None
    service: str | None = None
    booking: str | None = None
    own_number: str | None = None
    counter: str | None = None
    bound_to: str | None = None
    called_at: datetime | None = None
    ended_at: datetime | None = None
    recalls: int = 0
    returned: bool = False
    resume_at: int | None = None
    near_told: bool = False
    estimate: int | None = None
    waited: int | None = None
    test: bool = False

    @property
    def open(self) -> bool:
        return self.state in OPEN

    def demand_of(self, day: date) -> None:
        """Raises TicketOfAnotherDay."""
        if self.day != day:
            raise TicketOfAnotherDay(day=self.day)

    def called(self, counter: str, at: datetime, actor: str) -> Ticket:
        """Raises TicketNotOpen."""
        self._demand(TicketState.WAITING)
        waited = int((at - self.taken_at).total_seconds()) if self.waited is None else self.waited
        moved = self._stepped(TicketState.CALLED, at, actor, counter)
        return replace(
            moved, counter=counter, called_at=at, bound_to=None, resume_at=None, near_told=True, waited=waited
        )

    def recalled(self, at: datetime, actor: str) -> Ticket:
        """Called once more. Raises TicketNotOpen."""
        self._demand(TicketState.CALLED)
        moved = self._stepped(TicketState.CALLED, at, actor, self.counter)
        return replace(moved, recalls=self.recalls + 1)

    def served(self, at: datetime, actor: str) -> Ticket:
        """Raises TicketNotOpen."""
        self._demand(TicketState.CALLED)
        return replace(self._stepped(TicketState.SERVED, at, actor, self.counter), ended_at=at)

    def absent(self, at: datetime, actor: str) -> Ticket:
        """Nobody came to the counter. Raises TicketNotOpen."""
        self._demand(TicketState.CALLED)
        return replace(self._stepped(TicketState.ABSENT, at, actor, self.counter), ended_at=at)

    def came_back(self, calls: int, at: datetime, actor: str) -> Ticket:
        """`calls` were made in the line so far. Raises AlreadyReturned, TicketNotOpen."""
        self._demand(TicketState.ABSENT)
        if self.returned:
            raise AlreadyReturned
        back = self._stepped(TicketState.WAITING, at, actor)
        return replace(back, returned=True, resume_at=calls + BEHIND, counter=None, ended_at=None, near_told=False)

    def sent_to_counter(self, counter: str, at: datetime, actor: str) -> Ticket:
        """The next that this counter calls. Raises TicketNotOpen."""
        self._demand(TicketState.CALLED)
        sent = self._stepped(TicketState.WAITING, at, actor, self.counter)
        return replace(sent, bound_to=counter, counter=None, near_told=False)

    def sent_to_queue(self, queue: str, line: str, at: datetime, actor: str) -> Ticket:
        """Into another queue, as if it had been taken there. Raises TicketNotOpen."""
        self._demand(TicketState.CALLED)
        sent = self._stepped(TicketState.WAITING, at, actor, self.counter)
        return replace(sent, queue=queue, line=line, counter=None, near_told=False)

    def left(self, at: datetime, actor: str) -> Ticket:
        """Raises TicketNotOpen."""
        self._demand(TicketState.WAITING)
        return replace(self._stepped(TicketState.LEFT, at, actor), ended_at=at)

    def closed(self, at: datetime, actor: str) -> Ticket:
        """Raises TicketNotOpen."""
        self._demand(TicketState.WAITING, TicketState.CALLED, TicketState.ABSENT)
        return replace(self._stepped(TicketState.CLOSED, at, actor, self.counter), ended_at=at)

    @property
    def missed(self) -> bool:
        """It was called and nobody came; nor did anybody come back before the day was over."""
        last = next((step.state for step in reversed(self.history) if step.state is not TicketState.CLOSED), None)
        return last is TicketState.ABSENT

    @property
    def took(self) -> timedelta | None:
        """How long it was at the counter."""
        done = self.state is TicketState.SERVED and self.called_at is not None and self.ended_at is not None
        return self.ended_at - self.called_at if done else None  # type: ignore[operator]

    def _demand(self, *among: TicketState) -> None:
        if self.state not in among:
            raise TicketNotOpen(state=self.state.value)

    def _stepped(self, state: TicketState, at: datetime, actor: str, counter: str | None = None) -> Ticket:
        return replace(self, state=state, history=(*self.history, Step(state, at, actor, counter)))


def ticket_id(venue: str, day: date, number: str) -> str:
    """A number is given once at a venue on a day: no two tickets can have the same id."""
    return f"{venue}:{day.isoformat()}:{number}"


def venue_of(ticket: str) -> str:
    """Where a number was given, by its id."""
    return ticket.rsplit(":", 2)[0]
