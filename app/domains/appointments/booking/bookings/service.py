"""Holding a time, confirming it, moving and cancelling it; what a person has booked."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.changes import Changes
from app.core.clock import Clock
from app.core.errors import RateLimited
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Assurance, Viewer
from app.domains.appointments.booking.bookings.errors import BookingUnknown, FeeDiffers
from app.domains.appointments.booking.bookings.model import (
    HOLD,
    Booking,
    BookingState,
    CancelledBy,
    facts_of,
)
from app.domains.appointments.booking.bookings.store import BookingStore, booking_of
from app.domains.appointments.booking.diaries.store import DiaryStore
from app.domains.appointments.booking.seating.service import Seating
from app.domains.appointments.times.slots.errors import SameSlot, SlotTaken, SlotUnknown
from app.domains.appointments.times.slots.model import Slot
from app.domains.appointments.times.slots.service import SlotService
from app.domains.appointments.times.slots.store import SlotStore
from app.domains.appointments.times.venues.model import Service
from app.domains.appointments.times.venues.service import VenueService
from virtual_card.cards.errors import NotVerified

_BOOKING = TypeAdapter(Booking)
# A seat given up is nobody's for some minutes: whoever gives up ever more empties a day for others. By who does it,
# for himself and for his wards. When it is full nothing new is taken; what one has can be cancelled always.
GIVEN_UP = Limit("appointment seats given up", 10, timedelta(days=1))
# How long a call waits for its twin (the same call under the same key) that has the seat already.
_TWIN_LOOKS, _TWIN_PAUSE = 100, 0.03
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class People(Protocol):
    """What booking asks of the rest of the city about its people."""

    async def test_of(self, citizen: str) -> str | None:
        """The organisation whose test citizen this is."""
        ...

    async def earlier(self, citizen: str, venue: str) -> timedelta:
        """By how much earlier this venue's times are given out to him (a family doctor's patients)."""
        ...


class Queue(Protocol):
    async def free_lapsed(self, slot: str) -> None:
        """What is over in this slot goes on: to who waits for it, and otherwise it is free."""
        ...

    async def pass_on(self, slot: str, seat: str) -> None:
        """So does this seat, if it is nobody's."""
        ...


@dataclass(frozen=True, slots=True)
class _Wish:
    """A time that somebody wants, and what is known of it."""

    service: Service
    slot: Slot
    fee: int
    earlier: timedelta


@dataclass(slots=True)
class _Taken:
    """A seat that was taken: kept, or to be given back."""

    kept: bool = False

    def keep(self, _booking: Booking) -> None:
        self.kept = True


class BookingService:
    def __init__(
        self,
        db: Database,
        bookings: BookingStore,
        diaries: DiaryStore,
        slot_store: SlotStore,
        slots: SlotService,
        venues: VenueService,
        seating: Seating,
        people: People,
        queue: Queue,
        changes: Changes,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._db = db
        self._bookings = bookings
        self._diaries = diaries
        self._slot_store = slot_store
        self._slots = slots
        self._venues = venues
        self._seating = seating
        self._people = people
        self._queue = queue
        self._changes = changes
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._limits = limits
        self._clock = clock

    @property
    def now(self) -> datetime:
        return self._clock.now()

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Booking]:
        return await self._bookings.of(viewer.citizen(), request)

    async def one(self, viewer: Viewer, booking: str) -> Booking | None:
        return await self._bookings.get(booking, viewer.citizen())

    async def blocked_until(self, viewer: Viewer) -> datetime | None:
        diary = await self._diaries.of(viewer.citizen())
        return diary.blocked_until if diary.blocked(self._clock.now()) else None

    @asynccontextmanager
    async def live(self, viewer: Viewer) -> AsyncIterator[AsyncIterator[Booking]]:
        """This person's bookings as they change."""
        async with self._changes.of("bookings", viewer.citizen()) as rows:
            yield (booking_of(row) async for row in rows)

    async def hold(self, viewer: Viewer, service: str, slot: str, key: str) -> Booking:
        """A seat for five minutes.

        Raises NotVerified, ServiceUnknown, SlotUnknown, SlotPast, SlotClosed, NotReleasedYet, SlotTaken,
        BookingBlocked, HoldExists, BookingLimitReached, BookingOverlaps, RateLimited, IdempotencyConflict.
        """
        call = Call.of(viewer, "holdSlot", key, service, slot)
        return await self._idempotency.alike(call, _BOOKING, lambda: self._hold(viewer, service, slot, call))

    async def _hold(self, viewer: Viewer, service: str, slot: str, call: Call) -> Booking:
        citizen = viewer.citizen()
        demand_verified(viewer)
        await self._limits.demand_room(GIVEN_UP, viewer.acting())
        wish = await self._wish(citizen, service, slot)
        booking, most = self._new(viewer, wish), wish.service.most_open
        await self._seating.demand_free_hands(booking, most, self._clock.now())

        async def work(tx: Tx) -> Booking:
            await self._seating.hold(booking, most, self._clock.now(), tx)
            return booking

        async with self._seat(wish, booking.id, call) as seat:
            return await self._idempotency.once(call, _BOOKING, work, after=seat.keep)

    async def move(self, viewer: Viewer, booking: str, slot: str, key: str) -> Booking:
        """To another time of the same service; the old seat is given up when the new one is had.

        Raises BookingUnknown, BookingNotOpen, TooLateToChange, SameSlot, FeeDiffers, SlotUnknown, SlotPast, SlotClosed,
        NotReleasedYet, SlotTaken, BookingOverlaps, RateLimited, IdempotencyConflict.
        """
        call = Call.of(viewer, "moveBooking", key, booking, slot)
        return await self._idempotency.alike(call, _BOOKING, lambda: self._move(viewer, booking, slot, call))

    async def _move(self, viewer: Viewer, booking: str, slot: str, call: Call) -> Booking:
        citizen = viewer.citizen()
        was = await self._of(citizen, booking)
        wish = await self._wish(citizen, was.service, slot, known=was)

        seat_key = new_id()

        async def work(tx: Tx) -> Booking:
            now, current = self._clock.now(), await self._of(citizen, booking, tx)
            moved = _moved(current, wish.slot, now)
            await self._audit.record(viewer, "booking.moved", booking, tx, subject=citizen)
            await self._outbox.add("appointment.moved", citizen, tx, **facts_of(moved))
            await self._seating.move(moved, current, seat_key, now, tx)
            return moved

        async with self._giving_up(viewer) as done, self._seat(wish, seat_key, call) as seat:
            moved = await self._idempotency.once(call, _BOOKING, work, after=seat.keep)
            done.kept = seat.kept
            return moved

    async def cancel(self, viewer: Viewer, booking: str, key: str) -> Booking:
        """A booking until its cut-off; a hold is let go (an offer is declined: `WaitingService.decline`).

        Raises BookingUnknown, BookingNotOpen, TooLateToChange, IdempotencyConflict.
        """
        citizen, call, worked = viewer.citizen(), Call.of(viewer, "cancelBooking", key, booking), _Taken()

        async def work(tx: Tx) -> Booking:
            now, was = self._clock.now(), await self._of(citizen, booking, tx)
            if was.state is BookingState.HELD:
                return await self._release(was, now, tx)
            done = was.cancelled(CancelledBy.CITIZEN, now)
            await self._seating.end(done, was, now, tx, withhold=True)
            await self._audit.record(viewer, "booking.cancelled", booking, tx, subject=citizen)
            await self._outbox.add("appointment.cancelled", citizen, tx, **facts_of(done))
            return done

        ended = await self._idempotency.once(call, _BOOKING, work, after=worked.keep)
        if worked.kept:
            with suppress(RateLimited):  # it is full: then nothing new is taken, and this was the last
                await self._limits.take(GIVEN_UP, viewer.acting())
        return ended

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city keeps no seat. Safe to repeat."""
        for open_ in await self._bookings.open_of(citizen):

            async def work(tx: Tx, booking: str = open_.id) -> None:
                now, was = self._clock.now(), await self._of(citizen, booking, tx)
                if was.state is BookingState.BOOKED:
                    ended = was.cancelled(CancelledBy.ERASURE, now)
                    await self._audit.record(by, "booking.cancelled", booking, tx, subject=citizen)
                elif was.state in (BookingState.HELD, BookingState.OFFERED):
                    ended = was.ended(BookingState.RELEASED)
                else:
                    return
                await self._seating.end(ended, was, now, tx, withhold=True)

            await self._db.transaction(work)

    async def _release(self, was: Booking, now: datetime, tx: Tx) -> Booking:
        """Withheld too: a seat let go in an agreed moment shall not go to who waits for that moment."""
        released = was.ended(BookingState.RELEASED)
        await self._seating.end(released, was, now, tx, withhold=True)
        return released

    async def _of(self, citizen: str, booking: str, tx: Tx | None = None) -> Booking:
        found = await self._bookings.get(booking, citizen, tx)
        if found is None:
            raise BookingUnknown
        return found

    async def _wish(self, citizen: str, service: str, slot: str, known: Booking | None = None) -> _Wish:
        """Raises ServiceUnknown, SlotUnknown, SlotPast, SlotClosed, NotReleasedYet, SameSlot, FeeDiffers."""
        offered = self._venues.bookable(service, await self._people.test_of(citizen))
        found = await self._slot_store.get(slot)
        resource = self._venues.directory.resources.get(found.resource) if found else None
        if found is None or resource is None or found.resource not in offered.resources:
            raise SlotUnknown
        fee = offered.fee_with(resource)
        if known is not None and known.slot == slot:
            raise SameSlot
        if known is not None and known.fee != fee:
            raise FeeDiffers(fee=fee)
        earlier = await self._people.earlier(citizen, offered.venue)
        found.demand_bookable(self._clock.now(), earlier)
        return _Wish(offered, found, fee, earlier)

    @asynccontextmanager
    async def _giving_up(self, viewer: Viewer) -> AsyncIterator[_Taken]:
        """One of the day's, for good when it is kept. Raises RateLimited."""
        taken = _Taken()
        await self._limits.take(GIVEN_UP, viewer.acting())
        try:
            yield taken
        finally:
            if not taken.kept:
                await self._limits.give_back(GIVEN_UP, viewer.acting())

    @asynccontextmanager
    async def _seat(self, wish: _Wish, key: str, call: Call) -> AsyncIterator[_Taken]:
        """A seat of the slot for as long as the block runs, and for good when it is kept. Raises SlotTaken."""
        slot, taken = wish.slot.id, _Taken()
        if not wish.slot.free:  # a hold that is over makes room at once, though no sweep has been there
            await self._queue.free_lapsed(slot)
        if not await self._slot_store.take(slot, key, self._clock.now(), wish.earlier, call.id):
            await self._twin(slot, call)
            raise await self._taken(wish)
        try:
            yield taken
        finally:
            if not taken.kept:
                await self._queue.pass_on(slot, key)

    async def _twin(self, slot: str, call: Call) -> None:
        """The seat may be that of the same call, made twice at once: then its reply is waited for."""
        for _ in range(_TWIN_LOOKS):
            if not await self._slot_store.being_taken(slot, call.id):
                return
            await asyncio.sleep(_TWIN_PAUSE)

    async def _taken(self, wish: _Wish) -> SlotTaken:
        return SlotTaken(await self._slots.alternatives(wish.service, wish.slot.starts_at, wish.earlier))

    def _new(self, viewer: Viewer, wish: _Wish) -> Booking:
        now = self._clock.now()
        return new_booking(viewer.citizen(), viewer.acting(), wish.service, wish.slot, wish.fee, now)


def demand_verified(viewer: Viewer) -> None:
    """Who books is known by name, or a tout would be anybody. Raises NotVerified."""
    if viewer.assurance is not Assurance.REAL_NAME:
        raise NotVerified


def new_booking(citizen: str, by: str, service: Service, slot: Slot, fee: int, now: datetime) -> Booking:
    """Held for five minutes."""
    return Booking(
        id=new_id(),
        number="".join(secrets.choice(_LETTERS) for _ in range(8)),
        citizen=citizen,
        booked_by=by,
        venue=service.venue,
        service=service.id,
        resource=slot.resource,
        slot=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        state=BookingState.HELD,
        made_at=now,
        cut_off=slot.starts_at - service.cut_off,
        hold_until=now + HOLD,
        fee=fee,
        own_number=slot.number,
        test=service.test,
    )


def _moved(was: Booking, to: Slot, now: datetime) -> Booking:
    return was.moved(to.id, to.resource, to.starts_at, to.ends_at, now, to.number)
