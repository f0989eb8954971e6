"""Which days are worked, by the State Council's yearly notice and by what the desk wrote over it.

The notice for a year appears in the November before. Until it is known, the year's weekdays count as worked, save the
holidays whose dates the law itself fixes (全国年节及纪念日放假办法, 2024): make-up days and the holidays of the lunar
calendar are missing then, and `unsure` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version

import chinese_calendar
from chinese_calendar import constants

_DAY = timedelta(days=1)
_FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
_SATURDAY = 5


class Festival(StrEnum):
    """What a public holiday is for."""

    NEW_YEAR = "new_year"
    SPRING = "spring"
    TOMB_SWEEPING = "tomb_sweeping"
    LABOUR = "labour"
    DRAGON_BOAT = "dragon_boat"
    MID_AUTUMN = "mid_autumn"
    NATIONAL = "national"
    OTHER = "other"  # a day that the desk made one


_FESTIVALS: Mapping[str, Festival] = {
    constants.Holiday.new_years_day.value: Festival.NEW_YEAR,
    constants.Holiday.spring_festival.value: Festival.SPRING,
    constants.Holiday.tomb_sweeping_day.value: Festival.TOMB_SWEEPING,
    constants.Holiday.labour_day.value: Festival.LABOUR,
    constants.Holiday.dragon_boat_festival.value: Festival.DRAGON_BOAT,
    constants.Holiday.mid_autumn_festival.value: Festival.MID_AUTUMN,
    constants.Holiday.national_day.value: Festival.NATIONAL,
}
_FIXED_FESTIVALS = {1: Festival.NEW_YEAR, 5: Festival.LABOUR, 10: Festival.NATIONAL}


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that the desk wrote over the calendar. `working` None: the writing was taken back."""

    day: date
    working: bool | None
    name: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """`overlay`: day → whether it is worked. `name` is of the calendar below it; `years` are those it knows."""

    name: str
    years: frozenset[int]
    overlay: Mapping[date, bool] = field(default_factory=dict, hash=False)

    @property
    def version(self) -> str:
        """The same in every process that has the same days: part of each explanation."""
        written = ",".join(f"{day}={int(works)}" for day, works in sorted(self.overlay.items()))
        return f"{self.name}+{sha256(written.encode()).hexdigest()[:8] if written else '0'}"

    def is_working(self, day: date) -> bool:
        works = self.overlay.get(day)
        if works is not None:
            return works
        if day.year in self.years:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < _SATURDAY and (day.month, day.day) not in _FIXED

    def is_made_up(self, day: date) -> bool:
        """A weekend day that is worked instead of a holiday (调休)."""
        return day.weekday() >= _SATURDAY and self.is_working(day)

    def festival(self, day: date) -> Festival | None:
        """The public holiday that a day belongs to, or makes up for; None on ordinary days, weekends among them."""
        works = self.overlay.get(day)
        if works is not None and works == (day.weekday() < _SATURDAY):
            return None  # the desk made an ordinary day of it
        found = self._published_festival(day)
        return Festival.OTHER if found is None and works is not None else found

    def _published_festival(self, day: date) -> Festival | None:
        if day.year not in self.years:
            return _FIXED_FESTIVALS[day.month] if (day.month, day.day) in _FIXED else None
        return _festival(day)

    def unsure(self, start: date, end: date) -> tuple[int, ...]:
        """Years between the two, both included, whose holidays were not published when the calendar was made."""
        return tuple(year for year in range(start.year, end.year + 1) if year not in self.years)

    def add_working_days(self, start: date, days: int) -> date:
        """The last of that many working days after `start`, whose own day does not count; of none, `start` itself."""
        day, left = start, days
        while left > 0:
            day += _DAY
            left -= self.is_working(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to `end`, `end` included; below 0 when `end` comes first."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(start + _DAY * step) for step in range(1, (end - start).days + 1))

    def next_working_day(self, day: date) -> date:
        """The day itself, when it is worked, or the next one that is."""
        while not self.is_working(day):
            day += _DAY
        return day


@lru_cache(maxsize=1_000)
def _festival(day: date) -> Festival | None:
    name = chinese_calendar.get_holiday_detail(day)[1]
    return _FESTIVALS.get(name, Festival.OTHER) if name else None


@cache
def published() -> WorkingCalendar:
    """The calendar as published, without an overlay."""
    years = frozenset(range(min(constants.holidays).year, max(constants.holidays).year + 1))
    return WorkingCalendar(f"cn-{version('chinesecalendar')}", years)
