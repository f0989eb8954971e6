"""How long a case may take, from the day it was accepted: by kind, by the convenience list, by urgency.

Days are working days of the Chinese calendar (core.calendar); the day of acceptance does not count and the last day
ends at midnight. Hours of an urgent case run while a shift works, on every day of the year. The marks at half and at
four fifths are moments of office time, so that a warning comes while somebody is there to heed it. What a pause takes
is added to what comes after its beginning: a mark that was passed before it stays where it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import floor

from app.core.calendar.clock import Extension, Pause, WorkingClock
from app.core.calendar.model import WorkingCalendar
from app.core.clock import CITY_TIME, civil_day

_DAY = timedelta(days=1)
_LEAST = timedelta(microseconds=1)
_OFFICE_OPENS, _OFFICE_HOURS = time(9), 8


class Measure(StrEnum):
    WORKING_DAYS = "working_days"
    SHIFT_HOURS = "shift_hours"


class Mark(StrEnum):
    """What is passed on the way; each is warned of once. The values are in the order of their times."""

    HALF = "half"
    FOUR_FIFTHS = "four_fifths"
    DUE = "due"
    OVER = "over"  # a working day beyond that, or an hour of shift


_SHARE: Mapping[Mark, float] = {Mark.HALF: 0.5, Mark.FOUR_FIFTHS: 0.8}


@dataclass(frozen=True, slots=True)
class Shift:
    """While somebody works for urgent cases, on every day; it may go on past midnight. From an hour to the same hour
    is the whole day.
    """

    opens: time = time(8)
    closes: time = time(22)

    @property
    def length(self) -> timedelta:
        opens, closes = self.of(date(2000, 1, 1))
        return closes - opens

    def of(self, day: date) -> tuple[datetime, datetime]:
        """From when to when the shift works that begins on this day."""
        ends = day if self.closes > self.opens else day + _DAY
        return datetime.combine(day, self.opens, CITY_TIME), datetime.combine(ends, self.closes, CITY_TIME)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time between them is shift time; 0 when `end` comes first."""
        first, last = civil_day(start) - _DAY, civil_day(end)
        days = range((last - first).days + 1)
        return sum((self._within(first + step * _DAY, start, end) for step in days), timedelta())

    def after(self, start: datetime, worked: timedelta) -> datetime:
        """The moment at which so much shift time has passed since `start`."""
        day, left = civil_day(start) - _DAY, worked
        while True:
            opens, closes = self.of(day)
            begins = max(opens, start)
            if begins < closes and left <= closes - begins:
                return begins + left
            left -= max(closes - begins, timedelta())
            day += _DAY

    def _within(self, day: date, start: datetime, end: datetime) -> timedelta:
        opens, closes = self.of(day)
        return max(min(end, closes) - max(start, opens), timedelta())


@dataclass(frozen=True, slots=True)
class Standing:
    """How a clock stands, and why. `due` is None while it is paused. `remaining` is in whole working days after today
    (0 on the last one, and on days off right after it; then below 0) or in whole minutes of shift; `passed` are the
    marks behind. `unsure`: years counted without their notice.
    """

    rule: str
    version: int
    measure: Measure
    amount: int
    started: datetime
    pauses: tuple[Pause, ...]
    extensions: tuple[Extension, ...]
    stopped: datetime | None
    due: datetime | None
    remaining: int | None
    passed: tuple[Mark, ...]
    calendar: str
    unsure: tuple[int, ...]

    @property
    def overdue(self) -> bool:
        return Mark.DUE in self.passed


@dataclass(frozen=True, slots=True)
class CaseClock:
    """`rule` is a code (`CLOCK_…` in the locales), `version` says by which wording of it. `amount`: working days or
    shift hours, by `measure`.
    """

    rule: str
    measure: Measure
    amount: int
    started: datetime
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    stopped: datetime | None = None
    shift: Shift = field(default_factory=Shift)
    version: int = 1

    @property
    def total(self) -> int:
        return self.amount + sum(one.days for one in self.extensions)

    @property
    def is_paused(self) -> bool:
        return any(pause.until is None for pause in self.pauses)

    def paused(self, at: datetime, why: str) -> CaseClock:
        """One that is paused or has stopped stays as it is."""
        if self.is_paused or self.stopped is not None:
            return self
        return replace(self, pauses=(*self.pauses, Pause(at, why)))

    def resumed(self, at: datetime) -> CaseClock:
        return replace(self, pauses=tuple(replace(one, until=one.until or max(at, one.since)) for one in self.pauses))

    def extended(self, by: int, at: datetime) -> CaseClock:
        """By working days or shift hours, as it is measured."""
        return replace(self, extensions=(*self.extensions, Extension(by, at)))

    def with_waits_of(self, other: CaseClock | None) -> CaseClock:
        """In the place of another: its pauses are pauses still, and what was granted is when it is measured alike."""
        if other is None:
            return self
        more = other.extensions if other.measure is self.measure else ()
        return replace(self, pauses=other.pauses, extensions=more)

    def stopped_at(self, at: datetime) -> CaseClock:
        return replace(self.resumed(at), stopped=self.stopped or at)

    def due(self, calendar: WorkingCalendar) -> datetime | None:
        """The moment at which it is overdue; None while it is paused."""
        return None if self.is_paused else self._end_of(self.total, calendar)

    def next_mark(self, calendar: WorkingCalendar, now: datetime) -> tuple[Mark, datetime] | None:
        """What it passes next by itself; None when it is paused, has stopped or has passed all."""
        if self.is_paused or self.stopped is not None:
            return None
        return next(((mark, at) for mark, at in self._marks(calendar) if at > now), None)

    def passed(self, calendar: WorkingCalendar, now: datetime) -> tuple[Mark, ...]:
        """The marks that lie behind; of one that is paused, those behind when it was."""
        until = self.stopped or now
        if self.is_paused:
            until = min(until, self.pauses[-1].since)
        return tuple(mark for mark, at in self._marks(calendar) if at <= until)

    def stands(self, calendar: WorkingCalendar, now: datetime) -> Standing:
        due, until = self.due(calendar), self.stopped or now
        return Standing(
            rule=self.rule,
            version=self.version,
            measure=self.measure,
            amount=self.amount,
            started=self.started,
            pauses=self.pauses,
            extensions=self.extensions,
            stopped=self.stopped,
            due=due,
            remaining=None if due is None else self._left(due, until, calendar),
            passed=self.passed(calendar, now),
            calendar=calendar.version,
            unsure=calendar.unsure(civil_day(self.started), civil_day(self._end_of(self.total, calendar))),
        )

    def _marks(self, calendar: WorkingCalendar) -> list[tuple[Mark, datetime]]:
        return [
            *((mark, self._moment(share, calendar)) for mark, share in _SHARE.items()),
            (Mark.DUE, self._end_of(self.total, calendar)),
            (Mark.OVER, self._end_of(self.total + 1, calendar)),
        ]

    def _moment(self, share: float, calendar: WorkingCalendar) -> datetime:
        """When this share of the time is gone, by the pauses that are over."""
        if self.measure is Measure.SHIFT_HOURS:
            return self._hours_on(self.total * share)
        whole = floor(self.total * share + 1e-9)
        hours = (self.total * share - whole) * _OFFICE_HOURS
        opens = datetime.combine(self._day_of(whole + 1, calendar), _OFFICE_OPENS, CITY_TIME)
        return opens + timedelta(hours=max(hours, 0.0))

    def _end_of(self, amount: int, calendar: WorkingCalendar) -> datetime:
        if self.measure is Measure.SHIFT_HOURS:
            return self._hours_on(amount)
        return datetime.combine(self._day_of(amount, calendar) + _DAY, time(), CITY_TIME)

    def _hours_on(self, hours: float) -> datetime:
        moment = self.shift.after(self.started, timedelta(hours=hours))
        for pause in self.pauses:
            if pause.until is not None and pause.since < moment:
                moment = self.shift.after(moment, self.shift.worked(pause.since, pause.until))
        return moment

    def _day_of(self, days: int, calendar: WorkingCalendar) -> date:
        """The last of so many working days, as all of the house count them. A pause that ends at midnight takes nothing
        of the day that begins then.
        """
        over = tuple(replace(one, until=one.until - _LEAST) for one in self.pauses if one.until is not None)
        return WorkingClock(self.rule, days, self.started, over).due(calendar) or civil_day(self.started)

    def _left(self, due: datetime, until: datetime, calendar: WorkingCalendar) -> int:
        if self.measure is Measure.SHIFT_HOURS:
            minutes = self.shift.worked(until, due) or -self.shift.worked(due, until)
            return int(minutes / timedelta(minutes=1))
        return calendar.working_days_between(civil_day(until), civil_day(due - _DAY))
