"""Whose turn it is, and how long that takes.

The rule, for each call:

1. whoever was sent to this very counter by another;
2. whoever missed his call and came back, once three others were called meanwhile;
3. whoever booked, once the booked time has come, in the order of the times; but after three of them in a row
   somebody without a booking, if one waits;
4. among those without a booking, those with priority first; but after two of them in a row one without, if one waits;
5. whoever booked and came early, when nobody else waits; and whoever came back, if there is nobody else at all.

So while somebody ordinary waits, of any twelve calls of 3 and 4 one at least is an ordinary one: priority is felt, and
starves nobody. Within a lane the earlier rank goes first, always.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.domains.appointments.hall.queues.model import Lane, Line, Queue
from app.domains.appointments.hall.tickets.model import Ticket

BOOKED_IN_ROW = 3
PRIORITY_IN_ROW = 2
# From so many people ahead on it is told that the turn is near: "you are next but two".
NEAR = 2
_LEAST_SAMPLE = 3
_LEAST_LEFT = 0.25
_HOUR = 3600
# Waves of people pass, and the rule of turns bounds who is overtaken: by this much the estimates of simulated days are
# neither too long nor too short on the whole (`benchmarks/queue.py`).
_MOST_OVERTAKEN = 0.25
_ABOVE = {Lane.BOOKED: (), Lane.PRIORITY: (Lane.BOOKED,), Lane.ORDINARY: (Lane.BOOKED, Lane.PRIORITY)}


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a line moves. `seconds` is the mean time at the counter in the last hour (None: too little is known),
    `busy` how long each counter at work has been at it, `idle` how many others are open. A counter that is open for
    several queues gives each a part of its time: `share` is what this one gets of it all. `came`: how many came to each
    lane in the last hour: those who will yet come and go before are part of a wait.
    """

    seconds: float | None = None
    busy: tuple[float, ...] = ()
    idle: int = 0
    share: float = 1.0
    came: Mapping[Lane, int] = field(default_factory=dict)

    @classmethod
    def measured(
        cls,
        took: Sequence[timedelta],
        busy: Iterable[float] = (),
        idle: int = 0,
        share: float = 1.0,
        came: Iterable[Lane] = (),
    ) -> Pace:
        known = len(took) >= _LEAST_SAMPLE
        mean = sum(one.total_seconds() for one in took) / len(took) if known else None
        return cls(mean, tuple(busy), idle, share, Counter(came))

    @property
    def counters(self) -> int:
        return len(self.busy) + self.idle

    @property
    def step(self) -> timedelta:
        """From one call of the line to the next, as far as known."""
        if self.seconds is None or not self.counters:
            return timedelta()
        return timedelta(seconds=self.seconds / (self.counters * self.share))

    def wait(self, ahead: int, lane: Lane = Lane.BOOKED) -> int | None:
        """Seconds until the call of whoever has so many ahead; None when nothing honest can be said."""
        if self.seconds is None or not self.counters:
            return None
        each = self.seconds / self.share
        # Somebody who has been at the counter for longer than most takes a while yet, nobody knows how long.
        free = [max(each - gone, each * _LEAST_LEFT) for gone in self.busy] + [0.0] * self.idle
        heapq.heapify(free)
        for _ in range(ahead):
            heapq.heappush(free, heapq.heappop(free) + each)
        return round(free[0] / (1 - self._overtaken(lane)))

    def _overtaken(self, lane: Lane) -> float:
        """What part of all calls goes to people who come later and are called before (as in a queue with priorities:
        the wait of a class is stretched by 1 / (1 - load of the classes above it)).
        """
        above = sum(self.came.get(one, 0) for one in _ABOVE[lane])
        capacity = self.counters * self.share * _HOUR / self.seconds if self.seconds else 0.0
        return min(above / capacity, _MOST_OVERTAKEN) if capacity else 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One call: who, and how the line stands after it."""

    ticket: Ticket
    line: Line


class Waiting:
    """Those who wait in a line, each lane by rank."""

    def __init__(self, tickets: Iterable[Ticket]) -> None:
        self._bound: list[Ticket] = []
        self._back: deque[Ticket] = deque()
        self._lanes: dict[Lane, deque[Ticket]] = {lane: deque() for lane in Lane}
        for one in sorted(tickets, key=_rank):
            self._place(one)

    def _place(self, ticket: Ticket) -> None:
        if ticket.bound_to is not None:
            self._bound.append(ticket)
        elif ticket.resume_at is not None:
            self._back.append(ticket)
        else:
            self._lanes[ticket.lane].append(ticket)

    def call(self, line: Line, at: datetime, counter: str | None = None) -> Turn | None:
        """Take out who is called now, by this counter; None when nobody waits (for it)."""
        bound = next((one for one in self._bound if one.bound_to == counter), None)
        if bound is not None:
            self._bound.remove(bound)
            return Turn(bound, replace(line, calls=line.calls + 1))
        if self._back and (line.calls >= (self._back[0].resume_at or 0) or not any(self._lanes.values())):
            return Turn(self._back.popleft(), replace(line, calls=line.calls + 1))
        lane = self._next_lane(line, at)
        return None if lane is None else self._from(lane, line)

    def in_order(self, line: Line, at: datetime, step: timedelta = timedelta()) -> Iterator[Ticket]:
        """Take out all, in the order in which they are called if nobody else comes and one is called each `step`."""
        yield from self._bound  # each is the next of its counter
        self._bound.clear()
        while (turn := self.call(line, at)) is not None:
            yield turn.ticket
            line, at = turn.line, at + step

    def _next_lane(self, line: Line, at: datetime) -> Lane | None:
        booked, walk_in = self._lanes[Lane.BOOKED], self._walk_in_lane(line)
        if not booked:
            return walk_in
        goes_first = booked[0].rank <= at and line.booked_row < BOOKED_IN_ROW
        return Lane.BOOKED if walk_in is None or goes_first else walk_in

    def _walk_in_lane(self, line: Line) -> Lane | None:
        ordinary = self._lanes[Lane.ORDINARY]
        if self._lanes[Lane.PRIORITY] and (not ordinary or line.priority_row < PRIORITY_IN_ROW):
            return Lane.PRIORITY
        return Lane.ORDINARY if ordinary else None

    def _from(self, lane: Lane, line: Line) -> Turn:
        ordinary = bool(self._lanes[Lane.ORDINARY])
        walk_ins = ordinary or bool(self._lanes[Lane.PRIORITY])
        ticket, moved = self._lanes[lane].popleft(), replace(line, calls=line.calls + 1)
        match lane:
            case Lane.BOOKED:
                return Turn(ticket, replace(moved, booked_row=line.booked_row + 1 if walk_ins else 0))
            case Lane.PRIORITY:
                return Turn(ticket, replace(moved, booked_row=0, priority_row=line.priority_row + 1 if ordinary else 0))
            case Lane.ORDINARY:
                return Turn(ticket, replace(moved, booked_row=0, priority_row=0))


def ahead_by_lane(order: Sequence[Ticket], ticket: str) -> dict[Lane, int]:
    """Why one stands where one stands: who goes before, by lane."""
    counts = dict.fromkeys(Lane, 0)
    for one in order:
        if one.id == ticket:
            break
        counts[one.lane] += 1
    return counts


def _rank(ticket: Ticket) -> tuple[datetime, str]:
    return ticket.rank, ticket.number


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: how many go before, in which lanes, and how many seconds it takes as far as known."""

    ahead: int
    by_lane: dict[Lane, int]
    wait: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A line at a moment: who is called in which order, who is at a counter, how fast it moves."""

    queue: Queue
    line: Line
    order: tuple[Ticket, ...]
    called: tuple[Ticket, ...]
    pace: Pace
    at: datetime

    @property
    def waiting(self) -> int:
        return len(self.order)

    @property
    def wait(self) -> int | None:
        """For who would take an ordinary number now, seconds."""
        return self.pace.wait(self.waiting, Lane.ORDINARY)

    def place(self, ticket: str) -> Place | None:
        """None for who does not wait in it."""
        ahead = next((n for n, one in enumerate(self.order) if one.id == ticket), None)
        if ahead is None:
            return None
        wait = self.pace.wait(ahead, self.order[ahead].lane)
        return Place(ahead, ahead_by_lane(self.order, ticket), wait)

    def if_taken(self, ticket: Ticket) -> Place:
        """Where this ticket would stand."""
        waiting = Waiting([*self.order, ticket])
        order = tuple(waiting.in_order(self.line, self.at, self.pace.step))
        ahead = next(n for n, one in enumerate(order) if one.id == ticket.id)
        return Place(ahead, ahead_by_lane(order, ticket.id), self.pace.wait(ahead, ticket.lane))
