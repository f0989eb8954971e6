"""The next departures of a stop, now and as they change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.changes import Changes
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.mongo import Document
from app.domains.life.transit.departures.model import MOST, Departure, next_departures
from app.domains.life.transit.realtime.model import Alert, Live
from app.domains.life.transit.realtime.service import LiveBoard
from app.domains.life.transit.timetable.model import Timetable
from app.domains.life.transit.timetable.service import TimetableKeeper

_TICK = 20.0  # seconds: time goes on where nothing is heard
_FARTHEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class DepartureBoard:
    """Of a stop or a station, by its number. `live_at`: when the operator said what is live in it."""

    table: Timetable
    stop: int
    departures: tuple[Departure, ...]
    at: datetime
    live_at: datetime | None = None
    alerts: tuple[Alert, ...] = ()

    def same_as(self, other: DepartureBoard) -> bool:
        """Nobody would see a difference."""
        return (self.table.version, self.departures, self.alerts, self.live_at is None) == (
            other.table.version,
            other.departures,
            other.alerts,
            other.live_at is None,
        )


class DepartureService:
    def __init__(self, keeper: TimetableKeeper, live: LiveBoard, changes: Changes, clock: Clock) -> None:
        self._keeper = keeper
        self._live = live
        self._changes = changes
        self._clock = clock

    def board(
        self, stop: str, most: int, *, route: str | None = None, at: datetime | None = None
    ) -> DepartureBoard | None:
        """By the ids of the feed; None when there is no such stop. `at` another time than now is by the timetable
        alone. Raises BadInput.
        """
        if not 1 <= most <= MOST:
            raise BadInput(field="first")
        table, now = self._keeper.held, self._clock.now()
        number = table.stop(stop) if table else None
        if table is None or number is None:
            return None
        if at is not None and abs(at - now) > _FARTHEST and not _within(table, at):
            raise BadInput(field="at")
        live = self._live.fresh_for(table) if at is None else None
        line = table.route_numbers.get(route, -1) if route is not None else None
        found = next_departures(table, live, table.platforms(number), at or now, most, route=line)
        alerts = _alerts(table, number, found, live, at or now)
        return DepartureBoard(table, number, tuple(found), at or now, live.stamp if live else None, alerts)

    @asynccontextmanager
    async def live(self, stop: str, most: int) -> AsyncIterator[AsyncIterator[DepartureBoard]]:
        """The board now and whenever it changes; nothing when there is no such stop."""
        async with self._changes.of("transit_live", "now") as rows:
            yield self._follow(stop, most, rows)

    async def _follow(self, stop: str, most: int, rows: AsyncIterator[Document]) -> AsyncIterator[DepartureBoard]:
        last = self.board(stop, most)
        if last is None:
            return
        yield last
        waiting: asyncio.Task[Document] | None = None
        try:
            while True:
                waiting = waiting or asyncio.ensure_future(anext(rows))
                await asyncio.wait({waiting}, timeout=_TICK)
                if waiting.done():
                    if waiting.exception() is not None:  # the stream ended: clients connect again
                        return
                    waiting = None
                board = self.board(stop, most)
                if board is not None and not board.same_as(last):
                    last = board
                    yield board
        finally:
            if waiting is not None:
                waiting.cancel()
                with suppress(asyncio.CancelledError, StopAsyncIteration):
                    await waiting


def _alerts(table: Timetable, stop: int, found: list[Departure], live: Live | None, at: datetime) -> tuple[Alert, ...]:
    """Those that concern the stop, or a line that leaves it next."""
    if live is None:
        return ()
    now, routes = int(at.timestamp()), {table.route_of(one.trip).id for one in found}
    stops = {table.stops[n].id for n in (stop, *table.platforms(stop))}
    return tuple(
        one
        for one in live.alerts
        if one.holds(now)
        and (not (one.routes or one.stops) or stops & set(one.stops) or (not one.stops and routes & set(one.routes)))
    )


def _within(table: Timetable, at: datetime) -> bool:
    """Whether the timetable speaks of that time at all."""
    span = table.calendar.span
    return span is not None and span[0] - 1 <= at.astimezone(table.zone).date().toordinal() <= span[1] + 8
