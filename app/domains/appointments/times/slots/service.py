"""Making slots from schedules, listing them, and changing what was made when a schedule changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from app.core.clock import Clock, civil_day
from app.domains.appointments.times.schedules.model import DayException, DayPlan, Schedule, SlotTime, WorkingCalendar
from app.domains.appointments.times.schedules.store import ScheduleStore
from app.domains.appointments.times.slots.errors import DaysTooMany
from app.domains.appointments.times.slots.model import MOST_DAYS, Slot, slot_id
from app.domains.appointments.times.slots.store import SlotStore
from app.domains.appointments.times.venues.model import Service
from app.domains.appointments.times.venues.service import VenueService

# So far ahead of their release slots are made, so that people see what is coming.
_SEEN_BEFORE = 7
_KEPT = timedelta(days=90)
_AT_ONCE = 50


class SlotService:
    def __init__(
        self,
        slots: SlotStore,
        schedules: ScheduleStore,
        venues: VenueService,
        calendar: Callable[[], WorkingCalendar],
        clock: Clock,
    ) -> None:
        self._slots = slots
        self._schedules = schedules
        self._venues = venues
        self._calendar = calendar
        self._clock = clock

    async def of_service(self, service: Service, first: date, last: date, resource: str | None = None) -> list[Slot]:
        """Of the days from `first` to `last`, what has not begun. Raises DaysTooMany."""
        if not 0 <= (last - first).days < MOST_DAYS:
            raise DaysTooMany
        resources = [one for one in service.resources if resource in (None, one)]
        now = self._clock.now()
        found = await self._slots.of_days(resources, first, last)
        return [slot for slot in found if slot.starts_at > now and not slot.closed]

    async def alternatives(
        self, service: Service, near: datetime, earlier: timedelta, most: int = 3
    ) -> tuple[Slot, ...]:
        """The next free slots of the service, from that time on; then from now on."""
        now, resources = self._clock.now(), service.resources
        later = await self._slots.next_free(resources, max(now, near), now + earlier, most)
        if len(later) < most:
            sooner = await self._slots.next_free(resources, now, now + earlier, most + len(later))
            known = {slot.id for slot in later}
            later += [slot for slot in sooner if slot.id not in known][: most - len(later)]
        return tuple(later)

    async def make_all(self) -> int:
        """The rolling horizon of every schedule. Safe to repeat, and beside another run of itself."""
        made, after = 0, ""
        while schedules := await self._schedules.page(after, _AT_ONCE):
            for schedule in schedules:
                made += await self.make_for(schedule)
            after = schedules[-1].resource
        await self._slots.drop_before(civil_day(self._clock.now()) - _KEPT)
        return made

    @staticmethod
    def horizon(schedule: Schedule) -> timedelta:
        """How far ahead slots are made."""
        return timedelta(days=schedule.release.days + _SEEN_BEFORE)

    async def make_for(self, schedule: Schedule, only: date | None = None) -> int:
        """What the schedule says from today on (or for one day), and nothing that it does not say (any more): a slot
        with people in it that fell away is closed, not deleted. Of who receives nobody any more that is all of them.
        """
        first = civil_day(self._clock.now())
        last = first + self.horizon(schedule)
        first, last = (only, only) if only is not None else (first, last)
        plan = await self._plan(schedule, first, last)
        if plan is None:
            return 0
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        wanted = {slot.id: slot for day in days for slot in self._slots_of(plan, day)}
        await self._adjust(wanted, await self._slots.of_days([schedule.resource], first, last))
        return await self._slots.make(list(wanted.values()))

    async def would_fall_away(self, exception: DayException, resources: Sequence[str]) -> list[Slot]:
        """Slots of these resources that the day would not have with this exception."""
        fallen: list[Slot] = []
        for schedule in (await self._schedules.of(resources)).values():
            plan = await self._plan(schedule, exception.day, exception.day)
            if plan is not None:
                changed = replace(plan, exceptions={**plan.exceptions, exception.id: exception})
                kept = {slot.id for slot in self._slots_of(changed, exception.day)}
                present = await self._slots.of_days([schedule.resource], exception.day, exception.day)
                fallen += [slot for slot in present if slot.id not in kept and slot.starts_at > self._clock.now()]
        return fallen

    async def _plan(self, schedule: Schedule, first: date, last: date) -> DayPlan | None:
        resource = self._venues.directory.resources.get(schedule.resource)
        venue = self._venues.directory.venues.get(resource.venue) if resource else None
        if resource is None or venue is None:
            return None
        if not (resource.active and venue.active):
            closed = replace(schedule, windows=())
            return DayPlan(closed, venue.id, venue.works_on_holidays, self._calendar(), exceptions={})
        exceptions = await self._schedules.exceptions([resource.id, venue.id], first, last)
        return DayPlan(schedule, venue.id, venue.works_on_holidays, self._calendar(), exceptions)

    def _slots_of(self, plan: DayPlan, day: date) -> list[Slot]:
        now = self._clock.now()
        return [_slot(plan, day, time) for time in plan.times(day) if time.starts_at > now]

    async def _adjust(self, wanted: dict[str, Slot], present: Sequence[Slot]) -> None:
        now = self._clock.now()
        for slot in present:
            new = wanted.get(slot.id)
            if new is not None:
                await self._fit(slot, new)
            elif slot.starts_at > now and not slot.off_plan and not await self._slots.drop_untouched(slot.id):
                await self._slots.shut(slot.id)

    async def _fit(self, slot: Slot, new: Slot) -> None:
        if slot.off_plan:
            await self._slots.reopen(slot.id)
        if (new.capacity, new.walk_in) != (slot.capacity, slot.walk_in):
            await self._slots.resize(slot, new.capacity, new.walk_in)
        if (new.opens_at, new.ends_at) != (slot.opens_at, slot.ends_at):
            await self._slots.retime(slot, new.opens_at, new.ends_at)


def _slot(plan: DayPlan, day: date, time: SlotTime) -> Slot:
    resource = plan.schedule.resource
    return Slot(
        id=slot_id(resource, time.starts_at),
        resource=resource,
        venue=plan.venue,
        day=day,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
        opens_at=plan.schedule.release.moment(day),
        capacity=time.seats,
        free=time.seats,
        walk_in=time.walk_in,
        number=time.number,
    )
