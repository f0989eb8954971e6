"""A hospital by its departments, and their doctors with their next free times."""

from __future__ import annotations

import strawberry

from app.domains.appointments.times.departments import model
from app.domains.appointments.times.venues import model as venues
from graphql_schema.types.appointments.venues import AppointmentSlot, VenueResource
from graphql_schema.types.common import global_id


@strawberry.type(description="A department of a hospital in which doctors can be booked.")
class HospitalDepartment:
    key: str = strawberry.field(description="What its doctors are asked for with.")
    name: str
    doctors: int = strawberry.field(description="How many can be booked.")

    @classmethod
    def of(cls, one: model.Department, locale: str) -> HospitalDepartment:
        return cls(key=one.name.zh, name=one.name.within(locale), doctors=one.doctors)


@strawberry.type(description="What a doctor can be booked for.")
class DoctorService:
    service_id: strawberry.ID
    name: str
    fee: int = strawberry.field(description="In fen, with this doctor; 0 is free.")

    @classmethod
    def of(cls, service: venues.Service, doctor: venues.Resource, locale: str) -> DoctorService:
        id_ = global_id("BookableService", service.id)
        return cls(service_id=id_, name=service.name.within(locale), fee=service.fee_with(doctor))


@strawberry.type(description="A doctor of a department.")
class DepartmentDoctor:
    doctor: VenueResource
    services: list[DoctorService]
    next: list[AppointmentSlot] = strawberry.field(
        description="The next times that are free and given out, three at most; the soonest first."
    )

    @classmethod
    def of(cls, one: model.Doctor, locale: str) -> DepartmentDoctor:
        return cls(
            doctor=VenueResource.of(one.resource, locale),
            services=[DoctorService.of(service, one.resource, locale) for service in one.services],
            next=[AppointmentSlot.of(slot) for slot in one.free],
        )
