"""Named errors of votes and of care."""

from __future__ import annotations

import strawberry

from app.domains.community.care import errors as care
from app.domains.community.care.model import CareState
from app.domains.community.votes import errors as votes
from app.domains.community.votes.model import VoteState
from graphql_schema.endpoint.outcomes import UserError, outcome

strawberry.enum(VoteState)
strawberry.enum(CareState)


@outcome(votes.VoteInvalid)
@strawberry.type
class VoteInvalid(UserError):
    field: str


@outcome(votes.VoteUnknown)
@strawberry.type(description="No such vote, or none of your estate.")
class VoteUnknown(UserError):
    pass


@outcome(votes.VoteNotOpen, state=VoteState)
@strawberry.type(description="It is over, or was taken back.")
class VoteNotOpen(UserError):
    state: VoteState


@outcome(votes.AlreadyVoted)
@strawberry.type(description="This home has voted, and what it said stands.")
class AlreadyVoted(UserError):
    pass


@outcome(votes.NotEntitled)
@strawberry.type(description="An owner votes, or whom he empowered in writing.")
class NotEntitled(UserError):
    pass


@outcome(votes.AreasMissing)
@strawberry.type(description="So many homes have no floor area, which this rule counts.")
class AreasMissing(UserError):
    homes: int


@outcome(votes.VoteUnderWay)
@strawberry.type(description="While the estate votes, its floor areas stay as they are.")
class VoteUnderWay(UserError):
    pass


@outcome(care.CareInvalid)
@strawberry.type
class CareInvalid(UserError):
    field: str


@outcome(care.CareUnknown)
@strawberry.type(description="Not on the list, or not on yours.")
class CareUnknown(UserError):
    pass


@outcome(care.CareEntered)
@strawberry.type(description="He stands on the list already, or was proposed.")
class CareEntered(UserError):
    pass


@outcome(care.CareStateWrong, state=CareState)
@strawberry.type(description="It is in another state.")
class CareStateWrong(UserError):
    state: CareState
