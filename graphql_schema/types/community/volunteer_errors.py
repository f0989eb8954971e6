"""Named errors of volunteers, micro-wishes and responders."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domains.community.responders import errors as responders
from app.domains.community.volunteers import errors as volunteers
from app.domains.community.volunteers.activities import errors as activities
from app.domains.community.volunteers.activities.model import ActivityState
from app.domains.community.volunteers.check_ins import errors as check_ins
from app.domains.community.volunteers.groups import errors as groups
from app.domains.community.volunteers.hours import errors as hours
from app.domains.community.volunteers.hours.model import HoursState
from app.domains.community.volunteers.patrols import errors as patrols
from app.domains.community.wishes import errors as wishes
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(ActivityState, name="VolunteerActivityState")
strawberry.enum(HoursState, name="VolunteerHoursState")


@outcome(volunteers.VolunteerInvalid)
@strawberry.type(description="`field` is missing or cannot be so.")
class VolunteerInvalid(UserError):
    field: str


@outcome(volunteers.VolunteerConsentMissing)
@strawberry.type(description="Who registers agrees to what is kept of him.")
class VolunteerConsentMissing(UserError):
    pass


@outcome(volunteers.VolunteersOnly)
@strawberry.type(description="Only registered volunteers can do this.")
class VolunteersOnly(UserError):
    pass


@outcome(groups.VolunteerGroupUnknown)
@strawberry.type
class VolunteerGroupUnknown(UserError):
    pass


@outcome(groups.VolunteerGroupInvalid)
@strawberry.type(description="`field` is missing or cannot be so.")
class VolunteerGroupInvalid(UserError):
    field: str


@outcome(groups.VolunteerGroupSettled)
@strawberry.type(description="Somebody has decided about it already.")
class VolunteerGroupSettled(UserError):
    pass


@outcome(groups.VolunteerGroupClosed)
@strawberry.type(description="It takes nobody and does nothing.")
class VolunteerGroupClosed(UserError):
    pass


@outcome(activities.ActivityUnknown)
@strawberry.type
class ActivityUnknown(UserError):
    pass


@outcome(activities.ActivityInvalid)
@strawberry.type(description="`field` is missing or cannot be so.")
class ActivityInvalid(UserError):
    field: str


@outcome(activities.ActivityNotOpen, state=ActivityState)
@strawberry.type(description="It is not in a state for this.")
class ActivityNotOpen(UserError):
    state: ActivityState


@outcome(activities.ActivityListFull)
@strawberry.type(description="Nobody more can wait for a place.")
class ActivityListFull(UserError):
    pass


@outcome(activities.NotSignedUp)
@strawberry.type(description="One has no place in it.")
class NotSignedUp(UserError):
    pass


@outcome(check_ins.CheckInCodeUnknown)
@strawberry.type(description="No code of an activity, or for the other way.")
class CheckInCodeUnknown(UserError):
    pass


@outcome(check_ins.CheckInCodeStale)
@strawberry.type(description="The organiser's screen shows another code by now.")
class CheckInCodeStale(UserError):
    pass


@outcome(check_ins.CheckInTooEarly)
@strawberry.type
class CheckInTooEarly(UserError):
    opens_at: datetime


@outcome(check_ins.CheckInOver)
@strawberry.type
class CheckInOver(UserError):
    closed_at: datetime


@outcome(check_ins.CheckInTooFar)
@strawberry.type(description="One is so many metres away, and may be `within`.")
class CheckInTooFar(UserError):
    metres: int
    within: int


@outcome(check_ins.FixTooCoarse)
@strawberry.type(description="The phone does not know well enough where it is: `most` metres are let pass.")
class FixTooCoarse(UserError):
    most: int


@outcome(check_ins.AlreadyElsewhere)
@strawberry.type(description="One is checked in at another activity, of this title.")
class AlreadyElsewhere(UserError):
    activity: str


@outcome(check_ins.NotCheckedIn)
@strawberry.type
class NotCheckedIn(UserError):
    pass


@outcome(check_ins.CheckInFlagUnknown)
@strawberry.type(description="No such finding of yours, or somebody has decided about it.")
class CheckInFlagUnknown(UserError):
    pass


@outcome(hours.VolunteerHoursUnknown)
@strawberry.type
class VolunteerHoursUnknown(UserError):
    pass


@outcome(hours.VolunteerHoursInvalid)
@strawberry.type(description="`field` is missing or cannot be so.")
class VolunteerHoursInvalid(UserError):
    field: str


@outcome(hours.VolunteerHoursNotReady, state=HoursState)
@strawberry.type(description="This cannot be done with them now.")
class VolunteerHoursNotReady(UserError):
    state: HoursState


@outcome(hours.VolunteerHoursNeedAnother)
@strawberry.type(description="So many hours are confirmed by somebody else than who wrote them.")
class VolunteerHoursNeedAnother(UserError):
    pass


@outcome(patrols.VolunteerRouteUnknown)
@strawberry.type(description="No such route, or not one of yours; or the activity has none.")
class VolunteerRouteUnknown(UserError):
    pass


@outcome(patrols.VolunteerRouteInvalid)
@strawberry.type(description="`field` is missing or cannot be so.")
class VolunteerRouteInvalid(UserError):
    field: str


@outcome(patrols.VolunteerPointUnknown)
@strawberry.type(description="The route has no such point.")
class VolunteerPointUnknown(UserError):
    pass


@outcome(wishes.MicroWishUnknown)
@strawberry.type
class MicroWishUnknown(UserError):
    pass


@outcome(wishes.MicroWishInvalid)
@strawberry.type(description="`field` is missing or cannot be so.")
class MicroWishInvalid(UserError):
    field: str


@outcome(wishes.MicroWishTaken)
@strawberry.type(description="Somebody else was first.")
class MicroWishTaken(UserError):
    pass


@outcome(wishes.MicroWishOwn)
@strawberry.type(description="Nobody takes up his own.")
class MicroWishOwn(UserError):
    pass


@outcome(wishes.MicroWishNotOpen)
@strawberry.type(description="It is not in a state for this.")
class MicroWishNotOpen(UserError):
    now: str


@outcome(wishes.TooManyMicroWishes)
@strawberry.type(description="Nobody has more than `most` at once.")
class TooManyMicroWishes(UserError):
    most: int


@outcome(responders.ResponderConsentMissing)
@strawberry.type(description="Who is to be called agrees to it first.")
class ResponderConsentMissing(UserError):
    pass


@outcome(responders.ResponderInvalid)
@strawberry.type(description="`field` is missing or cannot be so.")
class ResponderInvalid(UserError):
    field: str


@outcome(responders.RespondersOnly)
@strawberry.type(description="One has not agreed to be called.")
class RespondersOnly(UserError):
    pass


@outcome(responders.ResponderCallUnknown)
@strawberry.type(description="No such call, or one was not called to it.")
class ResponderCallUnknown(UserError):
    pass


@outcome(responders.ResponderCallOver)
@strawberry.type(description="The call has ended.")
class ResponderCallOver(UserError):
    pass
