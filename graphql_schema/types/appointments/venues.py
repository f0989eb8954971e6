"""Venues, what can be booked there, and with whom."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.domains.appointments.times.slots import model as slots
from app.domains.appointments.times.slots.errors import DaysTooMany as TooManyDays
from app.domains.appointments.times.venues import model as venues
from app.domains.appointments.times.venues.model import Directory, Place, ResourceKind, VenueKind
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Node, global_id

strawberry.enum(VenueKind)
strawberry.enum(ResourceKind, name="VenueResourceKind")


@strawberry.input(description="WGS 84, in degrees.")
class PointInput:
    latitude: float
    longitude: float

    def parsed(self) -> Place:
        return Place(self.latitude, self.longitude)


@strawberry.type(description="A counter, a doctor or a room. `department` and `title` are a doctor's.")
class VenueResource:
    id: strawberry.ID
    kind: ResourceKind
    name: str
    department: str
    title: str
    fee: int | None = strawberry.field(description="In fen, instead of the service's.")

    @classmethod
    def of(cls, resource: venues.Resource, locale: str) -> VenueResource:
        return cls(
            id=global_id("VenueResource", resource.id),
            kind=resource.kind,
            name=resource.name.within(locale),
            department=resource.department.within(locale),
            title=resource.title.within(locale),
            fee=resource.fee,
        )


@strawberry.type(description="What can be booked at a venue.")
class BookableService:
    id: strawberry.ID
    venue_id: strawberry.ID
    name: str
    item: str | None = strawberry.field(description="Code of the service item it is for.")
    bring: str
    fee: int = strawberry.field(description="In fen; 0 is free.")
    cut_off_minutes: int = strawberry.field(description="So long before its start a booking can be changed.")
    resources: list[VenueResource]

    @classmethod
    def of(cls, service: venues.Service, directory: Directory, locale: str) -> BookableService:
        found = (directory.resources.get(one) for one in service.resources)
        return cls(
            id=global_id("BookableService", service.id),
            venue_id=global_id("Venue", service.venue),
            name=service.name.within(locale),
            item=service.item,
            bring=service.bring.within(locale),
            fee=service.fee,
            cut_off_minutes=int(service.cut_off.total_seconds()) // 60,
            resources=[VenueResource.of(one, locale) for one in found if one is not None and one.active],
        )


@strawberry.type(description="A service hall, a hospital, a vaccination point, a registry.")
class Venue(Node):
    kind: VenueKind
    name: str
    address: str
    latitude: float
    longitude: float
    hours: str
    phone: str
    metres: int | None = strawberry.field(description="How far from the point that was asked with.")
    services: list[BookableService]

    @classmethod
    def of(cls, venue: venues.Venue, directory: Directory, locale: str, near: Place | None = None) -> Venue:
        return cls(
            id=global_id("Venue", venue.id),
            kind=venue.kind,
            name=venue.name.within(locale),
            address=venue.address.within(locale),
            latitude=venue.place.latitude,
            longitude=venue.place.longitude,
            hours=venue.hours.within(locale),
            phone=venue.phone,
            metres=venue.place.metres_to(near) if near else None,
            services=[BookableService.of(one, directory, locale) for one in directory.services_of(venue.id)],
        )


@strawberry.type(description="The nearest first; without a point by their ids.")
class Venues:
    venues: list[Venue]


@strawberry.type(description="A time at a resource. `remaining` seats are free now; it is given out from `opensAt` on.")
class AppointmentSlot:
    id: strawberry.ID
    resource_id: strawberry.ID
    day: date
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    remaining: int
    number: str | None = strawberry.field(description="The house's own number.")

    @classmethod
    def of(cls, slot: slots.Slot) -> AppointmentSlot:
        return cls(
            id=global_id("AppointmentSlot", slot.id),
            resource_id=global_id("VenueResource", slot.resource),
            day=slot.day,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            opens_at=slot.opens_at,
            remaining=slot.remaining,
            number=slot.number,
        )


@strawberry.type(description="In the order of time.")
class AppointmentSlots:
    slots: list[AppointmentSlot]


@outcome(TooManyDays)
@strawberry.type(description="Slots are listed for 1 to 31 days at a time.")
class DaysTooMany(UserError):
    pass
