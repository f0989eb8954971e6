"""Queues of a venue, and how each stands on one day.

A queue has a letter; who comes gets a number behind it (A001), counted anew each day. The id of a queue is its venue
and its letter, so that saving twice is saving once; the id of its day (`Line`) is both and the day, so that a number
can be given once only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.core.said import Said
from app.domains.appointments.hall.queues.errors import QueueClosed, QueueFull, QueueInvalid

_EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
MOST_NUMBERS = 999


class Lane(StrEnum):
    """How somebody stands in a queue: by the time he booked, before others by law, or as he came."""

    BOOKED = "booked"
    PRIORITY = "priority"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Hours:
    """When numbers are given, by the city's clock; `days` are weekdays, Monday is 1."""

    opens: time = time(9)
    closes: time = time(17)
    days: tuple[int, ...] = _EVERY_DAY

    def cover(self, at: datetime) -> bool:
        here = at.astimezone(CITY_TIME)
        return here.isoweekday() in self.days and self.opens <= here.time() < self.closes

    def over(self, at: datetime) -> bool:
        """Whether the day's hours are behind us (or there are none today)."""
        here = at.astimezone(CITY_TIME)
        return here.isoweekday() not in self.days or here.time() >= self.closes


@dataclass(frozen=True, slots=True)
class Queue:
    """`services` are those that it is for. `quota`: walk-in numbers a day. From `priority_age` on one goes before."""

    venue: str
    organisation: str
    letter: str
    name: Said
    services: tuple[str, ...] = ()
    hours: Hours = Hours()
    quota: int = 300
    priority_age: int = 60
    test: bool = False
    active: bool = True

    def __post_init__(self) -> None:
        """Raises QueueInvalid."""
        wrong = {
            "letter": not re.fullmatch("[A-Z]", self.letter),
            "name": not 1 <= len(self.name.zh.strip()) <= 40 or len(self.name.en) > 80,
            "hours": self.hours.opens >= self.hours.closes or not set(self.hours.days) <= set(_EVERY_DAY),
            "quota": not 1 <= self.quota <= MOST_NUMBERS,
            "priority_age": not 50 <= self.priority_age <= 100,
        }
        if field := next((name for name, is_wrong in wrong.items() if is_wrong), None):
            raise QueueInvalid(field)

    @property
    def id(self) -> str:
        return queue_id(self.venue, self.letter)

    def line_on(self, day: date) -> Line:
        """A day on which nobody has come yet."""
        return Line(self.id, self.venue, day)

    def demand_open(self, line: Line, at: datetime) -> None:
        """Raises QueueClosed."""
        if not self.active or line.closed or not self.hours.cover(at):
            raise QueueClosed(opens=f"{self.hours.opens:%H:%M}", closes=f"{self.hours.closes:%H:%M}")


def queue_id(venue: str, letter: str) -> str:
    return f"{venue}:{letter}"


@dataclass(frozen=True, slots=True)
class Line:
    """A queue on one day. `issued` numbers were given, `walk_ins` of them without a booking; `calls` were made.

    `booked_row` and `priority_row` count calls in a row that went before others who waited (see `turns`). Each change
    of anything in the line makes a new `version`: two counters never work with the same one.
    """

    queue: str
    venue: str
    day: date
    issued: int = 0
    walk_ins: int = 0
    calls: int = 0
    booked_row: int = 0
    priority_row: int = 0
    closed: bool = False
    version: int = 0

    @property
    def id(self) -> str:
        return line_id(self.queue, self.day)

    @property
    def letter(self) -> str:
        return self.queue.rpartition(":")[2]

    @property
    def next_number(self) -> str:
        return f"{self.letter}{self.issued + 1:03d}"

    def issuing(self, lane: Lane, quota: int) -> Line:
        """After one more number. Raises QueueFull (whoever booked always gets one)."""
        walks_in = lane is not Lane.BOOKED
        if walks_in and self.walk_ins >= quota:
            raise QueueFull(quota=quota)
        return replace(self, issued=self.issued + 1, walk_ins=self.walk_ins + walks_in)

    def shut(self, closed: bool) -> Line:
        return replace(self, closed=closed)


def line_id(queue: str, day: date) -> str:
    return f"{queue}:{day.isoformat()}"
