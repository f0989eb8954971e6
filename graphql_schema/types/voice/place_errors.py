"""Named errors of the places of cases."""

from __future__ import annotations

import strawberry

from app.domains.voice.places import errors
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(errors.DivisionUnknown)
@strawberry.type(description="No such division, or none was found for the place.")
class DivisionUnknown(UserError):
    pass
