"""Votes and the care list at the committee."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.care.model import CareState, Sign
from app.domains.community.estates.service import SCOPE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.community.care import CareEntry, CareRevealed, CareRhythmInput, CareSaved
from graphql_schema.types.community.estate_errors import EstateUnknown, HomeUnknown, ResidencyUnknown
from graphql_schema.types.community.vote_errors import (
    AreasMissing,
    CareEntered,
    CareInvalid,
    CareStateWrong,
    CareUnknown,
    VoteInvalid,
    VoteNotOpen,
    VoteUnderWay,
    VoteUnknown,
)
from graphql_schema.types.community.votes import (
    EstateVote,
    EstateVoteInput,
    EstateVoteSaved,
    HomeAreasEntered,
    VoteShare,
    vote_key,
)

_MINE = providers(scope=SCOPE, live=True)
OpenVoteResult = Annotated[
    EstateVoteSaved | EstateUnknown | VoteInvalid | AreasMissing | IdempotencyConflict,
    strawberry.union("OpenVoteResult"),
]
WithdrawVoteResult = Annotated[
    EstateVoteSaved | VoteUnknown | VoteNotOpen | VoteInvalid | IdempotencyConflict,
    strawberry.union("WithdrawVoteResult"),
]
EnterHomeAreasResult = Annotated[
    HomeAreasEntered | EstateUnknown | HomeUnknown | VoteInvalid | VoteUnderWay | IdempotencyConflict,
    strawberry.union("EnterHomeAreasResult"),
]
ProposeCareResult = Annotated[
    CareSaved | ResidencyUnknown | EstateUnknown | CareInvalid | CareEntered | IdempotencyConflict,
    strawberry.union("ProposeCareResult"),
]
KeepCareResult = Annotated[
    CareSaved | CareUnknown | CareStateWrong | CareInvalid | IdempotencyConflict,
    strawberry.union("KeepCareResult"),
]
RevealCareResult = Annotated[
    CareRevealed | CareUnknown | CareInvalid | IdempotencyConflict, strawberry.union("RevealCareResult")
]


@strawberry.type
class ProviderTogetherQuery:
    @strawberry.field(description="Of an estate, the newest first.", metadata=_MINE)
    async def kept_votes(
        self, info: Info, estate_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[EstateVote]:
        service, estate = info.context.services.community.together.voting.votes, key_of(estate_id, "Estate")
        page = await service.kept(info.context.viewer, estate, PageRequest.of(first, after))
        return connection(page, lambda one: one.vote.id, EstateVote.seen)

    @strawberry.field(description="Who is looked after, without names.", metadata=_MINE)
    async def care_entries(
        self, info: Info, state: CareState | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[CareEntry]:
        service = info.context.services.community.together.caring.keeping
        page = await service.listed(info.context.viewer, state, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, CareEntry.of)

    @strawberry.field(description="Of whom nobody knows yet whether they are well.", metadata=_MINE)
    async def missed_care(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CareEntry]:
        service = info.context.services.community.together.caring.keeping
        page = await service.missed(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, CareEntry.of)


@strawberry.type
class ProviderTogetherMutation:
    @strawberry.mutation(description="To the homes of an estate; what is declared stays.", metadata=_MINE)
    async def open_vote(
        self, info: Info, estate_id: strawberry.ID, vote: EstateVoteInput, idempotency_key: IdempotencyKey
    ) -> OpenVoteResult:
        service, estate = info.context.services.community.together.voting.votes, key_of(estate_id, "Estate")
        done = await service.open(info.context.viewer, estate, vote.parsed(), idempotency_key)
        return EstateVoteSaved(vote=EstateVote.seen(done))

    @strawberry.mutation(metadata=_MINE)
    async def withdraw_vote(
        self, info: Info, vote_id: strawberry.ID, reason: str, idempotency_key: IdempotencyKey
    ) -> WithdrawVoteResult:
        service = info.context.services.community.together.voting.votes
        done = await service.withdraw(info.context.viewer, vote_key(vote_id), reason, idempotency_key)
        return EstateVoteSaved(vote=EstateVote.seen(done))

    @strawberry.mutation(description="CSV: building, room, area in square metres.", metadata=_MINE)
    async def enter_home_areas(
        self, info: Info, estate_id: strawberry.ID, file: str, idempotency_key: IdempotencyKey
    ) -> EnterHomeAreasResult:
        service, estate = info.context.services.community.together.voting.rolls, key_of(estate_id, "Estate")
        done = await service.enter(info.context.viewer, estate, file, idempotency_key)
        return HomeAreasEntered(all=VoteShare.of(done))

    @strawberry.mutation(description="He is asked, and may decline.", metadata=_MINE)
    async def propose_care(
        self, info: Info, residency_id: strawberry.ID, rhythm: CareRhythmInput, idempotency_key: IdempotencyKey
    ) -> ProposeCareResult:
        service, home = info.context.services.community.together.caring.keeping, key_of(residency_id, "Residency")
        done = await service.propose(info.context.viewer, home, rhythm.parsed(), idempotency_key)
        return CareSaved(entry=CareEntry.of(done))

    @strawberry.mutation(description="Staff spoke to him, or was there.", metadata=_MINE)
    async def note_care_sign(
        self, info: Info, entry_id: strawberry.ID, sign: Sign, idempotency_key: IdempotencyKey
    ) -> KeepCareResult:
        service, key = info.context.services.community.together.caring.keeping, key_of(entry_id, "CareEntry")
        return CareSaved(entry=CareEntry.of(await service.note(info.context.viewer, key, sign, idempotency_key)))

    @strawberry.mutation(metadata=_MINE)
    async def end_care(self, info: Info, entry_id: strawberry.ID, idempotency_key: IdempotencyKey) -> KeepCareResult:
        service, key = info.context.services.community.together.caring.keeping, key_of(entry_id, "CareEntry")
        return CareSaved(entry=CareEntry.of(await service.end(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(description="For a reason, of which he is told.", metadata=_MINE)
    async def reveal_care_entry(
        self, info: Info, entry_id: strawberry.ID, reason: str, idempotency_key: IdempotencyKey
    ) -> RevealCareResult:
        service, key = info.context.services.community.together.caring.keeping, key_of(entry_id, "CareEntry")
        return CareRevealed.read(await service.reveal(info.context.viewer, key, reason, idempotency_key))
