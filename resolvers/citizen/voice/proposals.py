"""Proposals: for everybody to read; writing and supporting them, for citizens in person."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.voice.conversations.proposals import model as proposals
from app.domains.voice.conversations.proposals.model import ProposalLevel, ProposalState
from app.domains.voice.conversations.proposals.store import rank_of
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    Node,
    citizens,
    connection,
    everyone,
    key_of,
)
from graphql_schema.types.voice.conversation_errors import (
    LinkNotAllowed,
    MatterChanged,
    NotSupported,
    OnlyRealPeople,
    OwnProposal,
    PersonalDataFound,
    PostWordsMissing,
    PostWordsTooLong,
    ProposalAreaUnknown,
    ProposalChanged,
    ProposalStateWrong,
    ProposalUnknown,
    SpeakerUnverified,
    SupportedAlready,
    TooManyProposals,
)
from graphql_schema.types.voice.proposals import Proposal, ProposalKept, ProposalSupported, Reading

_Step = ProposalUnknown | ProposalStateWrong | ProposalChanged | IdempotencyConflict
SaveProposalResult = Annotated[
    ProposalKept
    | ProposalAreaUnknown
    | TooManyProposals
    | PostWordsMissing
    | PostWordsTooLong
    | PersonalDataFound
    | LinkNotAllowed
    | SpeakerUnverified
    | OnlyRealPeople
    | _Step,
    strawberry.union("SaveProposalResult"),
]
HandInProposalResult = Annotated[
    ProposalKept | SpeakerUnverified | OnlyRealPeople | MatterChanged | _Step, strawberry.union("HandInProposalResult")
]
WithdrawProposalResult = Annotated[ProposalKept | _Step, strawberry.union("WithdrawProposalResult")]
SupportProposalResult = Annotated[
    ProposalSupported | SupportedAlready | OwnProposal | SpeakerUnverified | OnlyRealPeople | _Step,
    strawberry.union("SupportProposalResult"),
]
TakeBackSupportResult = Annotated[
    ProposalSupported | NotSupported | ProposalUnknown | ProposalStateWrong | IdempotencyConflict,
    strawberry.union("TakeBackSupportResult"),
]


def reading(info: Info) -> Reading:
    services = info.context.services
    calendar, now = services.voice.conversations.replying.time()
    return Reading(services.organisations.tree, calendar, now)


def read(info: Info, one: proposals.Proposal, supported: bool | None = None) -> Proposal:
    return Proposal.of(one, reading(info), supported)


@strawberry.type
class ProposalQuery:
    @strawberry.field(metadata=everyone(), description="The newest first; of all public states when none is named.")
    async def proposals(
        self, info: Info, state: ProposalState | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[Proposal]:
        service, request = info.context.services.voice.conversations.proposals, PageRequest.of(first, after)
        return connection(await service.listed(state, request), rank_of, lambda one: read(info, one))

    @strawberry.field(metadata=everyone(), description="Null when it is not there or not to be read.")
    async def proposal(self, info: Info, id: strawberry.ID) -> Proposal | None:
        return await _proposal(info, key_of(id, "Proposal"))

    @strawberry.field(metadata=citizens(), description="One's own, drafts too.")
    async def my_proposals(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Proposal]:
        service, request = info.context.services.voice.conversations.proposals, PageRequest.of(first, after)
        page = await service.mine(info.context.viewer, request)
        return connection(page, lambda one: one.id, lambda one: read(info, one))


@strawberry.type
class ProposalMutation:
    @strawberry.mutation(
        metadata=citizens(), description="A new draft, or (with `proposalId`) one's draft as it is written now."
    )
    async def save_proposal(
        self,
        info: Info,
        level: ProposalLevel,
        area: str,
        title: str,
        text: str,
        idempotency_key: IdempotencyKey,
        proposal_id: strawberry.ID | None = None,
    ) -> SaveProposalResult:
        service = info.context.services.voice.conversations.proposals
        key = key_of(proposal_id, "Proposal") if proposal_id else None
        saved = await service.save(info.context.viewer, key, level, area, title, text, idempotency_key)
        return ProposalKept(proposal=read(info, saved))

    @strawberry.mutation(metadata=citizens(), description="Somebody looks at it; then support is collected.")
    async def hand_in_proposal(
        self, info: Info, proposal_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> HandInProposalResult:
        service, key = info.context.services.voice.conversations.proposals, key_of(proposal_id, "Proposal")
        return ProposalKept(proposal=read(info, await service.hand_in(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(metadata=citizens(), description="Until the threshold is reached.")
    async def withdraw_proposal(
        self, info: Info, proposal_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> WithdrawProposalResult:
        service, key = info.context.services.voice.conversations.proposals, key_of(proposal_id, "Proposal")
        return ProposalKept(proposal=read(info, await service.withdraw(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(metadata=citizens(), description="Once a verified person; others see only how many.")
    async def support_proposal(
        self, info: Info, proposal_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> SupportProposalResult:
        service, key = info.context.services.voice.conversations.proposals, key_of(proposal_id, "Proposal")
        done = await service.support(info.context.viewer, key, idempotency_key)
        return ProposalSupported(proposal=read(info, done, True))

    @strawberry.mutation(metadata=citizens(), description="While support is collected.")
    async def take_back_support(
        self, info: Info, proposal_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> TakeBackSupportResult:
        service, key = info.context.services.voice.conversations.proposals, key_of(proposal_id, "Proposal")
        done = await service.take_back(info.context.viewer, key, idempotency_key)
        return ProposalSupported(proposal=read(info, done, False))


async def _proposal(info: Info, key: str) -> Proposal | None:
    service, viewer = info.context.services.voice.conversations.proposals, info.context.viewer
    found = await service.one(viewer, key)
    return read(info, found, await service.does_support(viewer, key)) if found else None


async def proposal_node(info: Info, key: str) -> Node | None:
    return await _proposal(info, key)
