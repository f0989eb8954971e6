"""The calendar as it holds now, kept in memory, and the desk's changes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.calendar.errors import CalendarDayInvalid, CalendarDayUnknown
from app.core.calendar.model import CalendarDay, WorkingCalendar, published
from app.core.calendar.store import CalendarStore, day_of
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Document, Tx
from app.core.viewer import Viewer

_DAY = TypeAdapter(CalendarDay)
_BEFORE, _AFTER = timedelta(days=366), timedelta(days=3 * 366)
# From then on a year is soon counted with: its notice is published in the November before.
_SOON = timedelta(days=92)


class CalendarService:
    def __init__(self, days: CalendarStore, audit: Audit, idempotency: Idempotency, clock: Clock) -> None:
        self._days = days
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._current = published()

    @property
    def current(self) -> WorkingCalendar:
        return self._current

    async def load(self) -> None:
        written = {one.day: one.working for one in await self._days.all() if one.working is not None}
        self._current = replace(published(), overlay=written)

    def changed(self, row: Document) -> None:
        self._took(day_of(row))

    def unpublished(self) -> tuple[int, ...]:
        """Years that are counted with, now or within three months, and whose holidays this program does not know."""
        today = civil_day(self._clock.now())
        return self._current.unsure(today, today + _SOON)

    async def written(self, year: int) -> list[CalendarDay]:
        """What the desk wrote of a year, in order."""
        return await self._days.of_year(year)

    async def write(self, viewer: Viewer, day: date, working: bool, name: str, key: str) -> CalendarDay:
        """Raises CalendarDayInvalid, IdempotencyConflict."""
        made = self._made(viewer, day, working, name.strip())
        call = Call.of(viewer, "writeCalendarDay", key, day, working, made.name)

        async def work(tx: Tx) -> CalendarDay:
            await self._days.put(made, tx)
            await self._audit.record(viewer, "calendar.written", day.isoformat(), tx, working=working, name=made.name)
            return made

        return await self._idempotency.once(call, _DAY, work, after=self._took)

    async def take_back(self, viewer: Viewer, day: date, key: str) -> CalendarDay:
        """The published calendar holds for this day again. Raises CalendarDayUnknown, IdempotencyConflict."""
        gone = CalendarDay(day, None, "", viewer.acting(), self._clock.now())

        async def work(tx: Tx) -> CalendarDay:
            if not await self._days.take_back(day, gone, tx):
                raise CalendarDayUnknown
            await self._audit.record(viewer, "calendar.taken_back", day.isoformat(), tx)
            return gone

        call = Call.of(viewer, "takeBackCalendarDay", key, day)
        return await self._idempotency.once(call, _DAY, work, after=self._took)

    def _made(self, viewer: Viewer, day: date, working: bool, name: str) -> CalendarDay:
        today = civil_day(self._clock.now())
        fits = today - _BEFORE <= day <= today + _AFTER and 2 <= len(name) <= 60 and name.isprintable()
        if not fits:
            raise CalendarDayInvalid
        return CalendarDay(day, working, name, viewer.acting(), self._clock.now())

    def _took(self, made: CalendarDay) -> None:
        rest = {day: works for day, works in self._current.overlay.items() if day != made.day}
        kept = rest if made.working is None else {**rest, made.day: made.working}
        self._current = replace(self._current, overlay=kept)
