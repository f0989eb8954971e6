"""Named errors of estates, their residents, notices, repairs and cars."""

from __future__ import annotations

import strawberry

from app.domains.community.estates import errors as estates
from app.domains.community.notices import errors as notices
from app.domains.community.repairs import errors as repairs
from app.domains.community.repairs.model import RepairState
from app.domains.community.residents import errors as residents
from app.domains.community.residents.model import ResidencyState
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(estates.EstateUnknown)
@strawberry.type(description="No such estate, or not one that you keep.")
class EstateUnknown(UserError):
    pass


@outcome(estates.EstateInvalid)
@strawberry.type
class EstateInvalid(UserError):
    field: str


@outcome(estates.EstateChanged)
@strawberry.type(description="Somebody else changed it meanwhile.")
class EstateChanged(UserError):
    pass


@outcome(estates.HomeUnknown)
@strawberry.type(description="The estate has no such home.")
class HomeUnknown(UserError):
    pass


@outcome(residents.ResidentNeedsRealName)
@strawberry.type(description="A home is asked for by who is known by name.")
class ResidentNeedsRealName(UserError):
    pass


@outcome(residents.ResidencyUnknown)
@strawberry.type(description="No such residency, or none of yours to decide on.")
class ResidencyUnknown(UserError):
    pass


@outcome(residents.ResidencyAsked)
@strawberry.type(description="You live there already, or have asked.")
class ResidencyAsked(UserError):
    pass


@outcome(residents.ResidencyStateWrong, state=ResidencyState)
@strawberry.type(description="It is in another state.")
class ResidencyStateWrong(UserError):
    state: ResidencyState


@outcome(residents.ResidencyReasonMissing)
@strawberry.type(description="A refusal says why.")
class ResidencyReasonMissing(UserError):
    pass


@outcome(residents.TooManyHomes)
@strawberry.type
class TooManyHomes(UserError):
    most: int


@outcome(residents.HouseholdFull)
@strawberry.type
class HouseholdFull(UserError):
    most: int


@outcome(residents.NotResident)
@strawberry.type(description="Only who lives there may.")
class NotResident(UserError):
    pass


@outcome(notices.EstateNoticeInvalid)
@strawberry.type
class EstateNoticeInvalid(UserError):
    field: str


@outcome(notices.EstateNoticeUnknown)
@strawberry.type(description="No such notice, or it is not for you.")
class EstateNoticeUnknown(UserError):
    pass


@outcome(notices.EstateNoticeWithdrawn)
@strawberry.type(description="It was taken back.")
class EstateNoticeWithdrawn(UserError):
    pass


@outcome(repairs.RepairInvalid)
@strawberry.type
class RepairInvalid(UserError):
    field: str


@outcome(repairs.RepairUnknown)
@strawberry.type(description="No such repair, or it is not yours.")
class RepairUnknown(UserError):
    pass


@outcome(repairs.RepairStateWrong, state=RepairState)
@strawberry.type(description="It is in another state.")
class RepairStateWrong(UserError):
    state: RepairState


@outcome(repairs.RepairRated)
@strawberry.type(description="That is done once.")
class RepairRated(UserError):
    pass


@outcome(repairs.RepairHandedOver)
@strawberry.type(description="The city has it already.")
class RepairHandedOver(UserError):
    number: str


@outcome(repairs.RepairGradeInvalid)
@strawberry.type(description="From 1 to 5.")
class RepairGradeInvalid(UserError):
    pass


@outcome(repairs.TooManyRepairs)
@strawberry.type
class TooManyRepairs(UserError):
    most: int
