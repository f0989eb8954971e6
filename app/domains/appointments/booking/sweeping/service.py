"""The rounds of a worker. Each finds rows whose time has come, and changes each in a transaction of its own that looks
again: any number of workers may do it side by side.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import Unavailable
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Role, Viewer
from app.domains.appointments.booking.bookings.errors import BookingNotOpen
from app.domains.appointments.booking.bookings.model import Booking, BookingState, facts_of
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.diaries.store import DiaryStore
from app.domains.appointments.booking.payments.service import PaymentService
from app.domains.appointments.booking.seating.service import Seating
from app.domains.appointments.booking.waiting.service import WaitingService
from app.domains.appointments.times.slots.store import SlotStore

_WORKER = Viewer(role=Role.OPS, actor="worker")
_AT_ONCE = 100
# Who comes a little late has come.
_LATE = timedelta(minutes=15)
_STALE = timedelta(hours=2)
_BOOKED = frozenset({BookingState.BOOKED})


class Doors(Protocol):
    async def has_queue(self, venue: str, service: str) -> bool:
        """Whether who comes for this service can check in."""
        ...


class SweepService:
    def __init__(
        self,
        db: Database,
        bookings: BookingStore,
        diaries: DiaryStore,
        slots: SlotStore,
        seating: Seating,
        waiting: WaitingService,
        payments: PaymentService,
        doors: Doors,
        outbox: Outbox,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._bookings = bookings
        self._diaries = diaries
        self._slots = slots
        self._seating = seating
        self._waiting = waiting
        self._payments = payments
        self._doors = doors
        self._outbox = outbox
        self._audit = audit
        self._clock = clock

    async def round(self) -> int:
        """Holds and offers that are over, and seats kept back long enough; how many there were."""
        now = self._clock.now()
        lapsed = await self._bookings.lapsed(now, _AT_ONCE, due=False)
        for booking in lapsed:
            await self._waiting.lapse(booking)
        settled = await self._settled(await self._bookings.lapsed(now, _AT_ONCE, due=True))
        due = await self._slots.withheld_due(now, _AT_ONCE)
        for key, slot in due:
            await self._waiting.pass_on(slot, key)
        return len(lapsed) + settled + len(due)

    async def _settled(self, over: list[Booking]) -> int:
        """Of the holds that were being paid: booked, or lapsed. Those that wait for the payment desk do not count."""
        done = 0
        for booking in over:
            with suppress(Unavailable):
                if not await self._payments.settle_late(booking):
                    await self._waiting.lapse(booking)
                done += 1
        return done

    async def remind(self) -> int:
        """Those whose appointment is in a day, or in two hours; each is told once of each."""
        now, told = self._clock.now(), 0
        while due := await self._bookings.to_remind(now, _AT_ONCE):
            for booking in due:
                told += await self._reminded(booking, now)
        return told

    async def note_absent(self) -> int:
        """Bookings that are over and to which nobody came. Where nobody can check in, nobody is said to have missed;
        nor is who came and left again."""
        now, found = self._clock.now(), 0
        while missed := await self._bookings.not_come(now - _LATE, _AT_ONCE):
            for booking in missed:
                if booking.came:
                    await self._over(booking, booking.gone_home())
                elif await self._doors.has_queue(booking.venue, booking.service):
                    found += await self._absent(booking, now)
                else:
                    await self._over(booking, booking.at_counter(BookingState.SERVED, _BOOKED))
        return found

    async def still_stands(self, booking: str, citizen: str, day: str, time: str) -> bool:
        """Whether a reminder is still true at its sending: booked, and at that time."""
        found = await self._bookings.get(booking, citizen)
        same = found is not None and facts_of(found) == {"booking": booking, "day": day, "time": time}
        return same and found is not None and found.state is BookingState.BOOKED

    async def still_offered(self, booking: str, citizen: str) -> bool:
        found = await self._bookings.get(booking, citizen)
        return found is not None and found.state_on(self._clock.now()) is BookingState.OFFERED

    async def _reminded(self, was: Booking, now: datetime) -> bool:
        late = was.remind_at is not None and now - was.remind_at > _STALE
        tell = was.state is BookingState.BOOKED and was.starts_at > now and not late

        async def work(tx: Tx) -> None:
            await self._seating.save(was.reminded(now), was, tx)
            if tell:
                await self._outbox.add("appointment.reminder", was.citizen, tx, **facts_of(was))

        return await self._done(work) and tell

    async def _over(self, was: Booking, ended: Booking) -> None:
        await self._done(lambda tx: self._seating.finish(ended, was, tx))

    async def _absent(self, was: Booking, now: datetime) -> bool:
        async def work(tx: Tx) -> None:
            missed = was.at_counter(BookingState.NO_SHOW, _BOOKED)
            await self._seating.save(missed, was, tx)
            diary = await self._diaries.of(was.citizen, tx)
            noted = diary.with_miss(was.id, was.starts_at)
            if noted.blocked_until is not None and not diary.blocked(now):
                await self._audit.record(_WORKER, "booking.blocked", was.citizen, tx, subject=was.citizen)
                blocked = {"day": civil_day(noted.blocked_until).isoformat()}
                await self._outbox.add("appointment.blocked", was.citizen, tx, **blocked)
            else:
                await self._outbox.add("appointment.missed", was.citizen, tx, **facts_of(was))
            await self._diaries.save(noted, tx)

        return await self._done(work)

    async def _done(self, work: Callable[[Tx], Awaitable[None]]) -> bool:
        """False when it was changed by somebody else in this moment."""
        try:
            await self._db.transaction(work)
        except BookingNotOpen:
            return False
        return True
