"""What leaves next: by the timetable of the service days about, with what is heard of it."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from heapq import merge

from app.domains.life.transit.calendars.model import begins, days_around
from app.domains.life.transit.realtime.model import Live, TripState
from app.domains.life.transit.timetable.model import Timetable

MOST = 50
AHEAD = 24 * 3600
_BACK = 2 * 3600  # seconds: what should have left before then and has not, is not expected any more
_EARLY = 600  # seconds: nothing leaves earlier than this before its time


class DepartureState(StrEnum):
    """SCHEDULED: by the timetable. LIVE: heard of. CANCELLED: it does not run. SKIPPED: it does not stop here."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Departure:
    """`scheduled` and `expected` in seconds since 1970; `day` is an ordinal; `away` in stops, when it is known where
    the vehicle is.
    """

    stop: int
    trip: int
    day: int
    position: int
    scheduled: int
    expected: int | None = None
    state: DepartureState = DepartureState.SCHEDULED
    away: int | None = None

    @property
    def at(self) -> int:
        return self.scheduled if self.expected is None else self.expected

    @property
    def scheduled_at(self) -> datetime:
        return datetime.fromtimestamp(self.scheduled, UTC)

    @property
    def expected_at(self) -> datetime | None:
        return None if self.expected is None else datetime.fromtimestamp(self.expected, UTC)


def next_departures(
    table: Timetable,
    live: Live | None,
    stops: Sequence[int],
    at: datetime,
    most: int,
    *,
    route: int | None = None,
    ahead: int = AHEAD,
) -> list[Departure]:
    """From these stops, the soonest first. `live` is what is fresh, and of this version; else None."""
    now = int(at.timestamp())
    kept: list[Departure] = []
    slack = _EARLY if live else 0
    for one in _scheduled(table, stops, at, now - _BACK if live else now, now + ahead, route):
        if len(kept) >= most and one.scheduled - slack >= kept[most - 1].at:
            break
        told = _told(one, live, now) if live else one
        if told is not None and told.at >= now:
            insort(kept, told, key=lambda departure: (departure.at, departure.trip))
    return kept[:most]


def _scheduled(
    table: Timetable, stops: Sequence[int], at: datetime, since: int, until: int, route: int | None
) -> Iterator[Departure]:
    """By their time, over all stops and service days."""
    days = days_around(at, table.zone, table.parts.latest)
    each = [
        _of_day(table, stop, day, mask, since, until, route)
        for day in days
        if (mask := table.calendar.active(day))
        for stop in stops
    ]
    return each[0] if len(each) == 1 else merge(*each, key=lambda departure: departure.scheduled)


def _of_day(
    table: Timetable, stop: int, day: int, mask: bytes, since: int, until: int, route: int | None
) -> Iterator[Departure]:
    begin, trips, patterns = begins(day, table.zone), table.trips, table.patterns
    if since - begin > table.parts.latest:
        return
    for seconds, trip, position in table.calls_from(stop, since - begin):
        if begin + seconds > until:
            return
        if mask[trips.services[trip]] and (route is None or patterns[trips.patterns[trip]].route == route):
            yield Departure(stop, trip, day, position, begin + seconds)


def _told(one: Departure, live: Live, now: int) -> Departure | None:
    """With what is heard of it; None when the vehicle has left here already."""
    key, vehicle = (one.trip, one.day), live.vehicle(one.trip, one.day, now)
    away = vehicle.away(one.position) if vehicle else None
    if away is not None and away < 0:
        return None
    news = live.trips.get(key)
    if news is None:
        return replace(one, away=away)
    if news.state is TripState.CANCELLED:
        return replace(one, state=DepartureState.CANCELLED)
    stop = news.at(one.position)
    if stop is not None and stop.skipped:
        return replace(one, state=DepartureState.SKIPPED)
    if stop is None or stop.departure is None:
        return replace(one, away=away)
    return replace(one, expected=one.scheduled + stop.departure, state=DepartureState.LIVE, away=away)
