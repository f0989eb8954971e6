"""Named errors of the dispatch."""

from __future__ import annotations

import strawberry

from app.domains.voice.centre.dispatch import errors
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(errors.TooManyHelpers)
@strawberry.type
class TooManyHelpers(UserError):
    most: int
