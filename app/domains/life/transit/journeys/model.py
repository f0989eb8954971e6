"""From one place to another with at most one change, so as to be there earliest.

First round: from each stop within a walk, the next trip of every group of trips that pass there (none of a group
overtakes another, so the next one is also the one that arrives first). Second round: for each line that calls near the
end, the first trip that can be caught where the first round got to. What cannot be better than what is known is not
looked at. Of journeys that arrive together the one that leaves last is shown.

Who leaves now is told by what is heard: a bus that is late is still caught, one that has left or does not run is not.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.core.places.model import Point
from app.domains.life.transit.calendars.model import begins
from app.domains.life.transit.realtime.model import Live, TripState
from app.domains.life.transit.timetable.model import ALIGHTS, BOARDS, Timetable

WALK = 500.0  # metres at either end
CHANGE_WALK = 300.0
_SPEED = 1.1  # metres a second along streets
_DETOUR = 1.3  # streets are longer than the air line
CHANGE = 60  # seconds between two trips at the same stop
AHEAD = 12 * 3600
_FORBIDDEN = 3  # transfer_type: not possible
_LATEST = 2 * 3600  # seconds late: what is later is not waited for


@dataclass(frozen=True, slots=True)
class Ride:
    """From one position of a trip to another; moments in seconds since 1970, with what is heard of it: `late` is what
    is in `departs` of that; None when it is by the timetable.
    """

    trip: int
    day: int
    board: int
    alight: int
    departs: int
    arrives: int
    late: int | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """Between stops by their numbers; None is where the journey begins or ends. Seconds and metres by the air line."""

    origin: int | None
    target: int | None
    seconds: int
    metres: float


@dataclass(frozen=True, slots=True)
class Journey:
    """Walks and rides by turns; or a walk alone, where no ride is quicker."""

    legs: tuple[Walk | Ride, ...]
    departs: int
    arrives: int

    @property
    def changes(self) -> int:
        return max(0, sum(isinstance(leg, Ride) for leg in self.legs) - 1)


@dataclass(frozen=True, slots=True)
class End:
    """Where a journey begins or ends: a point, or stops of one station."""

    point: Point | None
    stops: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """A stop that the first ride gets to, and with which walk to it the ride began."""

    ride: Ride
    walk: Walk


class Delays:
    """What is heard of trips, as far as a search asks for it. `most`: no trip is later than that, in seconds."""

    def __init__(self, live: Live | None, now: int) -> None:
        self._live, self._now = live, now
        self._trips = live.trips if live else {}
        late = (news.stops[0].departure or 0 for news in self._trips.values() if news.stops)
        self.most = min(max(late, default=0), _LATEST)

    def told(self, trip: int, day: int, position: int) -> int | None:
        """How late it leaves there; None: nothing is heard of that."""
        news = self._trips.get((trip, day))
        told = news.at(position) if news else None
        return told.departure if told else None

    def leaves(self, trip: int, day: int, position: int) -> int | None:
        """How late it leaves there; None when it does not run, does not stop there, or has left."""
        if self._live is None:
            return 0
        vehicle = self._live.vehicle(trip, day, self._now)
        if vehicle is not None and vehicle.away(position) < 0:
            return None
        news = self._trips.get((trip, day))
        if news is None:
            return 0
        told = news.at(position)
        if news.state is TripState.CANCELLED or (told is not None and told.skipped):
            return None
        return told.departure or 0 if told else 0

    def arrives(self, trip: int, day: int, position: int, late: int) -> int | None:
        """How late it is there, when it left so late before; None when it does not stop there."""
        news = self._trips.get((trip, day))
        told = news.at(position) if news else None
        if told is None:
            return late
        return None if told.skipped else late if told.arrival is None else told.arrival


def walking(metres: float) -> int:
    """Seconds."""
    return round(metres * _DETOUR / _SPEED)


def ends_near(table: Timetable, end: End, metres: float = WALK) -> dict[int, float]:
    """The stops from which, or to which, one walks: metres. Those that are named are not walked to."""
    points = [end.point] if end.point else [p for n in end.stops if (p := table.stops[n].point)]
    found = {number: away for point in points for away, number in reversed(table.near(point, metres))}
    return {**found, **dict.fromkeys(end.stops, 0.0)}


class Finding:
    """One search. `live` is for who leaves now: what is late now says little of another day."""

    def __init__(self, table: Timetable, days: range, begin: int, live: Live | None = None) -> None:
        self.table, self.begin, self.delays = table, begin, Delays(live, begin)
        self.days = [
            (day, begins(day, table.zone), mask) for day in days if (mask := table.calendar.active(day)) is not None
        ]
        self.until = begin + AHEAD
        self.walks: dict[int, list[tuple[int, Walk]]] = {}

    def best(self, origins: Mapping[int, float], targets: Mapping[int, float]) -> list[Journey]:
        """The earliest without a change and the earliest with one, where that is earlier; the earliest first. Where one
        is there as soon on foot, that; nothing where one is there already.
        """
        reached, on_foot = self._first(origins), self._on_foot(origins, targets)
        direct = self._without_change(reached, targets)
        latest = direct.arrives if direct else self.until
        changed = self._with_change(reached, targets, latest)
        rides = [one for one in (direct, changed) if one and (on_foot is None or one.arrives < on_foot.arrives)]
        if on_foot is not None and not rides:
            return [on_foot] if on_foot.arrives > self.begin else []
        return sorted(rides, key=lambda one: one.arrives)

    def _on_foot(self, origins: Mapping[int, float], targets: Mapping[int, float]) -> Journey | None:
        """By a stop that is within a walk of both ends; None: there is none."""
        metres = min((away + targets[stop] for stop, away in origins.items() if stop in targets), default=None)
        if metres is None:
            return None
        seconds = walking(metres)
        return Journey((Walk(None, None, seconds, metres),), self.begin, self.begin + seconds)

    def _first(self, origins: Mapping[int, float]) -> dict[int, Reached]:
        """By stop: how one gets there first by one ride; of two that arrive together the one that leaves later."""
        reached: dict[int, Reached] = {}
        for stop, away in origins.items():
            walk = Walk(None, stop, walking(away), away)
            for pattern, position in self.table.passing[stop]:
                for ride in self._rides(pattern, position, self.begin + walk.seconds):
                    self._get_off(reached, Reached(ride, walk))
        return reached

    def _get_off(self, reached: dict[int, Reached], by: Reached) -> None:
        table, ride = self.table, by.ride
        pattern, times = table.pattern_of(ride.trip), table.times(ride.trip)
        late = ride.late or 0
        start = ride.departs - late - times[2 * ride.board + 1]
        for position in range(ride.board + 1, len(pattern.stops)):
            there = self.delays.arrives(ride.trip, ride.day, position, late)
            if there is not None and pattern.flags[position] & ALIGHTS:
                arrives = start + times[2 * position] + there
                was = reached.get(pattern.stops[position])
                if was is None or (arrives, -ride.departs) < (was.ride.arrives, -was.ride.departs):
                    off = replace(ride, alight=position, arrives=arrives)
                    reached[pattern.stops[position]] = Reached(off, by.walk)

    def _without_change(self, reached: Mapping[int, Reached], targets: Mapping[int, float]) -> Journey | None:
        found = [
            self._journey(one.walk, (one.ride,), self._last(stop, away))
            for stop, away in targets.items()
            if (one := reached.get(stop)) is not None
        ]
        return min(found, key=_rank, default=None)

    def _with_change(self, reached: Mapping[int, Reached], targets: Mapping[int, float], latest: int) -> Journey | None:
        best: Journey | None = None
        for target, away in targets.items():
            last = self._last(target, away)
            for pattern, end in self.table.passing[target]:
                if not self.table.patterns[pattern].flags[end] & ALIGHTS:
                    continue
                for one, change, ride in self._catching(reached, pattern, end, latest - last.seconds):
                    journey = self._journey(one.walk, (one.ride, change, ride), last)
                    if journey.arrives < latest or (best is not None and _rank(journey) < _rank(best)):
                        best, latest = journey, journey.arrives
        return best

    def _catching(
        self, reached: Mapping[int, Reached], pattern: int, end: int, latest: int
    ) -> Iterator[tuple[Reached, Walk, Ride]]:
        """Where the first ride and this line meet, or nearly."""
        stops, flags = self.table.patterns[pattern].stops, self.table.patterns[pattern].flags
        for position in range(end):
            if not flags[position] & BOARDS:
                continue
            for alighted, walk in self._walks(stops[position]):
                one = reached.get(alighted)
                ready = one.ride.arrives + walk.seconds if one else latest
                if one is None or ready >= latest:
                    continue
                for ride in self._rides(pattern, position, ready, end):
                    if ride.arrives <= latest and ride.trip != one.ride.trip:
                        yield one, walk, ride

    def _walks(self, stop: int) -> list[tuple[int, Walk]]:
        """From where one can change to what leaves here."""
        if stop not in self.walks:
            self.walks[stop] = list(self._to(stop))
        return self.walks[stop]

    def _to(self, stop: int) -> Iterator[tuple[int, Walk]]:
        table, point = self.table, self.table.stops[stop].point
        yield stop, Walk(stop, stop, CHANGE, 0.0)
        for away, other in table.near(point, CHANGE_WALK) if point else ():
            told = next((one for one in table.transfers.get(other, ()) if one.target == stop), None)
            if other == stop or (told is not None and told.kind == _FORBIDDEN):
                continue
            least = told.seconds if told is not None and told.seconds is not None else walking(away) + CHANGE
            yield other, Walk(other, stop, least, away)

    def _rides(self, pattern: int, position: int, ready: int, end: int | None = None) -> Iterator[Ride]:
        """Of each group of trips of that line the first that is caught there."""
        table = self.table
        if not table.patterns[pattern].flags[position] & BOARDS:
            return
        for run, trips in table.groups[pattern]:
            times = table.run(run)
            offset = times[2 * position + 1]
            caught = (self._caught(trips, offset, ready, position, of) for of in self.days)
            first = min((one for one in caught if one is not None), default=None)
            if first is not None and first[0] <= self.until:
                departs, trip, day = first
                late, at = self.delays.told(trip, day, position), position if end is None else end
                there = self.delays.arrives(trip, day, at, late or 0)
                if there is not None:
                    arrives = departs - (late or 0) - offset + times[2 * at] + there
                    yield Ride(trip, day, position, at, departs, arrives, late)

    def _caught(
        self, trips: array[int], offset: int, ready: int, position: int, of: tuple[int, int, bytes]
    ) -> tuple[int, int, int] | None:
        """(when it leaves, trip, day) of the first on that service day; one that is late should have left before."""
        day, begin, mask = of
        starts, services = self.table.trips.starts, self.table.trips.services
        best: tuple[int, int, int] | None = None
        n = bisect_left(trips, ready - begin - offset - self.delays.most, key=starts.__getitem__)
        while n < len(trips):
            trip = trips[n]
            scheduled = begin + starts[trip] + offset
            if best is not None and scheduled >= best[0]:
                break
            late = self.delays.leaves(trip, day, position) if mask[services[trip]] else None
            if late is not None and scheduled + late >= ready and (best is None or scheduled + late < best[0]):
                best = (scheduled + late, trip, day)
            n += 1
        return best

    def _last(self, stop: int, away: float) -> Walk:
        return Walk(stop, None, walking(away), away)

    def _journey(self, first: Walk, between: tuple[Walk | Ride, ...], last: Walk) -> Journey:
        rides = [leg for leg in between if isinstance(leg, Ride)]
        # Where one only waits at a stop for the next trip there is nothing to walk.
        legs = tuple(leg for leg in (first, *between, last) if isinstance(leg, Ride) or leg.metres)
        return Journey(legs, rides[0].departs - first.seconds, rides[-1].arrives + last.seconds)


def _rank(journey: Journey) -> tuple[int, int, int]:
    """Earlier is better, then fewer changes, then to leave later."""
    return journey.arrives, journey.changes, -journey.departs
