"""A clock of working days that explains itself: by which rule, since when, what stopped it, when it runs out.

The day on which it starts does not count, nor the working days after the day of a pause up to the day it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.core.calendar.model import WorkingCalendar
from app.core.clock import civil_day


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"  # a fifth of the days is left, or less
    RED = "red"  # overdue


@dataclass(frozen=True, slots=True)
class Pause:
    """`why` is a code. `until` None: it lasts."""

    since: datetime
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    days: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a clock stands: what was counted, and with which calendar. `due` and `remaining` are None while it is paused.

    `unsure`: years of the count whose holidays were not published yet, so that the day may still move.
    """

    rule: str
    days: int
    started: datetime
    pauses: tuple[Pause, ...]
    paused_days: int
    extensions: tuple[Extension, ...]
    stopped: datetime | None
    due: date | None
    remaining: int | None
    light: Light
    calendar: str
    unsure: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WorkingClock:
    """`rule` is a code: what the days were promised or ordered by. 0 days: due on the day itself."""

    rule: str
    days: int
    started: datetime
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    stopped: datetime | None = None

    @property
    def total(self) -> int:
        return self.days + sum(extension.days for extension in self.extensions)

    @property
    def is_paused(self) -> bool:
        return any(pause.until is None for pause in self.pauses)

    def paused(self, at: datetime, why: str) -> WorkingClock:
        """A clock that is paused already, or has stopped, stays as it is."""
        if self.is_paused or self.stopped is not None:
            return self
        return replace(self, pauses=(*self.pauses, Pause(at, why)))

    def resumed(self, at: datetime) -> WorkingClock:
        ended = tuple(replace(pause, until=at) if pause.until is None else pause for pause in self.pauses)
        return replace(self, pauses=ended)

    def extended(self, days: int, at: datetime) -> WorkingClock:
        return replace(self, extensions=(*self.extensions, Extension(days, at)))

    def stopped_at(self, at: datetime) -> WorkingClock:
        """The work is done: what is left, or was overdrawn, stays as it is."""
        return replace(self.resumed(at), stopped=self.stopped or at)

    def due(self, calendar: WorkingCalendar) -> date | None:
        """The last day in time; None while it is paused."""
        if self.is_paused:
            return None
        return self._due(calendar)[0]

    def looks_on(self, calendar: WorkingCalendar, now: datetime) -> date | None:
        """The next day on which its light changes by itself; None when it will not."""
        due = self.due(calendar)
        if due is None or self.stopped is not None:
            return None
        yellow = self._yellow_from(calendar, due)
        today = civil_day(now)
        return next((day for day in (yellow, _after(due)) if day > today), None)

    def light(self, calendar: WorkingCalendar, now: datetime) -> Light:
        day, due = civil_day(self.stopped or now), self.due(calendar)
        if due is None:
            return Light.GREEN
        if day > due:
            return Light.RED
        return Light.YELLOW if self.stopped is None and day >= self._yellow_from(calendar, due) else Light.GREEN

    def explained(self, calendar: WorkingCalendar, now: datetime) -> Explanation:
        day, (projected, paused_days) = civil_day(self.stopped or now), self._due(calendar)
        due = None if self.is_paused else projected
        return Explanation(
            rule=self.rule,
            days=self.days,
            started=self.started,
            pauses=self.pauses,
            paused_days=paused_days,
            extensions=self.extensions,
            stopped=self.stopped,
            due=due,
            remaining=None if due is None else calendar.working_days_between(day, due),
            light=self.light(calendar, now),
            calendar=calendar.version,
            unsure=calendar.unsure(civil_day(self.started), max(projected, day)),
        )

    def _due(self, calendar: WorkingCalendar) -> tuple[date, int]:
        """When it runs out by the pauses that are over, and how many working days they took."""
        due, waited = calendar.add_working_days(civil_day(self.started), self.total), 0
        for pause in self.pauses:
            since = civil_day(pause.since)
            if pause.until is None or since > due:
                continue
            days = calendar.working_days_between(since, civil_day(pause.until))
            due, waited = calendar.add_working_days(due, days), waited + days
        return due, waited

    def _yellow_from(self, calendar: WorkingCalendar, due: date) -> date:
        """The first day on which no more than a fifth of the days is left, at least the last day itself."""
        left, day = self.total // 5, due
        while left > 0:
            left -= calendar.is_working(day)
            day = date.fromordinal(day.toordinal() - 1)
        return day


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
