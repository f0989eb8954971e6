"""A watch: its citizen is told when a bus is so many stops away. It fires once, or ends with the trip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domains.life.transit.calendars.model import begins
from app.domains.life.transit.realtime.model import Live, TripState
from app.domains.life.transit.timetable.model import BOARDS, Timetable
from app.domains.life.transit.watches.errors import TransitTripPassed, TransitTripUnknown

MOST_OPEN = 10
LEAST_AWAY, MOST_AWAY = 1, 10
_AFTER = timedelta(hours=2)
_BEFORE = timedelta(hours=24)


class WatchState(StrEnum):
    """OPEN: waited for. TOLD: it came near. DUE: by the timetable it is near, and nothing is heard of it.
    CANCELLED: the trip does not run. ENDED: it came and went. DROPPED: its citizen gave it up.
    """

    OPEN = "open"
    TOLD = "told"
    DUE = "due"
    CANCELLED = "cancelled"
    ENDED = "ended"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Watch:
    """`trip` is the key of a trip on a day, `stop` an id of the feed; `due_at` is when by the timetable it is `away`
    stops away. `route` and `name` are what line and stop were called.
    """

    id: str
    citizen: str
    slot: int
    trip: str
    stop: str
    away: int
    route: str
    name: str
    scheduled_at: datetime
    due_at: datetime
    made_at: datetime
    state: WatchState = WatchState.OPEN

    @property
    def open(self) -> bool:
        return self.state is WatchState.OPEN

    @property
    def ends_at(self) -> datetime:
        return self.scheduled_at + _AFTER

    @property
    def looked_from(self) -> datetime:
        """A vehicle may be early: from then on it is looked for."""
        return self.due_at - timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Called:
    """Where a trip calls at a stop: the position, and when (seconds since 1970) it leaves there."""

    position: int
    scheduled: int


def calls_at(table: Timetable, trip: int, day: int, stop: int) -> list[Called]:
    """Each time it calls there, at the stop or at a platform of the station: a loop does so twice. Where one boards
    counts before where one can only get off.
    """
    at, pattern = {stop, *table.platforms(stop)}, table.pattern_of(trip)
    positions = [n for n, one in enumerate(pattern.stops) if one in at]
    boards = [n for n in positions if pattern.flags[n] & BOARDS]
    return [Called(n, left_at(table, trip, day, n)) for n in boards or positions]


def awaited(table: Timetable, live: Live | None, trip: int, day: int, stop: int, now: datetime) -> Called:
    """The next time that it calls there. Raises TransitTripUnknown, TransitTripPassed."""
    calls = calls_at(table, trip, day, stop)
    if not calls:
        raise TransitTripUnknown
    found = next((one for one in calls if to_come(one, live, trip, day, now)), None)
    if found is None:
        raise TransitTripPassed
    return found


def left_at(table: Timetable, trip: int, day: int, position: int) -> int:
    """When by the timetable it leaves there, in seconds since 1970."""
    return begins(day, table.zone) + table.trips.starts[trip] + table.times(trip)[2 * position + 1]


def becomes(watch: Watch, table: Timetable, live: Live | None, trip: int, day: int, now: datetime) -> WatchState:
    """What it is now."""
    stop = table.stop(watch.stop)
    calls = calls_at(table, trip, day, stop) if stop is not None else []
    call = min(calls, key=lambda one: abs(one.scheduled - watch.scheduled_at.timestamp()), default=None)
    if call is None or now >= watch.ends_at:
        return WatchState.ENDED
    news = live.trips.get((trip, day)) if live else None
    if news is not None and news.state is TripState.CANCELLED:
        return WatchState.CANCELLED
    away = _away(table, live, trip, day, call, int(now.timestamp()))
    if away is None:
        return WatchState.DUE if now >= watch.due_at else WatchState.OPEN
    if away < 0:
        return WatchState.ENDED
    return WatchState.TOLD if away <= watch.away else WatchState.OPEN


def _away(table: Timetable, live: Live | None, trip: int, day: int, call: Called, now: int) -> int | None:
    """How many stops the vehicle is away, by where it is, else by what is foretold of it; None: nothing is heard."""
    if live is None:
        return None
    vehicle = live.vehicle(trip, day, now)
    if vehicle is not None:
        return vehicle.away(call.position)
    news = live.trips.get((trip, day))
    if news is None:
        return None
    for position in range(call.position + 1):
        told = news.at(position)
        late = told.departure if told and told.departure is not None else 0
        if left_at(table, trip, day, position) + late > now:
            return call.position - position + (1 if position else 0)
    return -1


def to_come(call: Called, live: Live | None, trip: int, day: int, now: datetime) -> bool:
    """Whether it has still to leave there, and does so within the time of which one may be told. A bus that is late is
    to come though its time is past, as the board has it; one that was early has left though its time is not.
    """
    moment = int(now.timestamp())
    if call.scheduled > moment + _BEFORE.total_seconds() or call.scheduled + _AFTER.total_seconds() <= moment:
        return False
    vehicle = live.vehicle(trip, day, moment) if live else None
    if vehicle is not None:
        return vehicle.away(call.position) >= 0
    news = live.trips.get((trip, day)) if live else None
    told = news.at(call.position) if news else None
    return call.scheduled + (told.departure or 0 if told else 0) > moment
