"""Named errors of points."""

from __future__ import annotations

import strawberry

from app.domains.payment.points import errors as points
from app.domains.payment.points.causes import errors as causes
from app.domains.payment.points.grants import errors as grants
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(points.PointsShort)
@strawberry.type(description="There are fewer points than asked for.")
class PointsShort(UserError):
    points: int


@outcome(causes.CauseUnknown)
@strawberry.type
class CauseUnknown(UserError):
    pass


@outcome(causes.CauseClosed)
@strawberry.type(description="Nothing is given to this cause any more.")
class CauseClosed(UserError):
    pass


@outcome(grants.GrantConflict)
@strawberry.type(description="A grant stands under this reference with other content.")
class GrantConflict(UserError):
    pass


@outcome(grants.GrantUnknown)
@strawberry.type(description="No grant of yours has this reference.")
class GrantUnknown(UserError):
    pass


@outcome(grants.GrantUsed)
@strawberry.type(description="The citizen has not as many points left as you gave.")
class GrantUsed(UserError):
    pass


@outcome(grants.GrantRecipientUnknown)
@strawberry.type(description="No look-up of your own, and no card that was shown to you.")
class GrantRecipientUnknown(UserError):
    pass


@outcome(grants.GrantRecipientUnverified)
@strawberry.type(description="Points are for people whose name was checked.")
class GrantRecipientUnverified(UserError):
    pass


@outcome(grants.PointBudgetSpent)
@strawberry.type(description="The city gave you no more to give: so many are left.")
class PointBudgetSpent(UserError):
    points: int


@outcome(grants.DailyPointsReached)
@strawberry.type(description="Nobody earns more than so many on a day.")
class DailyPointsReached(UserError):
    pass
