"""Votes of the estates where one lives."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    key_of,
)
from graphql_schema.types.community.estate_errors import NotResident, ResidentNeedsRealName
from graphql_schema.types.community.vote_errors import AlreadyVoted, NotEntitled, VoteInvalid, VoteNotOpen, VoteUnknown
from graphql_schema.types.community.votes import EstateVote, EstateVoteSaved, NamedVoice, vote_key

CastVoteResult = Annotated[
    EstateVoteSaved
    | ResidentNeedsRealName
    | NotResident
    | VoteUnknown
    | VoteNotOpen
    | VoteInvalid
    | NotEntitled
    | AlreadyVoted
    | IdempotencyConflict,
    strawberry.union("CastVoteResult"),
]


@strawberry.type
class VoteQuery:
    @strawberry.field(description="Open and over, the newest first.", metadata=citizens(live=True))
    async def estate_votes(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[EstateVote]:
        service = info.context.services.community.together.voting.votes
        page = await service.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, EstateVote.of)

    @strawberry.field(description="Null where one does not live.", metadata=citizens(live=True))
    async def estate_vote(self, info: Info, vote_id: strawberry.ID) -> EstateVote | None:
        service = info.context.services.community.together.voting.votes
        found = await service.one(info.context.viewer, vote_key(vote_id))
        return EstateVote.seen(found) if found else None

    @strawberry.field(
        description="Home by home, when a vote by name is over; none of a secret one.", metadata=citizens(live=True)
    )
    async def named_voices(
        self, info: Info, vote_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[NamedVoice]:
        service = info.context.services.community.together.voting.votes
        page = await service.named(info.context.viewer, vote_key(vote_id), PageRequest.of(first, after))
        return connection(page, lambda one: one[0], lambda one: NamedVoice(home=one[1], option=one[2]))


@strawberry.type
class VoteMutation:
    @strawberry.mutation(description="For one's home, by an owner or whom he empowered.", metadata=citizens(live=True))
    async def cast_vote(
        self,
        info: Info,
        vote_id: strawberry.ID,
        residency_id: strawberry.ID,
        option: int,
        idempotency_key: IdempotencyKey,
    ) -> CastVoteResult:
        service, home = info.context.services.community.together.voting.casting, key_of(residency_id, "Residency")
        done = await service.cast(info.context.viewer, vote_key(vote_id), home, option, idempotency_key)
        return EstateVoteSaved(vote=EstateVote.seen(done))

    @strawberry.mutation(
        description="An owner's consent that somebody of his home votes for it.", metadata=citizens(live=True)
    )
    async def empower_voter(
        self,
        info: Info,
        vote_id: strawberry.ID,
        residency_id: strawberry.ID,
        to_residency_id: strawberry.ID,
        agreed: bool,
        idempotency_key: IdempotencyKey,
    ) -> CastVoteResult:
        service, home = info.context.services.community.together.voting.casting, key_of(residency_id, "Residency")
        to, viewer = key_of(to_residency_id, "Residency"), info.context.viewer
        done = await service.empower(viewer, vote_key(vote_id), home, to, idempotency_key, agreed=agreed)
        return EstateVoteSaved(vote=EstateVote.seen(done))
