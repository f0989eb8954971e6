"""Named errors of the centre's side of emergency calls."""

from __future__ import annotations

import strawberry

from app.domains.community.emergencies import errors
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(errors.EmergencyUnknown)
@strawberry.type(description="There is no such call.")
class EmergencyUnknown(UserError):
    pass


@outcome(errors.EmergencyTaken)
@strawberry.type(description="Somebody else has taken it.")
class EmergencyTaken(UserError):
    pass


@outcome(errors.EmergencyOver)
@strawberry.type(description="It has ended.")
class EmergencyOver(UserError):
    pass
