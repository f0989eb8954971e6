"""A resource's week and the days that differ from it; what times come of it. All times are the city's.

A day's windows, in this order: an exception for the resource, one for its venue, the week. On a public holiday there
are none (unless the venue works on holidays); a weekend that is worked to make up for one has Monday's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Protocol

from app.core.clock import CITY_TIME
from app.core.said import UNSAID, Said
from app.domains.appointments.times.schedules.errors import ReleaseInvalid, WindowInvalid, WindowsOverlap

MONDAY, SATURDAY = 1, 6
MOST_DAYS = 60


class WorkingCalendar(Protocol):
    """The city's calendar of working days, with public holidays and weekends worked to make up for them."""

    def is_working(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Window:
    """`weekday` 1 is Monday. Slots of `minutes` from `opens` on, each with `seats` to book; `walk_in` more are kept for
    those who come without an appointment.
    """

    weekday: int
    opens: time
    closes: time
    minutes: int
    seats: int = 1
    walk_in: int = 0

    def __post_init__(self) -> None:
        """Raises WindowInvalid."""
        length = _minutes(self.closes) - _minutes(self.opens)
        sizes = 5 <= self.minutes <= 240 and 1 <= self.seats <= 50 and 0 <= self.walk_in <= 50
        if not (1 <= self.weekday <= 7 and sizes and length >= self.minutes):
            raise WindowInvalid(weekday=self.weekday)

    def starts(self) -> Iterator[time]:
        last = _minutes(self.closes) - self.minutes
        for minute in range(_minutes(self.opens), last + 1, self.minutes):
            yield time(minute // 60, minute % 60)


@dataclass(frozen=True, slots=True)
class Release:
    """A day's times are given out so many days before, at that time."""

    days: int = 7
    at: time = time(8)

    def __post_init__(self) -> None:
        """Raises ReleaseInvalid."""
        if not 0 <= self.days <= MOST_DAYS:
            raise ReleaseInvalid

    def moment(self, day: date) -> datetime:
        return moment(day - timedelta(days=self.days), self.at)


@dataclass(frozen=True, slots=True)
class Schedule:
    """`numbered`: each slot has a number of the house's own, counted through the morning and the afternoon."""

    resource: str
    windows: tuple[Window, ...]
    release: Release = field(default_factory=Release)
    numbered: bool = False
    version: int = 0

    def __post_init__(self) -> None:
        """Raises WindowsOverlap."""
        for one, other in pairwise(sorted(self.windows, key=lambda window: (window.weekday, window.opens))):
            if one.weekday == other.weekday and other.opens < one.closes:
                raise WindowsOverlap(weekday=one.weekday)

    def windows_of(self, weekday: int) -> tuple[Window, ...]:
        return tuple(window for window in self.windows if window.weekday == weekday)


@dataclass(frozen=True, slots=True)
class DayException:
    """A day that differs: other windows (whatever weekday they name), or none: closed. `scope` is a resource or a
    venue. `settled`: those who were booked into what is closed have been moved or told.
    """

    scope: str
    day: date
    windows: tuple[Window, ...] = ()
    reason: Said = UNSAID
    move: bool = False
    settled: bool = False

    @property
    def id(self) -> str:
        return f"{self.scope}/{self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class SlotTime:
    """One slot of a day. `number` is the house's own, when it counts."""

    starts_at: datetime
    ends_at: datetime
    seats: int
    walk_in: int
    number: str | None = None


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What decides the times of one resource on a day."""

    schedule: Schedule
    venue: str
    works_on_holidays: bool
    calendar: WorkingCalendar
    exceptions: Mapping[str, DayException]

    def windows(self, day: date) -> tuple[Window, ...]:
        for scope in (self.schedule.resource, self.venue):
            if (found := self.exceptions.get(f"{scope}/{day.isoformat()}")) is not None:
                return found.windows
        if self.works_on_holidays:
            return self.schedule.windows_of(day.isoweekday())
        if is_holiday(day, self.calendar):
            return ()
        made_up_for = day.isoweekday() >= SATURDAY and self.calendar.is_working(day)
        return self.schedule.windows_of(MONDAY if made_up_for else day.isoweekday())

    def times(self, day: date) -> list[SlotTime]:
        found = [
            (start, window)
            for window in sorted(self.windows(day), key=lambda one: one.opens)
            for start in window.starts()
        ]
        numbers = _numbers([start for start, _ in found]) if self.schedule.numbered else [None] * len(found)
        return [
            SlotTime(
                moment(day, start),
                moment(day, start) + timedelta(minutes=window.minutes),
                window.seats,
                window.walk_in,
                number,
            )
            for (start, window), number in zip(found, numbers, strict=True)
        ]


def is_holiday(day: date, calendar: WorkingCalendar) -> bool:
    """A weekday that is not worked; and a weekend that such a day touches, for then it is part of the holiday."""
    if calendar.is_working(day):
        return False
    if day.isoweekday() < SATURDAY:
        return True
    friday = day - timedelta(days=day.isoweekday() - 5)
    return not (calendar.is_working(friday) and calendar.is_working(friday + timedelta(days=3)))


def moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, CITY_TIME)


def _numbers(starts: list[time]) -> list[str | None]:
    """A for the morning, P for the afternoon, counted from 1."""
    numbers: list[str | None] = []
    counts = {"A": 0, "P": 0}
    for start in starts:
        half = "A" if start < time(12) else "P"
        counts[half] += 1
        numbers.append(f"{half}{counts[half]:02d}")
    return numbers


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
