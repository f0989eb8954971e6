"""The steps that booking, moving, offering and sweeping are made of. Each is part of its caller's transaction and
changes the three rows alike: the slot's seat, the booking, and the diary of its citizen.

The slot comes last in each: it is the row that strangers quarrel about, and so is held for the shortest time.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.mongo import Tx
from app.domains.appointments.booking.bookings.errors import BookingNotOpen
from app.domains.appointments.booking.bookings.model import Booking
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.diaries.model import Entry
from app.domains.appointments.booking.diaries.store import DiaryStore
from app.domains.appointments.booking.waiting.store import WaitingStore
from app.domains.appointments.times.slots.errors import SlotTaken
from app.domains.appointments.times.slots.model import Seat, withheld_until
from app.domains.appointments.times.slots.store import SlotStore


class Seating:
    def __init__(
        self, slots: SlotStore, bookings: BookingStore, diaries: DiaryStore, waiting: WaitingStore, random: Random
    ) -> None:
        self._slots = slots
        self._waiting = waiting
        self._bookings = bookings
        self._diaries = diaries
        self._random = random

    async def hold(self, booking: Booking, most_open: int, now: datetime, tx: Tx) -> None:
        """A new booking for a seat that was taken.

        Raises SlotTaken, BookingBlocked, HoldExists, BookingLimitReached, BookingOverlaps.
        """
        await self._enter(booking, most_open, now, tx)
        if not await self._slots.keep(booking.id, tx):
            raise SlotTaken

    async def demand_free_hands(self, booking: Booking, most_open: int, now: datetime) -> None:
        """Before a seat is taken in vain: `hold` looks again. Raises what it does, but for SlotTaken."""
        (await self._diaries.of(booking.citizen)).entered(entry_of(booking), most_open, now)

    async def offer(self, booking: Booking, most_open: int, from_: str, now: datetime, tx: Tx) -> bool:
        """Pass a seat on to a new booking; False when the seat is gone. Raises what `hold` does, but for SlotTaken."""
        await self._enter(booking, most_open, now, tx)
        return await self._slots.pass_on(booking.slot, from_, booking.id, Seat(), tx)

    async def keep(self, booking: Booking, was: Booking, tx: Tx) -> None:
        """A hold or an offer is confirmed, or held for longer: it has its seat already. Raises BookingNotOpen."""
        await self.save(booking, was, tx)
        diary = await self._diaries.of(booking.citizen, tx)
        await self._diaries.save(diary.changed(entry_of(booking)), tx)

    async def keep_late(self, booking: Booking, was: Booking, now: datetime, tx: Tx) -> None:
        """A hold that was over is confirmed after all, unless he has another booking at that time by now.

        Raises BookingNotOpen, BookingOverlaps.
        """
        await self.save(booking, was, tx)
        diary = await self._diaries.of(booking.citizen, tx)
        await self._diaries.save(diary.moved(entry_of(booking), now), tx)

    async def end(self, booking: Booking, was: Booking, now: datetime, tx: Tx, *, withhold: bool) -> None:
        """The booking takes no seat any more. With `withhold` the seat is kept back for a while, unless somebody waits
        for it; else it goes on at once. Either way it is the sweep that gives it to the next one.

        Raises BookingNotOpen.
        """
        await self.save(booking, was, tx)
        diary = await self._diaries.of(booking.citizen, tx)
        await self._diaries.save(diary.without(booking.id), tx)
        await self._withhold(was, await self._kept_until(was, now, tx) if withhold else now, tx)

    async def finish(self, booking: Booking, was: Booking, tx: Tx) -> None:
        """The booking has come to its end at the counter; its time is over, and the seat of no use to anybody.

        Raises BookingNotOpen.
        """
        await self.save(booking, was, tx)
        diary = await self._diaries.of(booking.citizen, tx)
        await self._diaries.save(diary.without(booking.id), tx)

    async def move(self, booking: Booking, was: Booking, seat: str, now: datetime, tx: Tx) -> None:
        """The new seat was taken (under the key `seat`) before the old one is given up here: both or neither.

        Raises SlotTaken, BookingOverlaps, BookingNotOpen.
        """
        diary = await self._diaries.of(booking.citizen, tx)
        await self._diaries.save(diary.moved(entry_of(booking), now), tx)
        await self.save(booking, was, tx)
        mine = await self._slots.keep(seat, tx)
        if not mine or not await self._slots.pass_on(booking.slot, seat, booking.id, Seat(), tx):
            raise SlotTaken
        await self._withhold(was, await self._kept_until(was, now, tx), tx)

    async def save(self, booking: Booking, was: Booking, tx: Tx) -> None:
        """Raises BookingNotOpen (it was changed meanwhile)."""
        if not await self._bookings.save(booking, was, tx):
            raise BookingNotOpen(state=was.state.value)

    async def _enter(self, booking: Booking, most_open: int, now: datetime, tx: Tx) -> None:
        diary = await self._diaries.of(booking.citizen, tx)
        await self._diaries.save(diary.entered(entry_of(booking), most_open, now), tx)
        await self._bookings.add(booking, tx)

    async def _kept_until(self, was: Booking, now: datetime, tx: Tx) -> datetime:
        """Touts plan with the moment in which a seat is free for all. Who waits for it has it to himself: at once."""
        if await self._waiting.anyone_for(was.service, was.resource, civil_day(was.starts_at), tx):
            return now
        return withheld_until(now, self._random)

    async def _withhold(self, was: Booking, until: datetime, tx: Tx) -> None:
        await self._slots.withhold(was.slot, was.id, new_id(), until, tx)


def entry_of(booking: Booking) -> Entry:
    return Entry(booking.id, booking.service, booking.starts_at, booking.ends_at, booking.hold_until)
