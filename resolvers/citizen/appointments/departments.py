"""Looking for a doctor: by hospital and department."""

from __future__ import annotations

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.appointments.departments import DepartmentDoctor, HospitalDepartment
from graphql_schema.types.common import Connection, Info, citizens, connection, key_of

_MANAGE = "appointments:manage"


@strawberry.type
class DepartmentQuery:
    @strawberry.field(metadata=citizens(ward_scope=_MANAGE), description="By name; none where no doctor is booked.")
    async def hospital_departments(self, info: Info, venue_id: strawberry.ID) -> list[HospitalDepartment]:
        context, venue = info.context, key_of(venue_id, "Venue")
        found = await context.services.appointments.departments.of_venue(context.viewer, venue)
        return [HospitalDepartment.of(one, context.locale) for one in found]

    @strawberry.field(
        metadata=citizens(ward_scope=_MANAGE),
        description="Doctors of a department with their fees and next free times; twenty a page at most.",
    )
    async def department_doctors(
        self, info: Info, venue_id: strawberry.ID, department: str, first: int | None = None, after: str | None = None
    ) -> Connection[DepartmentDoctor]:
        context, venue, request = info.context, key_of(venue_id, "Venue"), PageRequest.of(first, after)
        rooms = context.services.appointments.departments
        page = await rooms.doctors(context.viewer, venue, department, request)
        return connection(page, lambda one: one.resource.id, lambda one: DepartmentDoctor.of(one, context.locale))
