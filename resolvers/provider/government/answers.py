"""Units write the answers they own, review them yearly, and see how they helped."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.government.answers.entries import model
from app.domains.government.answers.entries.model import AnswerState
from app.domains.government.answers.entries.service import SCOPE
from app.domains.government.answers.entries.store import due_of
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    providers,
)
from graphql_schema.types.government.answer_errors import (
    AnswerChangedMeanwhile,
    AnswerCodeTaken,
    AnswerNotInState,
    AnswerReasonMissing,
    AnswerUnfit,
    AnswerUnitUnknown,
    AnswerUnknown,
)
from graphql_schema.types.government.answers import (
    AnswerInput,
    AnswerPublished,
    AnswerReviewed,
    AnswerSaved,
    AnswerVersion,
    AnswerWithdrawn,
)
from graphql_schema.types.government.catalogue_errors import NotInTestMode

_Stepped = NotInTestMode | AnswerUnknown | AnswerNotInState | AnswerChangedMeanwhile | IdempotencyConflict
SaveAnswerResult = Annotated[
    AnswerSaved | AnswerUnfit | AnswerUnitUnknown | AnswerCodeTaken | AnswerChangedMeanwhile | IdempotencyConflict,
    strawberry.union("SaveAnswerResult"),
]
PublishAnswerResult = Annotated[AnswerPublished | AnswerUnfit | _Stepped, strawberry.union("PublishAnswerResult")]
ReviewAnswerResult = Annotated[AnswerReviewed | _Stepped, strawberry.union("ReviewAnswerResult")]
WithdrawAnswerResult = Annotated[
    AnswerWithdrawn | AnswerReasonMissing | _Stepped, strawberry.union("WithdrawAnswerResult")
]


@strawberry.type
class ProviderAnswerQuery:
    @strawberry.field(metadata=providers(scope=SCOPE), description="All versions of what it owns itself, by code.")
    async def answers(
        self, info: Info, state: AnswerState | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[AnswerVersion]:
        services, locale = info.context.services, info.context.locale
        page = await services.government.entries.mine(info.context.viewer, state, PageRequest.of(first, after))
        scores = await services.government.ratings.scores([one.id for one in page.items])
        tree = services.organisations.tree
        return connection(page, lambda one: one.id, lambda one: AnswerVersion.of(one, scores, tree, locale))

    @strawberry.field(metadata=providers(scope=SCOPE), description="To be reviewed by it, the longest due first.")
    async def overdue_answers(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[AnswerVersion]:
        services, locale = info.context.services, info.context.locale
        page = await services.government.entries.overdue_mine(info.context.viewer, PageRequest.of(first, after))
        scores = await services.government.ratings.scores([one.id for one in page.items])
        tree = services.organisations.tree
        return connection(page, due_of, lambda one: AnswerVersion.of(one, scores, tree, locale))

    @strawberry.field(
        metadata=providers(scope=SCOPE), description="Versions of an answer of its units, drafts too, newest first."
    )
    async def answer_versions(self, info: Info, code: str) -> list[AnswerVersion]:
        services, locale = info.context.services, info.context.locale
        found = await services.government.entries.versions(info.context.viewer, code)
        scores = await services.government.ratings.scores([one.id for one in found])
        return [AnswerVersion.of(one, scores, services.organisations.tree, locale) for one in found]


@strawberry.type
class ProviderAnswerMutation:
    @strawberry.mutation(
        metadata=providers(scope=SCOPE),
        description="Writes the draft of an answer: a new one, or the next version of a published one.",
    )
    async def save_answer(self, info: Info, answer: AnswerInput, idempotency_key: IdempotencyKey) -> SaveAnswerResult:
        entries = info.context.services.government.entries
        saved = await entries.save(info.context.viewer, answer.parsed(), idempotency_key)
        return AnswerSaved(version=await _version(saved, info))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="The draft becomes what people are told.")
    async def publish_answer(self, info: Info, code: str, idempotency_key: IdempotencyKey) -> PublishAnswerResult:
        entries = info.context.services.government.entries
        published = await entries.publish(info.context.viewer, code, idempotency_key)
        return AnswerPublished(version=await _version(published, info))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="It still holds, for another year.")
    async def review_answer(self, info: Info, code: str, idempotency_key: IdempotencyKey) -> ReviewAnswerResult:
        entries = info.context.services.government.entries
        reviewed = await entries.review(info.context.viewer, code, idempotency_key)
        return AnswerReviewed(version=await _version(reviewed, info))

    @strawberry.mutation(metadata=providers(scope=SCOPE), description="Nobody is told it any more.")
    async def withdraw_answer(
        self, info: Info, code: str, reason: str, idempotency_key: IdempotencyKey
    ) -> WithdrawAnswerResult:
        entries = info.context.services.government.entries
        withdrawn = await entries.withdraw(info.context.viewer, code, reason, idempotency_key)
        return AnswerWithdrawn(version=await _version(withdrawn, info))


async def _version(answer: model.Answer, info: Info) -> AnswerVersion:
    services = info.context.services
    scores = await services.government.ratings.scores([answer.id])
    return AnswerVersion.of(answer, scores, services.organisations.tree, info.context.locale)
