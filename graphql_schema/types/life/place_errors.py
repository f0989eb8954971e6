"""Named errors of the directory of places."""

from __future__ import annotations

import strawberry

from app.domains.life.directory.corrections import errors as corrections
from app.domains.life.directory.hours import errors as hours
from app.domains.life.directory.places import errors as places
from app.domains.life.directory.reviews import errors as reviews
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(places.PlaceUnknown)
@strawberry.type(description="No such place, or none of yours.")
class PlaceUnknown(UserError):
    pass


@outcome(places.PlaceGone)
@strawberry.type(description="It is there no more.")
class PlaceGone(UserError):
    pass


@outcome(places.PlaceFieldInvalid)
@strawberry.type(description="`field` is missing, too long, or cannot be so.")
class PlaceFieldInvalid(UserError):
    field: str


@outcome(hours.HoursInvalid)
@strawberry.type(description="`part` of the opening hours cannot be read, or says two things of one time.")
class HoursInvalid(UserError):
    part: str


@outcome(reviews.ReviewUnknown)
@strawberry.type(description="No such review, or none of yours, or not of a place of yours.")
class ReviewUnknown(UserError):
    pass


@outcome(reviews.ReviewInvalid)
@strawberry.type(description="One to five stars.")
class ReviewInvalid(UserError):
    field: str


@outcome(reviews.PlaceNeverUsed)
@strawberry.type(description="Who rates it has used it within a year: kept a booking, shown a card, paid.")
class PlaceNeverUsed(UserError):
    pass


@outcome(corrections.PlaceCorrectionUnknown)
@strawberry.type(description="No such proposal, or none of yours, or not of a place of yours.")
class PlaceCorrectionUnknown(UserError):
    pass


@outcome(corrections.PlaceCorrectionInvalid)
@strawberry.type(description="`field` cannot be so, or says nothing new.")
class PlaceCorrectionInvalid(UserError):
    field: str


@outcome(corrections.PlaceCorrectionWaiting)
@strawberry.type(description="You have proposed something for this field, and nobody has looked yet.")
class PlaceCorrectionWaiting(UserError):
    pass


@outcome(corrections.PlaceCorrectionDecided)
@strawberry.type(description="It was decided, or withdrawn.")
class PlaceCorrectionDecided(UserError):
    pass
