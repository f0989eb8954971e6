"""A provider keeps its venues: counters, services, hours, days that differ, and the bookings of a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.appointments.booking_errors import (
    BookingNotOpen,
    BookingUnknown,
    CancelReasonMissing,
    SlotUnknown,
)
from graphql_schema.types.appointments.rosters import (
    BookingCancelledForCause,
    DayChanged,
    DayChangeInput,
    DayChangePreview,
    DayRestored,
    ScheduleInput,
    ScheduleSaved,
    SlotsClosedChanged,
    VenueBooking,
    VenueBookings,
    VenueInput,
    VenueResourceInput,
    VenueResourceSaved,
    VenueSaved,
    VenueSchedule,
    VenueServiceInput,
    VenueServiceSaved,
    VenueSlot,
    VenueSlots,
    scope_of,
)
from graphql_schema.types.appointments.venue_errors import (
    DayOutOfReach,
    FeeInvalid,
    PlaceInvalid,
    ReleaseInvalid,
    ResourceUnknown,
    ScheduleUnknown,
    ServiceRulesInvalid,
    VenueCodeInvalid,
    VenueNameMissing,
    VenueUnknown,
    WindowInvalid,
    WindowsOverlap,
)
from graphql_schema.types.appointments.venues import BookableService, DaysTooMany, Venue, VenueResource
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, connection, key_of, providers

_SCOPE = "appointments"
VenueBookingsResult = Annotated[VenueBookings | VenueUnknown, strawberry.union("VenueBookingsResult")]
VenueSlotsResult = Annotated[VenueSlots | ResourceUnknown | DaysTooMany, strawberry.union("VenueSlotsResult")]
VenueScheduleResult = Annotated[
    VenueSchedule | ResourceUnknown | ScheduleUnknown, strawberry.union("VenueScheduleResult")
]
PreviewDayChangeResult = Annotated[
    DayChangePreview | VenueUnknown | ResourceUnknown | DayOutOfReach | WindowInvalid,
    strawberry.union("PreviewDayChangeResult"),
]
SaveVenueResult = Annotated[
    VenueSaved | VenueCodeInvalid | PlaceInvalid | VenueNameMissing | IdempotencyConflict,
    strawberry.union("SaveVenueResult"),
]
SaveVenueResourceResult = Annotated[
    VenueResourceSaved | VenueCodeInvalid | VenueUnknown | VenueNameMissing | FeeInvalid | IdempotencyConflict,
    strawberry.union("SaveVenueResourceResult"),
]
SaveVenueServiceResult = Annotated[
    VenueServiceSaved
    | VenueCodeInvalid
    | VenueUnknown
    | ResourceUnknown
    | VenueNameMissing
    | FeeInvalid
    | ServiceRulesInvalid
    | IdempotencyConflict,
    strawberry.union("SaveVenueServiceResult"),
]
SaveScheduleResult = Annotated[
    ScheduleSaved | ResourceUnknown | WindowInvalid | WindowsOverlap | ReleaseInvalid | IdempotencyConflict,
    strawberry.union("SaveScheduleResult"),
]
ChangeDayResult = Annotated[
    DayChanged | VenueUnknown | ResourceUnknown | DayOutOfReach | WindowInvalid | IdempotencyConflict,
    strawberry.union("ChangeDayResult"),
]
RestoreDayResult = Annotated[
    DayRestored | VenueUnknown | ResourceUnknown | DayOutOfReach | ScheduleUnknown | IdempotencyConflict,
    strawberry.union("RestoreDayResult"),
]
SetSlotsClosedResult = Annotated[
    SlotsClosedChanged | SlotUnknown | ResourceUnknown | IdempotencyConflict, strawberry.union("SetSlotsClosedResult")
]
CancelForCauseResult = Annotated[
    BookingCancelledForCause | BookingUnknown | BookingNotOpen | CancelReasonMissing | IdempotencyConflict,
    strawberry.union("CancelForCauseResult"),
]


@strawberry.type
class ProviderRosterQuery:
    @strawberry.field(metadata=providers(scope=_SCOPE), description="Yours, with what can be booked there.")
    async def venues(self, info: Info) -> list[Venue]:
        venues, locale = info.context.services.appointments.venues, info.context.locale
        return [Venue.of(one, venues.directory, locale) for one in venues.kept_by(info.context.viewer)]

    @strawberry.field(metadata=providers(scope=_SCOPE), description="Who comes on that day.")
    async def venue_bookings(
        self, info: Info, venue_id: strawberry.ID, day: date, first: int | None = None, after: str | None = None
    ) -> VenueBookingsResult:
        rosters, venue = info.context.services.appointments.rosters, key_of(venue_id, "Venue")
        page = await rosters.of_day(info.context.viewer, venue, day, PageRequest.of(first, after))
        return VenueBookings(bookings=connection(page, lambda one: one.id, VenueBooking.of))

    @strawberry.field(metadata=providers(scope=_SCOPE), description="The times of one resource, at most 31 days.")
    async def venue_slots(self, info: Info, resource_id: strawberry.ID, first: date, last: date) -> VenueSlotsResult:
        rosters, resource = info.context.services.appointments.rosters, key_of(resource_id, "VenueResource")
        found = await rosters.slots_of(info.context.viewer, resource, first, last)
        return VenueSlots(slots=[VenueSlot.of(one) for one in found])

    @strawberry.field(metadata=providers(scope=_SCOPE), description="The week of one resource.")
    async def venue_schedule(self, info: Info, resource_id: strawberry.ID) -> VenueScheduleResult:
        schedules, resource = info.context.services.appointments.schedules, key_of(resource_id, "VenueResource")
        return VenueSchedule.of(await schedules.of(info.context.viewer, resource))

    @strawberry.field(metadata=providers(scope=_SCOPE), description="What a change of a day would do. Nothing is done.")
    async def preview_day_change(self, info: Info, change: DayChangeInput) -> PreviewDayChangeResult:
        schedules = info.context.services.appointments.schedules
        return DayChangePreview.of(await schedules.preview(info.context.viewer, change.parsed()))


@strawberry.type
class ProviderRosterMutation:
    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="A new venue, or the one of this code changed.")
    async def save_venue(self, info: Info, venue: VenueInput, idempotency_key: IdempotencyKey) -> SaveVenueResult:
        venues, viewer = info.context.services.appointments.venues, info.context.viewer
        saved = await venues.save_venue(viewer, venue.parsed(viewer), idempotency_key)
        return VenueSaved(venue=Venue.of(saved, venues.directory, info.context.locale))

    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="A counter, a doctor or a room of a venue.")
    async def save_venue_resource(
        self, info: Info, resource: VenueResourceInput, idempotency_key: IdempotencyKey
    ) -> SaveVenueResourceResult:
        venues, viewer = info.context.services.appointments.venues, info.context.viewer
        saved = await venues.save_resource(viewer, resource.parsed(viewer), idempotency_key)
        return VenueResourceSaved(resource=VenueResource.of(saved, info.context.locale))

    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="What can be booked, and with whom.")
    async def save_venue_service(
        self, info: Info, service: VenueServiceInput, idempotency_key: IdempotencyKey
    ) -> SaveVenueServiceResult:
        venues, viewer = info.context.services.appointments.venues, info.context.viewer
        saved = await venues.save_service(viewer, service.parsed(viewer), idempotency_key)
        return VenueServiceSaved(service=BookableService.of(saved, venues.directory, info.context.locale))

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE), description="The week of a resource. What is booked stays; see `changeDay`."
    )
    async def save_schedule(
        self, info: Info, schedule: ScheduleInput, idempotency_key: IdempotencyKey
    ) -> SaveScheduleResult:
        schedules = info.context.services.appointments.schedules
        saved = await schedules.save(info.context.viewer, schedule.parsed(), idempotency_key)
        return ScheduleSaved(schedule=VenueSchedule.of(saved))

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE), description="A day with other hours, or closed. Look at the preview first."
    )
    async def change_day(self, info: Info, change: DayChangeInput, idempotency_key: IdempotencyKey) -> ChangeDayResult:
        schedules = info.context.services.appointments.schedules
        done = await schedules.except_day(info.context.viewer, change.parsed(), idempotency_key)
        return DayChanged(scope_id=change.scope_id, day=done.day)

    @strawberry.mutation(metadata=providers(scope=_SCOPE), description="The day is as the week says again.")
    async def restore_day(
        self, info: Info, scope_id: strawberry.ID, day: date, idempotency_key: IdempotencyKey
    ) -> RestoreDayResult:
        schedules = info.context.services.appointments.schedules
        done = await schedules.drop_exception(info.context.viewer, scope_of(scope_id), day, idempotency_key)
        return DayRestored(scope_id=scope_id, day=done.day)

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE), description="Close single times to further bookings, or open them again."
    )
    async def set_slots_closed(
        self, info: Info, slot_ids: list[strawberry.ID], closed: bool, idempotency_key: IdempotencyKey
    ) -> SetSlotsClosedResult:
        rosters, slots = (
            info.context.services.appointments.rosters,
            [key_of(one, "AppointmentSlot") for one in slot_ids],
        )
        changed = await rosters.set_closed(info.context.viewer, slots, idempotency_key, closed=closed)
        return SlotsClosedChanged(changed=changed)

    @strawberry.mutation(
        metadata=providers(scope=_SCOPE), description="One booking, with a reason that the citizen reads."
    )
    async def cancel_for_cause(
        self, info: Info, booking_id: strawberry.ID, reason: str, idempotency_key: IdempotencyKey
    ) -> CancelForCauseResult:
        rosters, booking = info.context.services.appointments.rosters, key_of(booking_id, "Booking")
        done = await rosters.cancel(info.context.viewer, booking, reason, idempotency_key)
        return BookingCancelledForCause(booking=VenueBooking.of(done))
