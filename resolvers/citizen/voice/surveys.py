"""Surveys: what is asked, and what came of it, for everybody; answering, for citizens in person."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.domains.voice.conversations.surveys import model as surveys
from app.domains.voice.conversations.surveys.store import rank_of
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
    OnlyRealPeople,
    SpeakerUnverified,
    SurveyAnswered,
    SurveyAnswersUnfit,
    SurveyNotForYou,
    SurveyNotOpen,
    SurveyUnknown,
)
from graphql_schema.types.voice.surveys import Survey, SurveyAnswerInput, SurveyTaken, answers_of

_MOST_ANSWERS = 60
AnswerSurveyResult = Annotated[
    SurveyTaken
    | SurveyUnknown
    | SurveyNotOpen
    | SurveyAnswered
    | SurveyNotForYou
    | SurveyAnswersUnfit
    | SpeakerUnverified
    | OnlyRealPeople
    | IdempotencyConflict,
    strawberry.union("AnswerSurveyResult"),
]


def listed(info: Info, one: surveys.Survey) -> Survey:
    services = info.context.services
    phase = services.voice.conversations.surveys.phase(one)
    return Survey.of(one, services.organisations.tree, info.context.locale, phase)


@strawberry.type
class SurveyQuery:
    @strawberry.field(metadata=everyone(), description="Announced, open and over; what closes last comes first.")
    async def surveys(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Survey]:
        service, request = info.context.services.voice.conversations.surveys, PageRequest.of(first, after)
        return connection(await service.listed(request), rank_of, lambda one: listed(info, one))

    @strawberry.field(metadata=everyone(), description="With its results, when they are to be shown.")
    async def survey(self, info: Info, id: strawberry.ID) -> Survey | None:
        return await _survey(info, key_of(id, "Survey"))


@strawberry.type
class SurveyMutation:
    @strawberry.mutation(
        metadata=citizens(),
        description="Once a verified person. Who answered what is kept nowhere; so a repeat under the same key is "
        "answered as the first time whatever it says.",
    )
    async def answer_survey(
        self, info: Info, survey_id: strawberry.ID, answers: list[SurveyAnswerInput], idempotency_key: IdempotencyKey
    ) -> AnswerSurveyResult:
        if len(answers) > _MOST_ANSWERS:
            raise BadInput(field="answers")
        service, key = info.context.services.voice.conversations.surveys, key_of(survey_id, "Survey")
        done = await service.answer(info.context.viewer, key, answers_of(answers), idempotency_key)
        return SurveyTaken(survey=listed(info, done))


async def _survey(info: Info, key: str) -> Survey | None:
    services = info.context.services
    service = services.voice.conversations.surveys
    found = await service.one(key)
    if found is None:
        return None
    answered, outcome = await service.has_answered(info.context.viewer, key), await service.results(found)
    tree, phase = services.organisations.tree, service.phase(found)
    return Survey.of(found, tree, info.context.locale, phase, answered=answered, outcome=outcome)


async def survey_node(info: Info, key: str) -> Node | None:
    return await _survey(info, key)
