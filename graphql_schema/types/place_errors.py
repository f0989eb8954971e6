"""Named errors of where something is."""

from __future__ import annotations

import strawberry

from app.core.places import errors
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(errors.OutsideCity)
@strawberry.type(description="The place lies outside the city that this is for.")
class OutsideCity(UserError):
    city: str


@outcome(errors.PlaceNotOnEarth)
@strawberry.type(description="No point has such degrees.")
class PlaceNotOnEarth(UserError):
    pass
