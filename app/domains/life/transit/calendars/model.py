"""On which days a service runs (calendar.txt, calendar_dates.txt), and when a service day begins.

Times of a timetable count from noon less twelve hours of the service day, on the agency's clock: that is midnight but
on the days when clocks are changed. They may go beyond 24:00. Source: GTFS Schedule Reference, "Service day", "Time".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

_NOON = time(12)
_HALF = 43_200
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Service:
    """`weekdays`: bit 0 is Monday. Days are ordinals (`date.toordinal`); the span is inclusive, and empty when only
    exceptions say when it runs.
    """

    id: str
    weekdays: int = 0
    first: int = 1
    last: int = 0
    added: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()

    def runs(self, day: int) -> bool:
        if day in self.removed:
            return False
        if day in self.added:
            return True
        return self.first <= day <= self.last and bool(self.weekdays >> (day - 1) % 7 & 1)

    @property
    def span(self) -> tuple[int, int] | None:
        """From its first day to its last, roughly: weekdays are not looked at."""
        days = [*self.added, *((self.first, self.last) if self.weekdays and self.first <= self.last else ())]
        return (min(days), max(days)) if days else None


@dataclass(slots=True)
class Calendar:
    """Of all services of a timetable, by their numbers."""

    services: Sequence[Service]
    _known: dict[int, bytes | None] = field(default_factory=dict)

    def active(self, day: int) -> bytes | None:
        """By the number of a service 1 when it runs on that day, else 0; None when none does."""
        if day not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            mask = bytes(service.runs(day) for service in self.services)
            self._known[day] = mask if any(mask) else None
        return self._known[day]

    @property
    def span(self) -> tuple[int, int] | None:
        spans = [span for service in self.services if (span := service.span)]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


@lru_cache(maxsize=256)
def begins(day: int, zone: tzinfo) -> int:
    """When the service day begins, in seconds since 1970. Weekday arithmetic of ordinals: 1 is a Monday."""
    noon = datetime.combine(date.fromordinal(day), _NOON, zone)
    return int(noon.timestamp()) - _HALF


def moment(day: int, seconds: int, zone: tzinfo) -> datetime:
    """A time of the timetable as a moment, in UTC."""
    return datetime.fromtimestamp(begins(day, zone) + seconds, UTC)


def day_at(at: datetime, zone: tzinfo) -> int:
    """The agency's calendar day at that moment."""
    return at.astimezone(zone).date().toordinal()


def days_around(at: datetime, zone: tzinfo, longest: int) -> range:
    """The service days of which something may leave at that moment or within a day: `longest` is the latest time of
    the timetable in seconds.
    """
    today = day_at(at, zone)
    return range(today - longest // 86_400 - 1, today + 2)


def zone_of(name: str) -> ZoneInfo | None:
    """None: no such time zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: a path that is a folder
        return None


def hours(seconds: int) -> str:
    """As timetables write it: 25:10."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
