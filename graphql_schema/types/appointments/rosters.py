"""What a venue keeps: itself, its counters and services, their hours, and the bookings of a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import strawberry

from app.core.errors import BadInput
from app.core.said import UNSAID, Said
from app.core.viewer import Viewer
from app.domains.appointments.booking.bookings import model as bookings
from app.domains.appointments.booking.bookings.model import BookingState
from app.domains.appointments.times.schedules import model as schedules
from app.domains.appointments.times.schedules.service import Closing
from app.domains.appointments.times.slots import model as slots
from app.domains.appointments.times.venues import model as venues
from app.domains.appointments.times.venues.model import Place, ResourceKind, VenueKind, id_of
from graphql_schema.types.appointments.venues import BookableService, PointInput, Venue, VenueResource
from graphql_schema.types.common import Connection, global_id, key_of, parse_global_id
from graphql_schema.types.government.catalogue import SaidInput

_MOST_WINDOWS = 100


def _said(given: SaidInput | None) -> Said:
    return given.parsed() if given else UNSAID


@strawberry.input(description="`code` is your own: saving it again changes the same venue.")
class VenueInput:
    code: str
    kind: VenueKind
    name: SaidInput
    address: SaidInput
    place: PointInput
    hours: SaidInput | None = None
    phone: str = ""
    works_on_holidays: bool = False
    active: bool = True

    def parsed(self, viewer: Viewer) -> venues.Venue:
        """Raises VenueCodeInvalid, PlaceInvalid."""
        organisation = viewer.provider()
        return venues.Venue(
            id=id_of(organisation, self.code, test=viewer.test_mode),
            organisation=organisation,
            kind=self.kind,
            name=self.name.parsed(),
            address=self.address.parsed(),
            place=Place(self.place.latitude, self.place.longitude),
            hours=_said(self.hours),
            phone=self.phone[:40],
            works_on_holidays=self.works_on_holidays,
            test=viewer.test_mode,
            active=self.active,
        )


@strawberry.input(description="A counter, a doctor or a room. `fee` in fen, instead of the service's.")
class VenueResourceInput:
    code: str
    venue_id: strawberry.ID
    kind: ResourceKind
    name: SaidInput
    department: SaidInput | None = None
    title: SaidInput | None = None
    fee: int | None = None
    active: bool = True

    def parsed(self, viewer: Viewer) -> venues.Resource:
        """Raises VenueCodeInvalid."""
        organisation = viewer.provider()
        return venues.Resource(
            id=id_of(organisation, self.code, test=viewer.test_mode),
            venue=key_of(self.venue_id, "Venue"),
            organisation=organisation,
            kind=self.kind,
            name=self.name.parsed(),
            department=_said(self.department),
            title=_said(self.title),
            fee=self.fee,
            test=viewer.test_mode,
            active=self.active,
        )


@strawberry.input(description="What can be booked with these resources. `fee` in fen.")
class VenueServiceInput:
    code: str
    venue_id: strawberry.ID
    name: SaidInput
    resource_ids: list[strawberry.ID]
    item: str | None = None
    bring: SaidInput | None = None
    fee: int = 0
    cut_off_minutes: int = 120
    most_open: int = venues.MOST_OPEN
    active: bool = True

    def parsed(self, viewer: Viewer) -> venues.Service:
        """Raises VenueCodeInvalid."""
        organisation = viewer.provider()
        return venues.Service(
            id=id_of(organisation, self.code, test=viewer.test_mode),
            venue=key_of(self.venue_id, "Venue"),
            organisation=organisation,
            name=self.name.parsed(),
            resources=tuple(key_of(one, "VenueResource") for one in self.resource_ids),
            item=self.item,
            bring=_said(self.bring),
            fee=self.fee,
            cut_off=timedelta(minutes=self.cut_off_minutes),
            most_open=self.most_open,
            test=viewer.test_mode,
            active=self.active,
        )


@strawberry.input(description="`weekday` 1 is Monday. Times as HH:MM, of the city's clock.")
class WindowInput:
    weekday: int
    opens: str
    closes: str
    minutes: int
    seats: int = 1
    walk_in: int = 0

    def parsed(self) -> schedules.Window:
        """Raises BadInput, WindowInvalid."""
        times = _time(self.opens, "opens"), _time(self.closes, "closes")
        return schedules.Window(self.weekday, *times, self.minutes, self.seats, self.walk_in)


@strawberry.input(description="A day's times are given out `releaseDays` before, at `releaseAt` (HH:MM).")
class ScheduleInput:
    resource_id: strawberry.ID
    windows: list[WindowInput]
    release_days: int = 7
    release_at: str = "08:00"
    numbered: bool = False

    def parsed(self) -> schedules.Schedule:
        """Raises BadInput, WindowInvalid, WindowsOverlap, ReleaseInvalid."""
        release = schedules.Release(self.release_days, _time(self.release_at, "releaseAt"))
        if len(self.windows) > _MOST_WINDOWS:
            raise BadInput(field="windows")
        windows = tuple(window.parsed() for window in self.windows)
        return schedules.Schedule(key_of(self.resource_id, "VenueResource"), windows, release, self.numbered)


@strawberry.input(
    description="A day that differs at a venue or at one resource; without windows it is closed. `move`: who is booked "
    "is moved to the next free time where there is one, and otherwise told that it is cancelled."
)
class DayChangeInput:
    scope_id: strawberry.ID
    day: date
    windows: list[WindowInput] = strawberry.field(default_factory=list)
    reason: SaidInput | None = None
    move: bool = False

    def parsed(self) -> schedules.DayException:
        """Raises BadInput, WindowInvalid."""
        if len(self.windows) > _MOST_WINDOWS:
            raise BadInput(field="windows")
        windows = tuple(window.parsed() for window in self.windows)
        return schedules.DayException(scope_of(self.scope_id), self.day, windows, _said(self.reason), self.move)


def scope_of(id_: str) -> str:
    """A venue or a resource. Raises BadInput."""
    name, key = parse_global_id(id_)
    if name not in ("Venue", "VenueResource"):
        raise BadInput(field="scopeId")
    return key


def _time(text: str, field: str) -> time:
    """Raises BadInput."""
    try:
        found = time.fromisoformat(text)
    except ValueError:
        raise BadInput(field=field) from None
    if found.tzinfo is not None or found.second or found.microsecond:
        raise BadInput(field=field)
    return found


@strawberry.type
class ScheduleWindow:
    weekday: int
    opens: str
    closes: str
    minutes: int
    seats: int
    walk_in: int


@strawberry.type
class VenueSchedule:
    resource_id: strawberry.ID
    windows: list[ScheduleWindow]
    release_days: int
    release_at: str
    numbered: bool

    @classmethod
    def of(cls, schedule: schedules.Schedule) -> VenueSchedule:
        return cls(
            resource_id=global_id("VenueResource", schedule.resource),
            windows=[
                ScheduleWindow(
                    weekday=one.weekday,
                    opens=f"{one.opens:%H:%M}",
                    closes=f"{one.closes:%H:%M}",
                    minutes=one.minutes,
                    seats=one.seats,
                    walk_in=one.walk_in,
                )
                for one in schedule.windows
            ],
            release_days=schedule.release.days,
            release_at=f"{schedule.release.at:%H:%M}",
            numbered=schedule.numbered,
        )


@strawberry.type(description="A booking as its venue sees it. It does not say whose.")
class VenueBooking:
    id: strawberry.ID
    number: str
    own_number: str | None
    state: BookingState
    service_id: strawberry.ID
    resource_id: strawberry.ID
    starts_at: datetime
    ends_at: datetime
    fee: int

    @classmethod
    def of(cls, booking: bookings.Booking) -> VenueBooking:
        return cls(
            id=global_id("Booking", booking.id),
            number=booking.number,
            own_number=booking.own_number,
            state=booking.state,
            service_id=global_id("BookableService", booking.service),
            resource_id=global_id("VenueResource", booking.resource),
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            fee=booking.fee,
        )


@strawberry.type(description="In the order in which they were made.")
class VenueBookings:
    bookings: Connection[VenueBooking]


@strawberry.type
class VenueSlot:
    id: strawberry.ID
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    capacity: int
    free: int
    walk_in: int
    closed: bool

    @classmethod
    def of(cls, slot: slots.Slot) -> VenueSlot:
        return cls(
            id=global_id("AppointmentSlot", slot.id),
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            opens_at=slot.opens_at,
            capacity=slot.capacity,
            free=slot.free,
            walk_in=slot.walk_in,
            closed=slot.closed,
        )


@strawberry.type
class VenueSlots:
    slots: list[VenueSlot]


@strawberry.type(description="What the change would do: times that fall away, and bookings in them.")
class DayChangePreview:
    slots: int
    bookings: int

    @classmethod
    def of(cls, closing: Closing) -> DayChangePreview:
        return cls(slots=closing.slots, bookings=closing.bookings)


@strawberry.type
class VenueSaved:
    venue: Venue


@strawberry.type
class VenueResourceSaved:
    resource: VenueResource


@strawberry.type
class VenueServiceSaved:
    service: BookableService


@strawberry.type
class ScheduleSaved:
    schedule: VenueSchedule


@strawberry.type(description="Who was booked into what fell away is moved or told within seconds.")
class DayChanged:
    scope_id: strawberry.ID
    day: date


@strawberry.type
class DayRestored:
    scope_id: strawberry.ID
    day: date


@strawberry.type
class SlotsClosedChanged:
    changed: int


@strawberry.type
class BookingCancelledForCause:
    booking: VenueBooking
