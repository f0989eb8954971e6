"""Waiting for a time; and what becomes of a seat that nobody has any more: the next one's, or free."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import Outcome
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.appointments.booking.bookings.errors import BookingUnknown
from app.domains.appointments.booking.bookings.model import (
    OFFER,
    PENDING,
    Booking,
    BookingState,
    PaymentState,
    facts_of,
)
from app.domains.appointments.booking.bookings.service import People, demand_verified, new_booking
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.diaries.store import DiaryStore
from app.domains.appointments.booking.seating.service import Seating
from app.domains.appointments.booking.waiting.errors import NotWaiting
from app.domains.appointments.booking.waiting.model import Waiting, WaitingState, check_days
from app.domains.appointments.booking.waiting.store import WaitingStore
from app.domains.appointments.times.slots.model import Slot
from app.domains.appointments.times.slots.store import SlotStore
from app.domains.appointments.times.venues.service import VenueService

_WAITING, _BOOKING = TypeAdapter(Waiting), TypeAdapter(Booking)
# How many are asked in turn whether the time suits them, before a seat is free for all.
_ASKED = 20


class _Gone(Exception):
    """The seat is nobody's to pass on: somebody else was there first."""


class WaitingService:
    def __init__(
        self,
        db: Database,
        waiting: WaitingStore,
        bookings: BookingStore,
        diaries: DiaryStore,
        slots: SlotStore,
        venues: VenueService,
        seating: Seating,
        people: People,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._waiting = waiting
        self._bookings = bookings
        self._diaries = diaries
        self._slots = slots
        self._venues = venues
        self._seating = seating
        self._people = people
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer) -> list[tuple[Waiting, int]]:
        """Each place with how many are before it."""
        places = await self._waiting.of(viewer.citizen())
        waiting = WaitingState.WAITING
        return [(one, await self._waiting.ahead_of(one) if one.state is waiting else 0) for one in places]

    async def free_lapsed(self, slot: str) -> None:
        """Fulfils `bookings.service.Queue`."""
        now = self._clock.now()
        for booking in await self._bookings.in_slots([slot], sorted(PENDING), _ASKED):
            # One that is being paid is looked at by the sweep, which asks the payment desk first.
            due = booking.payment is PaymentState.DUE
            if booking.state_on(now) is BookingState.EXPIRED and not due:
                await self.lapse(booking)
        found = await self._slots.get(slot)
        for key in found.due(self._clock.now()) if found else ():
            await self.pass_on(slot, key)

    async def join(
        self, viewer: Viewer, service: str, first: date, last: date, resource: str | None, key: str
    ) -> Waiting:
        """Raises NotVerified, ServiceUnknown, WaitingDaysInvalid, BookingBlocked, AlreadyWaiting,
        IdempotencyConflict.
        """
        demand_verified(viewer)
        citizen, now = viewer.citizen(), self._clock.now()
        offered = self._venues.bookable(service, await self._people.test_of(citizen))
        check_days(first, last, civil_day(now))
        wanted = resource if resource in offered.resources else None
        made = Waiting(
            new_id(), citizen, viewer.acting(), service, first, last, WaitingState.WAITING, now, resource=wanted
        )

        async def work(tx: Tx) -> Waiting:
            (await self._diaries.of(citizen, tx)).demand_free_hands(now)
            await self._waiting.add(made, tx)
            return made

        call = Call.of(viewer, "joinWaitingList", key, service, first, last, resource)
        return await self._idempotency.once(call, _WAITING, work)

    async def leave(self, viewer: Viewer, waiting: str, key: str) -> Waiting:
        """Raises NotWaiting, IdempotencyConflict."""
        citizen = viewer.citizen()

        async def work(tx: Tx) -> Waiting:
            was = await self._waiting.get(waiting, citizen, tx)
            if was is None:
                raise NotWaiting
            left = was.left()
            await self._keep(left, was, tx)
            return left

        return await self._idempotency.once(Call.of(viewer, "leaveWaitingList", key, waiting), _WAITING, work)

    async def accept(self, viewer: Viewer, booking: str, key: str) -> Booking:
        """Booked; where there is a fee, held for five minutes until it is paid (`confirmBooking`).

        Raises BookingUnknown, HoldExpired, BookingNotOpen, IdempotencyConflict.
        """
        citizen = viewer.citizen()

        async def work(tx: Tx) -> Booking:
            now, was = self._clock.now(), await self._offer(citizen, booking, tx)
            was.demand_pending(BookingState.OFFERED, now)
            accepted = was.to_be_paid(now) if was.fee else was.confirmed(now)
            await self._seating.keep(accepted, was, tx)
            await self._settle(was, WaitingState.ACCEPTED, tx)
            if accepted.state is BookingState.BOOKED:
                await self._audit.record(viewer, "booking.confirmed", booking, tx, subject=citizen)
                await self._outbox.add("appointment.booked", citizen, tx, **facts_of(accepted))
            return accepted

        return await self._idempotency.once(Call.of(viewer, "acceptOffer", key, booking), _BOOKING, work)

    async def decline(self, viewer: Viewer, booking: str, key: str) -> Booking:
        """The next one's turn. Raises BookingUnknown, HoldExpired, BookingNotOpen, IdempotencyConflict."""
        citizen = viewer.citizen()

        async def work(tx: Tx) -> Booking:
            was = await self._offer(citizen, booking, tx)
            was.demand_pending(BookingState.OFFERED, self._clock.now())
            declined = was.ended(BookingState.RELEASED)
            await self._seating.end(declined, was, self._clock.now(), tx, withhold=False)
            await self._settle(was, WaitingState.PASSED, tx)
            return declined

        return await self._idempotency.once(Call.of(viewer, "declineOffer", key, booking), _BOOKING, work)

    async def lapse(self, booking: Booking) -> None:
        """A hold or an offer that is over. Safe to repeat."""

        async def work(tx: Tx) -> None:
            was = await self._bookings.get(booking.id, booking.citizen, tx)
            if was is None or was.version != booking.version:
                return
            await self._seating.end(was.ended(BookingState.EXPIRED), was, self._clock.now(), tx, withhold=False)
            if was.state is BookingState.OFFERED:
                await self._settle(was, WaitingState.PASSED, tx)

        await self._db.transaction(work)

    async def pass_on(self, slot: str, seat: str) -> None:
        """A seat that was kept back (`seat` is its key): offered to who waits, in order, and otherwise free. Safe to
        repeat: what has gone on is not there any more.
        """
        found, now = await self._slots.get(slot), self._clock.now()
        if found is not None and found.starts_at > now and not found.closed and seat in found.seats:
            services = [service.id for service in self._venues.directory.services_with(found.resource)]
            for waiting in await self._waiting.next_for(services, found.resource, found.day, _ASKED):
                if await self._offered(waiting, found, seat, now):
                    return

        async def free(tx: Tx) -> None:
            if await self._slots.end_withholding(seat, tx):
                await self._slots.give_back(slot, seat, tx)

        await self._db.transaction(free)

    async def end_all(self, citizen: str) -> None:
        """Who leaves the city waits for nothing. Safe to repeat."""
        for was in await self._waiting.of(citizen):
            if was.state is WaitingState.WAITING:
                await self._leave(was)

    async def drop_over(self) -> int:
        """Places whose last day is over; how many there were."""
        count = 0
        while over := await self._waiting.over(civil_day(self._clock.now()), 100):
            for was in over:
                await self._leave(was)
            count += len(over)
        return count

    async def _leave(self, was: Waiting) -> None:
        async def work(tx: Tx) -> None:
            await self._waiting.save(was.left(), was, tx)

        await self._db.transaction(work)

    async def _offered(self, waiting: Waiting, slot: Slot, seat: str, now: datetime) -> bool:
        """False when this one cannot take it: another booking at that time, too many, blocked; or has left."""
        service = self._venues.directory.services[waiting.service]
        fee = service.fee_with(self._venues.directory.resources[slot.resource])
        made = new_booking(waiting.citizen, waiting.booked_by, service, slot, fee, now)
        booking = replace(made, state=BookingState.OFFERED, hold_until=now + OFFER)

        async def work(tx: Tx) -> None:
            if not await self._slots.end_withholding(seat, tx):
                raise _Gone
            await self._keep(waiting.offered(booking.id), waiting, tx)
            if not await self._seating.offer(booking, service.most_open, seat, now, tx):
                raise _Gone
            await self._outbox.add("appointment.offered", waiting.citizen, tx, **facts_of(booking))

        try:
            await self._db.transaction(work)
        except Outcome:
            return False
        except _Gone:
            return True
        return True

    async def _offer(self, citizen: str, booking: str, tx: Tx) -> Booking:
        found = await self._bookings.get(booking, citizen, tx)
        if found is None:
            raise BookingUnknown
        return found

    async def _settle(self, booking: Booking, state: WaitingState, tx: Tx) -> None:
        was = await self._waiting.of_booking(booking.id, booking.citizen, tx)
        if was is not None:
            await self._keep(was.settled(state), was, tx)

    async def _keep(self, waiting: Waiting, was: Waiting, tx: Tx) -> None:
        if not await self._waiting.save(waiting, was, tx):
            raise NotWaiting
