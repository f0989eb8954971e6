"""Channels: what they brought, what became of it, what went back, and trying again what failed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.answers.model import AnswerState, ChannelAnswer
from app.domains.voice.channels.intake.errors import InboundUnknown
from app.domains.voice.channels.intake.model import Inbound, InboundState

router = desk_router("channels")


class InboundShown(Reply):
    """`why`: the code of what stood in the way, or of what the sender was told. Nothing of what was said."""

    id: str
    channel: CaseChannel
    state: InboundState
    at: datetime
    attempt: int
    case: str | None
    number: str | None
    why: str | None


class AnswerShown(Reply):
    """An answer on its way out; `why` is the channel's word for a refusal."""

    id: str
    channel: CaseChannel
    state: AnswerState
    at: datetime
    attempt: int
    why: str | None
    inbound: str | None
    case: str | None


class InboundWhole(Reply):
    message: InboundShown
    answers: list[AnswerShown]


class ReadingWanted(Body):
    reason: str = Field(min_length=2, max_length=500)


class InboundRead(Reply):
    """What was said, and from where: reading it is audited."""

    sender: str
    subject: str
    text: str
    sent_at: datetime


class Revived(Reply):
    id: str


@router.get("/inbound-messages")
async def messages(
    desk: Annotated[Desk, allowed("list-inbound", *ANY)],
    state: Annotated[list[InboundState] | None, Query()] = None,
    first: First = 25,
    after: After = None,
) -> Rows[InboundShown]:
    """What channels brought, the newest first; of all states when none is named."""
    page = await desk.services.voice.inbound.listed(state or list(InboundState), PageRequest.of(first, after))
    return Rows[InboundShown].of(page, InboundShown.model_validate, key=lambda one: one.at.isoformat())


@router.get("/inbound-messages/{message}")
async def one(message: Id, desk: Annotated[Desk, allowed("read-inbound", *ANY)]) -> InboundWhole:
    """One message and the answers to it, without what was said."""
    found = await desk.services.voice.inbound.one(message)
    if found is None:
        raise InboundUnknown
    answers = await desk.services.voice.channel_answers.of_inbound(message)
    return InboundWhole(message=_message(found), answers=[_answer(one) for one in answers])


@router.post("/inbound-messages/{message}/read")
async def read(
    message: Id, body: ReadingWanted, desk: Annotated[Desk, allowed("open-inbound", *OPERATORS)]
) -> InboundRead:
    """What was said; the reason stands in the audit."""
    found = await desk.services.voice.inbound.read(desk.viewer, message, body.reason)
    heard = found.heard
    if heard is None:
        raise InboundUnknown
    return InboundRead(sender=heard.sender, subject=heard.subject, text=heard.text, sent_at=heard.at)


@router.post("/inbound-messages/{message}/retry")
async def retry(message: Id, desk: Annotated[Desk, allowed("retry-inbound", *OPERATORS)]) -> Revived:
    """One that failed is taken in again from the start."""
    await desk.services.voice.inbound.retry(desk.viewer, message)
    return Revived(id=message)


@router.get("/channel-answers")
async def answers(
    desk: Annotated[Desk, allowed("list-answers", *ANY)],
    state: Annotated[list[AnswerState] | None, Query()] = None,
    first: First = 25,
    after: After = None,
) -> Rows[AnswerShown]:
    """What goes back to senders and callers, the newest first, without whom and what."""
    page = await desk.services.voice.channel_answers.listed(state or list(AnswerState), PageRequest.of(first, after))
    return Rows[AnswerShown].of(page, AnswerShown.model_validate, key=lambda one: one.at.isoformat())


@router.post("/channel-answers/{answer}/retry")
async def retry_answer(answer: Id, desk: Annotated[Desk, allowed("retry-answer", *OPERATORS)]) -> Revived:
    """One that was refused or given up is sent again."""
    await desk.services.voice.channel_answers.retry(desk.viewer, answer)
    return Revived(id=answer)


def _message(one: Inbound) -> InboundShown:
    return InboundShown.model_validate(one)


def _answer(one: ChannelAnswer) -> AnswerShown:
    return AnswerShown.model_validate(one)
