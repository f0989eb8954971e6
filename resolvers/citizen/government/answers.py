"""Asking in plain words, for everybody; rating an answer, and passing a thread on, for citizens."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domains.government.answers.asking import service as asking
from app.domains.government.answers.asking.service import Shown
from app.domains.government.answers.entries.model import HandOver
from app.domains.government.answers.ratings.model import Complaint
from graphql_schema.types.common import IdempotencyConflict, IdempotencyKey, Info, Node, citizens, everyone, key_of
from graphql_schema.types.government.answer_errors import (
    AnswerNotOffered,
    AnswerReasonNotFitting,
    AnswerUnknown,
    AskSessionFull,
    AskSessionUnknown,
    HandOverNotOffered,
    QuestionEmpty,
    QuestionTooLong,
)
from graphql_schema.types.government.answers import (
    Answer,
    AnswerRated,
    AnswerScore,
    Asked,
    AskHandedOver,
    AskSession,
)

AskResult = Annotated[
    Asked
    | QuestionEmpty
    | QuestionTooLong
    | AskSessionUnknown
    | AskSessionFull
    | AnswerNotOffered
    | IdempotencyConflict,
    strawberry.union("AskResult"),
]
HandOverAskResult = Annotated[
    AskHandedOver | AskSessionUnknown | HandOverNotOffered | IdempotencyConflict, strawberry.union("HandOverAskResult")
]
RateAnswerResult = Annotated[
    AnswerRated | AnswerUnknown | AnswerReasonNotFitting | IdempotencyConflict, strawberry.union("RateAnswerResult")
]
DeviceId = Annotated[
    str | None,
    strawberry.argument(
        description="The app's id of 8 to 64 characters: whose the thread is when nobody is signed in."
    ),
]


@strawberry.type
class AnswerQuery:
    @strawberry.field(
        metadata=everyone(), description="What people are told now, or by a version that was told once. Null when none."
    )
    async def answer(self, info: Info, code: str, version: int | None = None) -> Answer | None:
        services = info.context.services
        found = await services.government.entries.found(code, version)
        return Answer.of(found, services.organisations.tree, info.context.locale) if found else None

    @strawberry.field(metadata=everyone(), description="A thread of one's own. Null when it is over, or not one's own.")
    async def ask_session(self, info: Info, id: strawberry.ID, device: DeviceId = None) -> AskSession | None:
        ask = info.context.services.government.ask
        found = await ask.session(info.context.viewer, key_of(id, "AskSession"), device)
        return await _session(found, info) if found else None


@strawberry.type
class AnswerMutation:
    @strawberry.mutation(
        metadata=everyone(single=True),
        description="Answered at once, or asked back once. `chosen` is the code of one that was offered.",
    )
    async def ask(
        self,
        info: Info,
        question: str,
        idempotency_key: IdempotencyKey,
        session: strawberry.ID | None = None,
        chosen: str | None = None,
        device: DeviceId = None,
    ) -> AskResult:
        context, asked = info.context, asking.Asked(question, _key(session), chosen)
        service = context.services.government.ask
        shown = await service.ask(context.viewer, asked, device, context.address, idempotency_key)
        return Asked.of(await _session(shown, info))

    @strawberry.mutation(
        metadata=citizens(),
        description="Keeps what was said so far for an application, an appointment or a case. With `device`, also a "
        "thread from before signing in.",
    )
    async def hand_over_ask(
        self,
        info: Info,
        session: strawberry.ID,
        to: HandOver,
        idempotency_key: IdempotencyKey,
        device: DeviceId = None,
    ) -> HandOverAskResult:
        context = info.context
        service = context.services.government.ask
        key = key_of(session, "AskSession")
        passed = await service.hand_over(context.viewer, key, to, device, context.locale, idempotency_key)
        return AskHandedOver.of(passed)

    @strawberry.mutation(
        metadata=citizens(),
        description="Once a version; a later word takes the place of the earlier. With `session`, the question asked "
        "there last goes to those who write answers.",
    )
    async def rate_answer(
        self,
        info: Info,
        code: str,
        version: int,
        helpful: bool,
        idempotency_key: IdempotencyKey,
        complaint: Complaint | None = None,
        session: strawberry.ID | None = None,
    ) -> RateAnswerResult:
        viewer, ratings = info.context.viewer, info.context.services.government.ratings
        score = await ratings.rate(viewer, code, version, helpful, complaint, _key(session), idempotency_key)
        return AnswerRated(score=AnswerScore.of(score))


def _key(session: str | None) -> str | None:
    return None if session is None else key_of(session, "AskSession")


async def _session(shown: Shown, info: Info) -> AskSession:
    services = info.context.services
    codes = {code for turn in shown.thread.turns for code in turn.items}
    codes.update(code for answer in shown.told.values() for code in answer.items)
    found = await services.government.catalogue.items(codes)
    items = {code: item for code, item in found.items() if item.shown}
    return AskSession.of(shown, items, services.organisations.tree, info.context.locale)


async def answer_node(info: Info, key: str) -> Node | None:
    """`CODE@VERSION`."""
    services = info.context.services
    code, _, version = key.rpartition("@")
    if not version.isascii() or not version.isdigit() or len(version) > 9:
        return None
    found = await services.government.entries.found(code, int(version))
    return Answer.of(found, services.organisations.tree, info.context.locale) if found else None
