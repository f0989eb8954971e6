"""Named errors of rides."""

from __future__ import annotations

import strawberry

from app.domains.payment.rides import errors as rides
from app.domains.payment.rides.fares import errors as fares
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Money


@outcome(rides.RideConflict)
@strawberry.type(description="A ride stands under this reference with other content.")
class RideConflict(UserError):
    pass


@outcome(rides.RideRefused)
@strawberry.type(description="Rides of the passenger are not paid: until they are, he pays in another way.")
class RideRefused(UserError):
    pass


@outcome(fares.LineUnknown)
@strawberry.type(description="You have no such line, or no fare of it is in force.")
class LineUnknown(UserError):
    pass


@outcome(rides.RideBatchUnfit)
@strawberry.type(description="A batch has one ride or more, and not more than so many.")
class RideBatchUnfit(UserError):
    most: int


@outcome(rides.RidesStillOwed, amount=Money.of)
@strawberry.type(description="There is too little to pay all of them with: these are left.")
class RidesStillOwed(UserError):
    rides: int
    amount: Money
