"""Named errors of care homes and wards, of who stays there and who visits."""

from __future__ import annotations

import strawberry

from app.domains.community.family_visits import errors as visits
from app.domains.community.family_visits.model import FamilyVisitState
from app.domains.community.family_visits.stays.model import StayState
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(FamilyVisitState)
strawberry.enum(StayState)


@outcome(visits.CareHouseInvalid)
@strawberry.type
class CareHouseInvalid(UserError):
    field: str


@outcome(visits.CareHouseUnknown)
@strawberry.type(description="No such house, or not one that you keep.")
class CareHouseUnknown(UserError):
    pass


@outcome(visits.CareHouseChanged)
@strawberry.type(description="Somebody else changed it meanwhile, or has this code.")
class CareHouseChanged(UserError):
    pass


@outcome(visits.StayInvalid)
@strawberry.type
class StayInvalid(UserError):
    field: str


@outcome(visits.StayUnknown)
@strawberry.type(description="No such stay, or not one's own.")
class StayUnknown(UserError):
    pass


@outcome(visits.StayEntered)
@strawberry.type(description="He is on the house's list, or was asked.")
class StayEntered(UserError):
    pass


@outcome(visits.StayStateWrong, state=StayState)
@strawberry.type(description="It is in another state.")
class StayStateWrong(UserError):
    state: StayState


@outcome(visits.RelativeUnknown)
@strawberry.type(description="Nobody in the app has this phone, or he was not named.")
class RelativeUnknown(UserError):
    pass


@outcome(visits.TooManyRelatives)
@strawberry.type
class TooManyRelatives(UserError):
    most: int


@outcome(visits.NotNamed)
@strawberry.type(description="Whom one would visit has not named one.")
class NotNamed(UserError):
    pass


@outcome(visits.FamilyVisitInvalid)
@strawberry.type
class FamilyVisitInvalid(UserError):
    field: str


@outcome(visits.FamilyVisitUnknown)
@strawberry.type(description="No such visit, or not one's own.")
class FamilyVisitUnknown(UserError):
    pass


@outcome(visits.FamilyVisitStateWrong, state=FamilyVisitState)
@strawberry.type(description="It is in another state.")
class FamilyVisitStateWrong(UserError):
    state: FamilyVisitState


@outcome(visits.VisitingTimeFull)
@strawberry.type(description="The house takes nobody more at that time.")
class VisitingTimeFull(UserError):
    pass


@outcome(visits.VisitedEnough)
@strawberry.type(description="So many visits a day are enough for him.")
class VisitedEnough(UserError):
    most: int
