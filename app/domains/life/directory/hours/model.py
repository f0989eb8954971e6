"""Opening hours: a week of spans, what holds on public holidays and on the working days that make up for them, and
single days that differ. Whether a place is open is told with the reason, and with the moment at which that changes.

All times are the city's. A span may end past midnight; `end` counts minutes from the midnight its day begins with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from app.core.calendar.model import Festival, WorkingCalendar
from app.core.clock import CITY_TIME, civil_day
from app.domains.life.directory.hours.errors import HoursInvalid

DAY = 24 * 60
_DAY = timedelta(days=1)
_AHEAD = 40  # days that are looked at: no holiday is longer
MOST_SPANS, MOST_SPECIAL, LONGEST_NOTE = 6, 60, 60


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes after midnight: 0 ≤ start < 24 h, and start < end ≤ start + 24 h."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < DAY and self.start < self.end <= self.start + DAY):
            raise HoursInvalid(written(self))


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its week; without spans the place is shut. `note` says why, in its keeper's words."""

    day: date
    spans: Spans = ()
    note: str = ""

    def __post_init__(self) -> None:
        if len(self.note) > LONGEST_NOTE or not self.note.isprintable() or '"' in self.note:
            raise HoursInvalid(self.day.isoformat())


class Why(StrEnum):
    """What decides about a day."""

    UNKNOWN = "unknown"  # nobody said when it is open
    ALWAYS = "always"
    WEEK = "week"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"  # a weekend day that is worked instead of a holiday
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class DayHours:
    """What holds on a day. `festival` when it is a public holiday, or makes up for one."""

    day: date
    spans: Spans
    why: Why
    festival: Festival | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a place stands at a moment. `opens_at` of one that is shut, `closes_at` of one that is open: None when that
    does not change within some weeks. `today` is what decides. `unsure`: the holidays of that time are not published.
    """

    open: bool | None
    today: DayHours
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """`week` from Monday on, empty where nothing is known. `holidays` and `make_up`: None is as on any such weekday."""

    week: tuple[Spans, ...] = ()
    holidays: Spans | None = None
    make_up: Spans | None = None
    special: tuple[SpecialDay, ...] = ()

    def __post_init__(self) -> None:
        if len(self.week) not in (0, 7):
            raise HoursInvalid("week")
        for spans in (*self.week, self.holidays or (), self.make_up or (), *(one.spans for one in self.special)):
            _demand_apart(spans)
        days = [one.day for one in self.special]
        if len(days) > MOST_SPECIAL or days != sorted(set(days)):
            raise HoursInvalid("special")

    @property
    def known(self) -> bool:
        return bool(self.week)

    @property
    def always(self) -> bool:
        """Day and night, all the year."""
        whole = ((Span(0, DAY),),) * 7
        return self.week == whole and not self.special and self.holidays in (None, whole[0])

    def on(self, day: date, calendar: WorkingCalendar) -> DayHours:
        """What holds on a day."""
        special = next((one for one in self.special if one.day == day), None)
        festival = calendar.festival(day)
        if special is not None:
            return DayHours(day, special.spans, Why.SPECIAL, festival, special.note)
        if not self.known:
            return DayHours(day, (), Why.UNKNOWN, festival)
        if self.always:
            return DayHours(day, self.week[0], Why.ALWAYS, festival)
        usual = self.week[day.weekday()]
        if festival is not None and not calendar.is_working(day):
            return DayHours(day, usual if self.holidays is None else self.holidays, Why.HOLIDAY, festival)
        if calendar.is_made_up(day):
            return DayHours(day, usual if self.make_up is None else self.make_up, Why.MAKE_UP, festival)
        return DayHours(day, usual, Why.WEEK)

    def at(self, now: datetime, calendar: WorkingCalendar) -> Opening:
        """How it stands, and until when."""
        today = civil_day(now)
        on_day = self.on(today, calendar)
        if on_day.why is Why.UNKNOWN:
            return Opening(None, on_day)
        unsure = bool(calendar.unsure(today, today + _DAY))
        for start, end in self._runs(today, calendar):
            if start <= now < end:
                far = end >= _midnight(today + _AHEAD * _DAY)
                return Opening(True, self._deciding(now, calendar), None, None if far else end, unsure)
            if now < start:
                return Opening(False, on_day, start, None, unsure)
        return Opening(False, on_day, unsure=unsure)

    def open_at(self, now: datetime, calendar: WorkingCalendar) -> bool:
        """Whether it is open, and no more: quicker than all that `at` tells."""
        today = civil_day(now)
        days = (self.on(day, calendar) for day in (today, today - _DAY))
        return any(start <= now < end for day in days for start, end in _moments(day))

    def with_day(self, special: SpecialDay | None, day: date, today: date) -> Hours:
        """With one day said anew, or as it would be without; days long past are let go. Raises HoursInvalid."""
        if not today <= day <= today + 366 * _DAY:
            raise HoursInvalid(day.isoformat())
        kept = [one for one in self.special if one.day != day and one.day >= today - _DAY]
        made = sorted([*kept, *([special] if special else [])], key=lambda one: one.day)
        return replace(self, special=tuple(made))

    def _deciding(self, now: datetime, calendar: WorkingCalendar) -> DayHours:
        """Of a night that began yesterday, yesterday decides."""
        today = civil_day(now)
        on_day = self.on(today, calendar)
        if any(start <= now < end for start, end in _moments(on_day)):
            return on_day
        return self.on(today - _DAY, calendar)

    def _runs(self, today: date, calendar: WorkingCalendar) -> Iterator[tuple[datetime, datetime]]:
        """From yesterday on: times without a break in which it is open, in order."""
        run: tuple[datetime, datetime] | None = None
        for ahead in range(-1, _AHEAD + 1):
            for start, end in _moments(self.on(today + ahead * _DAY, calendar)):
                if run is None or start > run[1]:
                    if run is not None:
                        yield run
                    run = (start, end)
                else:
                    run = (run[0], max(run[1], end))
        if run is not None:
            yield run


def _demand_apart(spans: Sequence[Span]) -> None:
    """In order, and none touching another."""
    if len(spans) > MOST_SPANS or any(a.end >= b.start for a, b in pairwise(spans)):
        raise HoursInvalid(",".join(map(written, spans))[:80])


def written(span: Span) -> str:
    return f"{clock_of(span.start)}-{clock_of(span.end)}"


def clock_of(minutes: int) -> str:
    """As `08:00`. Midnight at the end of the day is 24:00; what is later is of the next day."""
    shown = minutes if minutes <= DAY else minutes - DAY
    return f"{shown // 60:02d}:{shown % 60:02d}"


def _moments(hours: DayHours) -> Iterator[tuple[datetime, datetime]]:
    begin = _midnight(hours.day)
    for span in hours.spans:
        yield begin + timedelta(minutes=span.start), begin + timedelta(minutes=span.end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_TIME)
