"""Named errors of transit."""

from __future__ import annotations

import strawberry

from app.domains.life.transit.favourites import errors as favourites
from app.domains.life.transit.watches import errors as watches
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(favourites.TransitStopUnknown)
@strawberry.type(description="The timetable in force has no such stop.")
class TransitStopUnknown(UserError):
    pass


@outcome(favourites.TransitRouteUnknown)
@strawberry.type(description="The timetable in force has no such route, or none in that direction.")
class TransitRouteUnknown(UserError):
    pass


@outcome(favourites.TransitFavouritesFull)
@strawberry.type(description="So many are kept already.")
class TransitFavouritesFull(UserError):
    most: int


@outcome(watches.TransitTripUnknown)
@strawberry.type(description="No such trip runs on that day, or it does not call at that stop.")
class TransitTripUnknown(UserError):
    pass


@outcome(watches.TransitTripPassed)
@strawberry.type(description="It has left that stop, or runs in more than a day.")
class TransitTripPassed(UserError):
    pass


@outcome(watches.TransitWatchesFull)
@strawberry.type(description="So many watches are open already.")
class TransitWatchesFull(UserError):
    most: int


@outcome(watches.TransitWatchUnknown)
@strawberry.type(description="No such watch of one's own is open.")
class TransitWatchUnknown(UserError):
    pass
