"""Named errors of venues, their resources and services."""

from __future__ import annotations

import strawberry

from app.domains.appointments.times.schedules import errors as schedules
from app.domains.appointments.times.venues import errors
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(errors.VenueCodeInvalid)
@strawberry.type(description="A code is 1 to 40 small letters, digits and hyphens.")
class VenueCodeInvalid(UserError):
    given: str


@outcome(errors.VenueUnknown)
@strawberry.type
class VenueUnknown(UserError):
    pass


@outcome(errors.ServiceUnknown)
@strawberry.type
class ServiceUnknown(UserError):
    pass


@outcome(errors.PlaceInvalid)
@strawberry.type
class PlaceInvalid(UserError):
    pass


@outcome(errors.ResourceUnknown)
@strawberry.type
class ResourceUnknown(UserError):
    pass


@outcome(errors.VenueNameMissing)
@strawberry.type
class VenueNameMissing(UserError):
    pass


@outcome(errors.FeeInvalid)
@strawberry.type
class FeeInvalid(UserError):
    pass


@outcome(errors.ServiceRulesInvalid)
@strawberry.type
class ServiceRulesInvalid(UserError):
    pass


@outcome(schedules.WindowInvalid)
@strawberry.type
class WindowInvalid(UserError):
    weekday: int


@outcome(schedules.WindowsOverlap)
@strawberry.type
class WindowsOverlap(UserError):
    weekday: int


@outcome(schedules.ReleaseInvalid)
@strawberry.type
class ReleaseInvalid(UserError):
    pass


@outcome(schedules.ScheduleUnknown)
@strawberry.type
class ScheduleUnknown(UserError):
    pass


@outcome(schedules.DayOutOfReach)
@strawberry.type
class DayOutOfReach(UserError):
    pass
