"""Journeys through the timetable in force."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import Clock
from app.core.places.model import Point
from app.domains.life.transit.calendars.model import days_around
from app.domains.life.transit.journeys.model import End, Finding, Journey, ends_near
from app.domains.life.transit.realtime.model import Live
from app.domains.life.transit.realtime.service import LiveBoard
from app.domains.life.transit.timetable.model import Timetable
from app.domains.life.transit.timetable.service import TimetableKeeper


@dataclass(frozen=True, slots=True)
class Journeys:
    """`table` is what their numbers are of; None: there is no timetable."""

    table: Timetable | None
    found: tuple[Journey, ...] = ()


class JourneyService:
    def __init__(self, keeper: TimetableKeeper, live: LiveBoard, clock: Clock) -> None:
        self._keeper = keeper
        self._live = live
        self._clock = clock

    async def find(self, origin: str | Point, target: str | Point, at: datetime | None = None) -> Journeys:
        """Between stops, by their ids, or points; leaving then at the earliest. The best one first, two at most:
        without a change, and with one where that is earlier. Who leaves now is told by what is heard; another time is
        by the timetable. None from or to a stop that is not known.
        """
        table = self._keeper.held
        ends = (_end(table, origin), _end(table, target)) if table else (None, None)
        if table is None or ends[0] is None or ends[1] is None:
            return Journeys(table)
        # A search is up to some tens of milliseconds of work: others are answered meanwhile.
        live = self._live.fresh_for(table) if at is None else None
        found = await asyncio.to_thread(_found, table, ends[0], ends[1], at or self._clock.now(), live)
        return Journeys(table, tuple(found))


def _found(table: Timetable, origin: End, target: End, at: datetime, live: Live | None) -> list[Journey]:
    days = days_around(at, table.zone, table.parts.latest)
    return Finding(table, days, int(at.timestamp()), live).best(ends_near(table, origin), ends_near(table, target))


def _end(table: Timetable, where: str | Point) -> End | None:
    if isinstance(where, Point):
        return End(where)
    number = table.stop(where)
    if number is None:
        return None
    return End(table.stops[number].point, tuple(table.platforms(number)))
