"""Who is booked on a day, closing and opening single times, cancelling one booking for a cause; occupancy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.appointments.booking.bookings.errors import BookingUnknown, CancelReasonMissing
from app.domains.appointments.booking.bookings.model import Booking, CancelledBy, facts_of
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.seating.service import Seating
from app.domains.appointments.times.slots.errors import DaysTooMany, SlotUnknown
from app.domains.appointments.times.slots.model import MOST_DAYS, Slot
from app.domains.appointments.times.slots.store import SlotStore
from app.domains.appointments.times.venues.model import Venue
from app.domains.appointments.times.venues.service import VenueService

_BOOKING, _COUNT = TypeAdapter(Booking), TypeAdapter(int)
_MOST_SLOTS = 200


@dataclass(frozen=True, slots=True)
class DayUse:
    """How full a venue is on a day, and what became of its bookings."""

    day: date
    seats: int
    free: int
    states: Mapping[str, int]


class RosterService:
    def __init__(
        self,
        slots: SlotStore,
        bookings: BookingStore,
        venues: VenueService,
        seating: Seating,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._slots = slots
        self._bookings = bookings
        self._venues = venues
        self._seating = seating
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def of_day(self, viewer: Viewer, venue: str, day: date, request: PageRequest) -> Page[Booking]:
        """Raises VenueUnknown."""
        return await self._bookings.of_day(self._venues.own(viewer, venue).id, day, request)

    async def slots_of(self, viewer: Viewer, resource: str, first: date, last: date) -> list[Slot]:
        """Raises ResourceUnknown, DaysTooMany."""
        _check(first, last)
        return await self._slots.of_days([self._venues.own_resource(viewer, resource).id], first, last)

    async def set_closed(self, viewer: Viewer, slots: Sequence[str], key: str, *, closed: bool) -> int:
        """Close single times to further bookings, or open them again; who is booked stays. How many were changed.

        Raises BadInput (1 to 200 of them), SlotUnknown, ResourceUnknown, IdempotencyConflict.
        """
        if not 1 <= len(slots) <= _MOST_SLOTS:
            raise BadInput(field="slotIds")
        for slot in slots:
            found = await self._slots.get(slot)
            if found is None or found.off_plan:
                raise SlotUnknown
            self._venues.own_resource(viewer, found.resource)

        async def work(tx: Tx) -> int:
            changed = await self._slots.close(slots, tx, closed=closed)
            action = "slots.closed" if closed else "slots.opened"
            await self._audit.record(viewer, action, slots[0], tx, count=changed)
            return changed

        call = Call.of(viewer, "setSlotsClosed", key, tuple(slots), closed)
        return await self._idempotency.once(call, _COUNT, work)

    async def cancel(self, viewer: Viewer, booking: str, reason: str, key: str) -> Booking:
        """One booking, for a cause that the citizen reads. Raises BookingUnknown, BookingNotOpen, CancelReasonMissing,
        IdempotencyConflict.
        """
        why = reason.strip()
        if not 2 <= len(why) <= 200:
            raise CancelReasonMissing
        mine = [venue.id for venue in self._venues.kept_by(viewer)]

        async def work(tx: Tx) -> Booking:
            was, now = await self._bookings.at_venue(booking, mine, tx), self._clock.now()
            if was is None:
                raise BookingUnknown
            done = was.cancelled(CancelledBy.VENUE, now, Said(why))
            await self._seating.end(done, was, now, tx, withhold=True)
            await self._audit.record(viewer, "booking.cancelled", booking, tx, subject=was.citizen)
            await self._outbox.add("appointment.cancelled_by_venue", was.citizen, tx, **facts_of(was))
            return done

        return await self._idempotency.once(Call.of(viewer, "cancelForCause", key, booking, why), _BOOKING, work)

    def venues(self) -> list[Venue]:
        """For the desk: all of them."""
        return sorted(self._venues.directory.venues.values(), key=lambda venue: venue.id)

    async def use_of(self, venue: str, first: date, last: date) -> list[DayUse]:
        """For the desk. Raises DaysTooMany."""
        _check(first, last)
        seats = await self._slots.occupancy(venue, first, last)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        uses = []
        for day in days:
            capacity, free = seats.get(day.isoformat(), (0, 0))
            states = await self._bookings.counted(venue, day)
            uses.append(DayUse(day, capacity, free, states))
        return uses


def _check(first: date, last: date) -> None:
    if not 0 <= (last - first).days < MOST_DAYS:
        raise DaysTooMany
