"""Departments in conversations: topics, official replies; surveys they hold; proposals they owe a reply."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.voice.conversations.proposals import model as proposals
from app.domains.voice.conversations.proposals.model import ProposalState
from app.domains.voice.conversations.proposals.store import turn_of
from app.domains.voice.conversations.surveys import model as surveys
from app.domains.voice.conversations.threads import model as threads
from app.domains.voice.conversations.threads.service import SCOPE
from app.domains.voice.conversations.threads.store import rank_of
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.voice.conversation_errors import (
    PostWordsMissing,
    PostWordsTooLong,
    ProposalChanged,
    ProposalStateWrong,
    ProposalUnknown,
    ReplyNotOwed,
    SurveyChanged,
    SurveyStateWrong,
    SurveyUnfit,
    SurveyUnknown,
    ThreadIsClosed,
    ThreadNotYours,
    ThreadUnknown,
)
from graphql_schema.types.voice.conversations import Thread, ThreadChanged, ThreadOpened, ThreadPost, ThreadReplied
from graphql_schema.types.voice.proposals import Proposal, ProposalReplied, Reading
from graphql_schema.types.voice.surveys import Survey, SurveyHeld, SurveyInput

_Words = PostWordsMissing | PostWordsTooLong | IdempotencyConflict
_Own = ThreadUnknown | ThreadNotYours | IdempotencyConflict
_Held = SurveyUnknown | SurveyStateWrong | SurveyChanged | IdempotencyConflict
OpenTopicResult = Annotated[ThreadOpened | _Words, strawberry.union("OpenTopicResult")]
ReplyOfficiallyResult = Annotated[
    ThreadReplied | ThreadUnknown | ThreadIsClosed | _Words, strawberry.union("ReplyOfficiallyResult")
]
PinThreadResult = Annotated[ThreadChanged | _Own, strawberry.union("PinThreadResult")]
CloseTopicResult = Annotated[ThreadChanged | ThreadIsClosed | _Own, strawberry.union("CloseTopicResult")]
SaveSurveyResult = Annotated[SurveyHeld | SurveyUnfit | _Held, strawberry.union("SaveSurveyResult")]
PublishSurveyResult = Annotated[SurveyHeld | SurveyUnfit | _Held, strawberry.union("PublishSurveyResult")]
EndSurveyResult = Annotated[SurveyHeld | _Held, strawberry.union("EndSurveyResult")]
ReplyToProposalResult = Annotated[
    ProposalReplied | ProposalUnknown | ProposalStateWrong | ProposalChanged | ReplyNotOwed | _Words,
    strawberry.union("ReplyToProposalResult"),
]


def _shown(info: Info, one: threads.Thread) -> Thread:
    return Thread.of(one, info.context.services.organisations.tree)


def _held(info: Info, one: surveys.Survey) -> Survey:
    services = info.context.services
    phase = services.voice.conversations.surveys.phase(one)
    return Survey.of(one, services.organisations.tree, info.context.locale, phase)


def _owed(info: Info, one: proposals.Proposal) -> Proposal:
    calendar, now = info.context.services.voice.conversations.replying.time()
    return Proposal.of(one, Reading(info.context.services.organisations.tree, calendar, now))


@strawberry.type
class ProviderConversationQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="Your topics, and observations addressed to you.")
    async def addressed_threads(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Thread]:
        service, request = info.context.services.voice.conversations.officials, PageRequest.of(first, after)
        page = await service.addressed(info.context.viewer, request)
        return connection(page, rank_of, lambda one: _shown(info, one))

    @strawberry.field(
        metadata=providers(scope=SCOPE), description="Observations that no department has replied to, oldest first."
    )
    async def unanswered_threads(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Thread]:
        service, request = info.context.services.voice.conversations.officials, PageRequest.of(first, after)
        page = await service.unanswered(info.context.viewer, request)
        return connection(page, lambda one: one.id, lambda one: _shown(info, one))

    @strawberry.field(metadata=providers(scope=SCOPE), description="What was said, as everybody reads it.")
    async def thread_posts(
        self, info: Info, thread_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[ThreadPost]:
        service, tree = info.context.services.voice.conversations.threads, info.context.services.organisations.tree
        key, request = key_of(thread_id, "Thread"), PageRequest.of(first, after)
        page = await service.posts(info.context.viewer, key, request)
        return connection(page, lambda one: one.id, lambda one: ThreadPost.of(one, tree))

    @strawberry.field(metadata=providers(scope=SCOPE), description="Those you hold, drafts too, the newest first.")
    async def held_surveys(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Survey]:
        service, request = info.context.services.voice.conversations.holding, PageRequest.of(first, after)
        page = await service.mine(info.context.viewer, request)
        return connection(page, lambda one: one.id, lambda one: _held(info, one))

    @strawberry.field(
        metadata=providers(scope=SCOPE),
        description="The results of one you hold as CSV, safe to be opened in a spreadsheet; null while it runs.",
    )
    async def survey_sheet(self, info: Info, survey_id: strawberry.ID) -> str | None:
        service, key = info.context.services.voice.conversations.holding, key_of(survey_id, "Survey")
        return await service.own_sheet(info.context.viewer, key)

    @strawberry.field(
        metadata=providers(scope=SCOPE), description="Proposals you owe a reply, or replied to; the first due first."
    )
    async def owed_proposals(
        self,
        info: Info,
        state: ProposalState = ProposalState.REACHED,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Proposal]:
        service, request = info.context.services.voice.conversations.replying, PageRequest.of(first, after)
        page, calendar = await service.owed(info.context.viewer, state, request), service.time()[0]
        return connection(page, lambda one: turn_of(one, calendar), lambda one: _owed(info, one))


@strawberry.type
class ProviderConversationMutation:
    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Something on which people are to speak.")
    async def open_topic(self, info: Info, title: str, text: str, idempotency_key: IdempotencyKey) -> OpenTopicResult:
        service = info.context.services.voice.conversations.officials
        return ThreadOpened(
            thread=_shown(info, await service.put_up(info.context.viewer, title, text, idempotency_key))
        )

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="In your organisation's name; all who follow the thread are told."
    )
    async def reply_officially(
        self, info: Info, thread_id: strawberry.ID, text: str, idempotency_key: IdempotencyKey
    ) -> ReplyOfficiallyResult:
        service, tree = info.context.services.voice.conversations.officials, info.context.services.organisations.tree
        said = await service.reply(info.context.viewer, key_of(thread_id, "Thread"), text, idempotency_key)
        return ThreadReplied(post=ThreadPost.of(said, tree))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Above all others; `pinned` false: no longer.")
    async def pin_thread(
        self, info: Info, thread_id: strawberry.ID, pinned: bool, idempotency_key: IdempotencyKey
    ) -> PinThreadResult:
        service, key = info.context.services.voice.conversations.officials, key_of(thread_id, "Thread")
        return ThreadChanged(thread=_shown(info, await service.pin(info.context.viewer, key, pinned, idempotency_key)))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Nothing more is said in it.")
    async def close_topic(
        self, info: Info, thread_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CloseTopicResult:
        service, key = info.context.services.voice.conversations.officials, key_of(thread_id, "Thread")
        return ThreadChanged(thread=_shown(info, await service.close(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE), description="A new draft, or (with `surveyId`) a draft as it is written now."
    )
    async def save_survey(
        self, info: Info, survey: SurveyInput, idempotency_key: IdempotencyKey, survey_id: strawberry.ID | None = None
    ) -> SaveSurveyResult:
        service, key = info.context.services.voice.conversations.holding, _survey_key(survey_id)
        saved = await service.save(info.context.viewer, key, survey.parsed(), idempotency_key)
        return SurveyHeld(survey=_held(info, saved))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="From now on nothing of it changes.")
    async def publish_survey(
        self, info: Info, survey_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> PublishSurveyResult:
        service, key = info.context.services.voice.conversations.holding, key_of(survey_id, "Survey")
        return SurveyHeld(survey=_held(info, await service.publish(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Before its time; what was answered counts.")
    async def end_survey(
        self, info: Info, survey_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> EndSurveyResult:
        service, key = info.context.services.voice.conversations.holding, key_of(survey_id, "Survey")
        return SurveyHeld(survey=_held(info, await service.end(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="`adopted`: it will be done, in whole or in part. All supporters are told.",
    )
    async def reply_to_proposal(
        self, info: Info, proposal_id: strawberry.ID, text: str, adopted: bool, idempotency_key: IdempotencyKey
    ) -> ReplyToProposalResult:
        service, key = info.context.services.voice.conversations.replying, key_of(proposal_id, "Proposal")
        done = await service.reply(info.context.viewer, key, text, adopted, idempotency_key)
        return ProposalReplied(proposal=_owed(info, done))


def _survey_key(survey_id: strawberry.ID | None) -> str | None:
    return key_of(survey_id, "Survey") if survey_id else None
