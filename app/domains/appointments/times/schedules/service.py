"""Saving a resource's week and the days that differ, and settling with those who were booked into what is closed.

What a closing means is shown before it is done (`preview`). Done, it is written down first; each booking is then moved
or cancelled in a transaction of its own, by a worker, until nobody is left: who dies in between is taken over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Role, Viewer
from app.domains.appointments.booking.bookings.errors import BookingNotOpen
from app.domains.appointments.booking.bookings.model import Booking, BookingState, CancelledBy, facts_of
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.diaries.errors import BookingOverlaps
from app.domains.appointments.booking.seating.service import Seating
from app.domains.appointments.times.schedules.errors import DayOutOfReach, ScheduleUnknown
from app.domains.appointments.times.schedules.model import DayException, Schedule
from app.domains.appointments.times.schedules.store import ScheduleStore
from app.domains.appointments.times.slots.errors import SlotTaken
from app.domains.appointments.times.slots.model import Slot
from app.domains.appointments.times.slots.service import SlotService
from app.domains.appointments.times.slots.store import SlotStore
from app.domains.appointments.times.venues.errors import ResourceUnknown
from app.domains.appointments.times.venues.service import VenueService

_SCHEDULE, _EXCEPTION = TypeAdapter(Schedule), TypeAdapter(DayException)
_WORKER = Viewer(role=Role.OPS, actor="worker")
_AHEAD = timedelta(days=366)
_AT_ONCE = 200
_TRIED = 5
_PENDING = (BookingState.HELD, BookingState.OFFERED)


@dataclass(frozen=True, slots=True)
class Closing:
    """What an exception would do: slots that fall away, and bookings in them."""

    slots: int
    bookings: int


class ScheduleService:
    def __init__(
        self,
        db: Database,
        schedules: ScheduleStore,
        slot_store: SlotStore,
        slots: SlotService,
        bookings: BookingStore,
        seating: Seating,
        venues: VenueService,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._schedules = schedules
        self._slot_store = slot_store
        self._slots = slots
        self._bookings = bookings
        self._seating = seating
        self._venues = venues
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def of(self, viewer: Viewer, resource: str) -> Schedule:
        """Raises ResourceUnknown, ScheduleUnknown."""
        self._venues.own_resource(viewer, resource)
        found = (await self._schedules.of([resource])).get(resource)
        if found is None:
            raise ScheduleUnknown
        return found

    async def save(self, viewer: Viewer, schedule: Schedule, key: str) -> Schedule:
        """From now on; times that are booked and fall away are closed to others and stay. Raises ResourceUnknown,
        IdempotencyConflict.
        """
        self._venues.own_resource(viewer, schedule.resource)

        async def work(tx: Tx) -> Schedule:
            await self._schedules.save(schedule, tx)
            await self._audit.record(viewer, "schedule.saved", schedule.resource, tx)
            return schedule

        call = Call.of(viewer, "saveSchedule", key, schedule)
        saved = await self._idempotency.once(call, _SCHEDULE, work)
        # As it stands now: a repeat of this call may come when it was changed once more.
        for current in (await self._schedules.of([schedule.resource])).values():
            await self._slots.make_for(current)
        return saved

    async def preview(self, viewer: Viewer, exception: DayException) -> Closing:
        """Raises ResourceUnknown, DayOutOfReach."""
        fallen = await self._slots.would_fall_away(exception, self._checked(viewer, exception))
        open_ = [BookingState.BOOKED, *_PENDING]
        bookings = await self._bookings.in_slots([slot.id for slot in fallen], open_, 10_000)
        return Closing(len(fallen), len(bookings))

    async def except_day(self, viewer: Viewer, exception: DayException, key: str) -> DayException:
        """The day differs. Who is booked into what falls away is moved to the next free time (`move`) or told that it
        is cancelled. Raises ResourceUnknown, DayOutOfReach, IdempotencyConflict.
        """
        resources = self._checked(viewer, exception)

        async def work(tx: Tx) -> DayException:
            await self._schedules.put_exception(exception, tx)
            await self._audit.record(viewer, "schedule.day_changed", exception.id, tx)
            return exception

        done = await self._idempotency.once(Call.of(viewer, "exceptDay", key, exception), _EXCEPTION, work)
        await self._make(resources, exception.day)
        return done

    async def drop_exception(self, viewer: Viewer, scope: str, day: date, key: str) -> DayException:
        """The day is as the week says again.

        Raises ResourceUnknown, DayOutOfReach, ScheduleUnknown, IdempotencyConflict.
        """
        exception = DayException(scope, day)
        resources = self._checked(viewer, exception)

        async def work(tx: Tx) -> DayException:
            if not await self._schedules.drop_exception(scope, day, tx):
                raise ScheduleUnknown
            await self._audit.record(viewer, "schedule.day_restored", exception.id, tx)
            return exception

        done = await self._idempotency.once(Call.of(viewer, "dropException", key, scope, day), _EXCEPTION, work)
        await self._make(resources, day)
        return done

    async def settle(self) -> int:
        """For a worker: those booked into what one exception closed; how many were moved or told."""
        exception = await self._schedules.unsettled()
        if exception is None:
            return 0
        resources = self._resources(exception.scope)
        await self._make(resources, exception.day)
        slots = await self._slot_store.of_days(resources, exception.day, exception.day)
        closed = [slot.id for slot in slots if slot.off_plan]
        # Looked at before those who are booked: what is confirmed in between is found among these, or left for later.
        pending = await self._bookings.in_slots(closed, _PENDING, 1)
        affected = await self._bookings.in_slots(closed, [BookingState.BOOKED], _AT_ONCE)
        for booking in affected:
            await self._settled(booking, exception)
        if len(affected) < _AT_ONCE and not pending:
            await self._schedules.settle(exception)
        return len(affected)

    async def _settled(self, booking: Booking, exception: DayException) -> None:
        slots = await self._elsewhere(booking) if exception.move else []
        for slot in slots:
            try:
                await self._moved(booking, slot)
            except (SlotTaken, BookingOverlaps, BookingNotOpen):
                continue  # the seat that was taken goes on by itself
            return
        await self._cancelled(booking, exception)

    async def _elsewhere(self, booking: Booking) -> Sequence[Slot]:
        """Free times of the same service and fee, the nearest first."""
        directory = self._venues.directory
        service = directory.services.get(booking.service)
        if service is None:
            return ()
        same_fee = [one for one in service.resources if service.fee_with(directory.resources[one]) == booking.fee]
        now = self._clock.now()
        return await self._slot_store.next_free(same_fee, max(now, booking.starts_at), now, _TRIED)

    async def _moved(self, booking: Booking, to: Slot) -> None:
        now = self._clock.now()
        moved, seat = booking.put(to.id, to.resource, to.starts_at, to.ends_at, now, to.number), new_id()
        if not await self._slot_store.take(to.id, seat, now, timedelta(0)):
            raise SlotTaken

        async def work(tx: Tx) -> None:
            await self._seating.move(moved, booking, seat, now, tx)
            await self._audit.record(_WORKER, "booking.moved", booking.id, tx, subject=booking.citizen)
            await self._outbox.add("appointment.moved_by_venue", booking.citizen, tx, **facts_of(moved))

        await self._db.transaction(work)

    async def _cancelled(self, booking: Booking, exception: DayException) -> None:
        now = self._clock.now()

        async def work(tx: Tx) -> None:
            done = booking.cancelled(CancelledBy.VENUE, now, exception.reason)
            await self._seating.end(done, booking, now, tx, withhold=False)
            await self._audit.record(_WORKER, "booking.cancelled", booking.id, tx, subject=booking.citizen)
            await self._outbox.add("appointment.cancelled_by_venue", booking.citizen, tx, **facts_of(booking))

        try:
            await self._db.transaction(work)
        except BookingNotOpen:  # cancelled by himself in this moment
            return

    def _checked(self, viewer: Viewer, exception: DayException) -> list[str]:
        """The resources it is about. Raises ResourceUnknown, DayOutOfReach."""
        if exception.scope in self._venues.directory.venues:
            self._venues.own(viewer, exception.scope)
        else:
            self._venues.own_resource(viewer, exception.scope)
        today = civil_day(self._clock.now())
        if not today <= exception.day <= today + _AHEAD:
            raise DayOutOfReach
        return self._resources(exception.scope)

    def _resources(self, scope: str) -> list[str]:
        directory = self._venues.directory
        if scope in directory.venues:
            return [resource.id for resource in directory.resources_of(scope)]
        if scope not in directory.resources:
            raise ResourceUnknown
        return [scope]

    async def _make(self, resources: Sequence[str], day: date) -> None:
        for schedule in (await self._schedules.of(resources)).values():
            last = civil_day(self._clock.now()) + self._slots.horizon(schedule)
            if day <= last:
                await self._slots.make_for(schedule, day)
