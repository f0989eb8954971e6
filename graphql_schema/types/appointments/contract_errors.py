"""Named errors of contracts with family doctors."""

from __future__ import annotations

from datetime import date

import strawberry

from app.domains.appointments.contracts import errors
from graphql_schema.endpoint.outcomes import UserError, outcome


@outcome(errors.TeamUnknown)
@strawberry.type
class TeamUnknown(UserError):
    pass


@outcome(errors.TeamFull)
@strawberry.type
class TeamFull(UserError):
    pass


@outcome(errors.TeamInvalid)
@strawberry.type
class TeamInvalid(UserError):
    pass


@outcome(errors.TeamMemberUnknown)
@strawberry.type(description="Nobody signs in so at your organisation (any more).")
class TeamMemberUnknown(UserError):
    login: str


@outcome(errors.ContractExists)
@strawberry.type(description="It has to be ended first.")
class ContractExists(UserError):
    until: date


@outcome(errors.PackageUnknown)
@strawberry.type(description="The team offers packages, and this is none of them; or it offers none.")
class PackageUnknown(UserError):
    pass


@outcome(errors.ContractNotProposed)
@strawberry.type(description="It was answered before, or taken back.")
class ContractNotProposed(UserError):
    pass


@outcome(errors.ContractNotYetRenewable)
@strawberry.type
class ContractNotYetRenewable(UserError):
    first: date = strawberry.field(description="The day from which on it can be renewed.")


@outcome(errors.ContractUnknown)
@strawberry.type
class ContractUnknown(UserError):
    pass
