"""How good the estimates of waiting are: simulated days at a hall, with the rule of turns and the pace as they run.

People come in two waves, some by booking, some with priority; service times are lognormal; counters open and close
over the day, one of them for lunch. What each person is told when he draws his number is held against what came of it,
and against the plain sum that boards show elsewhere: people ahead × 6 minutes / counters open.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import mean, median

from app.domains.appointments.hall.queues.model import Lane, Line
from app.domains.appointments.hall.tickets.model import Step, TakenBy, Ticket, TicketState
from app.domains.appointments.hall.turns.model import Pace, Waiting

_OPENS = datetime(2026, 11, 23, 1, tzinfo=UTC)
_HOURS = 8
_DAYS = 20
_MEAN_MINUTES = 6.0
_HOUR = timedelta(hours=1)
Row = tuple[str, str, str]


@dataclass
class _Day:
    """One day of one queue. `said` holds (estimate, plain sum, actual) in seconds."""

    random: Random
    line: Line = field(default_factory=lambda: Line("bench:A", "bench", date(2026, 11, 23)))
    waiting: dict[str, Ticket] = field(default_factory=dict)
    told: dict[str, tuple[int | None, float]] = field(default_factory=dict)
    served: list[tuple[datetime, timedelta]] = field(default_factory=list)
    busy: list[tuple[datetime, datetime]] = field(default_factory=list)
    said: list[tuple[int, float, int]] = field(default_factory=list)
    came: list[tuple[datetime, Lane]] = field(default_factory=list)
    unknown: int = 0

    def passes(self) -> None:
        comings = sorted(self._comings())
        minute = timedelta(minutes=1)
        at = _OPENS
        while at < _OPENS + timedelta(hours=_HOURS) or self.waiting:
            while comings and comings[0][0] <= at:
                self._comes(*comings.pop(0)[:2])
            self._works(at)
            at += minute / 6

    def _comings(self) -> list[tuple[datetime, Lane, float]]:
        """Two waves, at half past nine and at half past two."""
        found = []
        for _ in range(self.random.randint(230, 290)):
            wave = self.random.gauss(0.8, 0.7) if self.random.random() < 0.6 else self.random.gauss(5.8, 0.8)
            at = _OPENS + timedelta(hours=min(max(wave, 0.0), _HOURS - 0.6))
            chance = self.random.random()
            lane = Lane.PRIORITY if chance < 0.15 else Lane.BOOKED if chance < 0.35 else Lane.ORDINARY
            found.append((at, lane, self.random.random()))
        return found

    def _comes(self, at: datetime, lane: Lane) -> None:
        self.line = self.line.issuing(Lane.BOOKED, 999)
        number = f"A{self.line.issued:03d}"
        rank = at + timedelta(minutes=self.random.uniform(-10, 20)) if lane is Lane.BOOKED else at
        ticket = Ticket(
            id=number,
            number=number,
            queue="bench:A",
            line=self.line.id,
            venue="bench",
            organisation="bench",
            day=self.line.day,
            citizen=None,
            lane=lane,
            rank=rank,
            taken_at=at,
            taken_by=TakenBy.KIOSK,
            state=TicketState.WAITING,
            history=(Step(TicketState.WAITING, at, "kiosk"),),
        )
        self.waiting[number] = ticket
        self.came.append((at, lane))
        pace, counters = self._pace(at), self._open(at)
        order = Waiting(self.waiting.values()).in_order(self.line, at, pace.step)
        ahead = next(n for n, one in enumerate(order) if one.id == number)
        self.told[number] = pace.wait(ahead, lane), (ahead + 1) * _MEAN_MINUTES * 60 / counters

    def _pace(self, at: datetime) -> Pace:
        took = [length for ended, length in self.served if ended > at - _HOUR]
        busy = [(at - began).total_seconds() for _, began in self.busy]
        came = (lane for taken, lane in self.came if taken > at - _HOUR)
        return Pace.measured(took, busy, max(self._open(at) - len(busy), 0), 1.0, came)

    def _open(self, at: datetime) -> int:
        hour = (at - _OPENS).total_seconds() / 3600
        return 3 if 3 <= hour < 4.5 else 4 if hour < 1 else 5

    def _works(self, at: datetime) -> None:
        while self.busy and self.busy[0][0] <= at:
            ended, began = heapq.heappop(self.busy)
            self.served.append((ended, ended - began))
        while len(self.busy) < self._open(at) and (turn := Waiting(self.waiting.values()).call(self.line, at)):
            self.line = replace(turn.line)
            self._called(self.waiting.pop(turn.ticket.id), at)

    def _called(self, ticket: Ticket, at: datetime) -> None:
        minutes = self.random.lognormvariate(0, 0.6) * _MEAN_MINUTES / 1.197  # the mean of that curve
        heapq.heappush(self.busy, (at + timedelta(minutes=minutes), at))
        estimate, plain = self.told[ticket.id]
        waited = int((at - ticket.taken_at).total_seconds())
        if estimate is None:
            self.unknown += 1
        else:
            self.said.append((estimate, plain, waited))


def waits(seed: int = 7) -> list[Row]:
    """Twenty days, one after the other."""
    days = [_Day(Random(seed + n)) for n in range(_DAYS)]
    for day in days:
        day.passes()
    said = [one for day in days for one in day.said]
    off = [abs(waited - estimate) / 60 for estimate, _, waited in said]
    plain = [(waited - sum_) / 60 for _, sum_, waited in said]
    bias = mean(waited - estimate for estimate, _, waited in said) / 60
    waited = [one[2] / 60 for one in said]
    share = sum(day.unknown for day in days) / (len(said) + sum(day.unknown for day in days))
    error = f"{median(off):.1f} min of a median wait of {median(waited):.1f} (bias {bias:+.1f})"
    return [
        (f"estimated wait, {len(said):,} people on {_DAYS} days: median error", error, "≤ a third of the wait"),
        (
            "the same by people ahead × 6 min / counters",
            f"{median(map(abs, plain)):.1f} min (bias {mean(plain):+.1f})",
            "",
        ),
        ("told honestly that it is not known", f"{share:.1%}", ""),
    ]
