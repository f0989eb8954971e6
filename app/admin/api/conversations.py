"""Conversations at the desk: what is to be moderated, with every decision on it; surveys; proposals and replies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.voice.conversations.moderation.errors import MatterUnknown
from app.domains.voice.conversations.moderation.model import (
    Decision,
    Matter,
    MatterState,
    MonthCounts,
    PostKind,
    Reason,
    Verdict,
    Visibility,
)
from app.domains.voice.conversations.moderation.store import turn_of
from app.domains.voice.conversations.proposals.errors import ProposalUnknown
from app.domains.voice.conversations.proposals.model import Proposal, ProposalLevel, ProposalState
from app.domains.voice.conversations.surveys.errors import SurveyUnknown
from app.domains.voice.conversations.surveys.model import Phase, Survey, SurveyState

router = desk_router("conversations")


class Judgement(Body):
    """`words` are told to the author; of what is shown they may be empty."""

    verdict: Verdict
    reason: Reason | None = None
    words: str = Field(default="", max_length=2_000)


class Hiding(Body):
    kind: PostKind
    post: str = Field(min_length=1, max_length=80)
    reason: Reason
    words: str = Field(min_length=2, max_length=2_000)


class Owing(Body):
    """The department that owes the reply."""

    unit: str = Field(min_length=1, max_length=60)


class Judged(Reply):
    verdict: Verdict
    reason: Reason | None
    words: str
    by: str
    at: datetime
    on_appeal: bool


class MatterShown(Reply):
    """`reports`: of how many people since it was looked at last."""

    id: str
    kind: PostKind
    post: str
    author: str | None
    state: MatterState
    visibility: Visibility
    since: datetime
    reports: int
    reasons: list[Reason]
    decisions: list[Judged]


class MatterRead(MatterShown):
    """With the post as it was written, and what its author says to its being hidden."""

    words: str | None
    appeal: str | None


class MonthShown(Reply):
    month: str
    reports: int
    held: int
    hidden: int
    shown: int
    appeals: int
    appeals_granted: int
    hidden_for: dict[Reason, int]


class Figures(Reply):
    """`waiting`: how many are to be looked at, by state."""

    waiting: dict[MatterState, int]
    months: list[MonthShown]


class SurveyShown(Reply):
    id: str
    unit: str
    title: str
    state: SurveyState
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    questions: int


class Sheet(Reply):
    """`csv` begins with a byte order mark; no cell of it is a formula."""

    csv: str


class ProposalShown(Reply):
    """`title` is empty while not everybody may read it: drafts are their authors' alone, moderators read posts."""

    id: str
    level: ProposalLevel
    area: str
    title: str
    state: ProposalState
    supports: int
    threshold: int
    unit: str | None
    due: date | None
    overdue: bool


@router.get("/moderations")
async def queue(
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: Annotated[MatterState, Query(description="Settled ones: the newest first. Others: the longest waiting.")] = (
        MatterState.WAITING
    ),
    kind: Annotated[PostKind | None, Query()] = None,
    first: First = 25,
    after: After = None,
) -> Rows[MatterShown]:
    """What is to be looked at, without a word of it."""
    service = desk.services.voice.conversations.moderation
    return Rows[MatterShown].of(await service.queue(state, kind, PageRequest.of(first, after)), _matter, turn_of)


@router.get("/moderations/figures")
async def figures(desk: Annotated[Desk, allowed("figures", *ANY)]) -> Figures:
    """What waits, and what was moderated in the last months."""
    service = desk.services.voice.conversations.moderation
    months = [_month(one) for one in await service.figures()]
    return Figures(waiting=dict(await service.waiting()), months=months)


@router.get("/moderations/{matter}")
async def one(matter: Id, desk: Annotated[Desk, allowed("read", *OPERATORS)]) -> MatterRead:
    """The post as it was written, and all that was decided on it."""
    service = desk.services.voice.conversations.moderation
    found = await service.one(matter)
    if found is None:
        raise MatterUnknown
    subject = await service.subject(found)
    appeal = found.appeal.words if found.appeal else None
    return MatterRead(**_matter(found).model_dump(), words=subject.words if subject else None, appeal=appeal)


@router.post("/moderations/{matter}/judgement")
async def judge(
    matter: Id, body: Judgement, key: Key, desk: Annotated[Desk, allowed("judge", *OPERATORS)]
) -> MatterShown:
    """Let it stand, or hide it. Who hid it does not decide on the appeal."""
    service = desk.services.voice.conversations.moderation
    return _matter(await service.judge(desk.viewer, matter, body.verdict, body.reason, body.words, key))


@router.post("/moderations")
async def hide(body: Hiding, key: Key, desk: Annotated[Desk, allowed("hide", *OPERATORS)]) -> MatterShown:
    """A post that nobody has reported."""
    service = desk.services.voice.conversations.moderation
    return _matter(await service.hide(desk.viewer, body.kind, body.post, body.reason, body.words, key))


@router.get("/surveys")
async def surveys(
    desk: Annotated[Desk, allowed("surveys", *ANY)],
    state: Annotated[SurveyState, Query()] = SurveyState.PUBLISHED,
    first: First = 25,
    after: After = None,
) -> Rows[SurveyShown]:
    """Of all departments, newest first."""
    rooms = desk.services.voice.conversations
    page = await rooms.holding.in_state(state, PageRequest.of(first, after))
    return Rows[SurveyShown].of(page, lambda found: _survey(found, rooms.surveys.phase(found)))


@router.get("/surveys/{survey}/sheet")
async def sheet(survey: Id, desk: Annotated[Desk, allowed("sheet", *OPERATORS)]) -> Sheet:
    """The results as they may be shown; of one that runs, the header."""
    holding = desk.services.voice.conversations.holding
    found = await holding.any(survey)
    if found is None:
        raise SurveyUnknown
    return Sheet(csv=await holding.sheet(found))


@router.get("/proposals")
async def proposals(
    desk: Annotated[Desk, allowed("proposals", *ANY)],
    state: Annotated[ProposalState, Query()] = ProposalState.REACHED,
    first: First = 25,
    after: After = None,
) -> Rows[ProposalShown]:
    """In this state, newest first."""
    page = await desk.services.voice.conversations.replying.in_state(state, PageRequest.of(first, after))
    return Rows[ProposalShown].of(page, lambda found: _proposal(desk, found))


@router.get("/proposals/{proposal}")
async def proposal(proposal: Id, desk: Annotated[Desk, allowed("read_proposal", *ANY)]) -> ProposalShown:
    """Where it stands."""
    found = await desk.services.voice.conversations.replying.one(proposal)
    if found is None:
        raise ProposalUnknown
    return _proposal(desk, found)


@router.put("/proposals/{proposal}/unit")
async def assign(
    proposal: Id, body: Owing, key: Key, desk: Annotated[Desk, allowed("assign", *OPERATORS)]
) -> ProposalShown:
    """Say who owes the reply; the days that have gone stay gone."""
    service = desk.services.voice.conversations.replying
    return _proposal(desk, await service.assign(desk.viewer, proposal, body.unit, key))


def _matter(one: Matter) -> MatterShown:
    return MatterShown(
        id=one.id,
        kind=one.kind,
        post=one.post,
        author=one.author,
        state=one.state,
        visibility=one.visibility,
        since=one.since,
        reports=one.reports,
        reasons=list(one.reasons),
        decisions=[_judged(decision) for decision in one.decisions],
    )


def _judged(one: Decision) -> Judged:
    return Judged.model_validate(one)


def _month(one: MonthCounts) -> MonthShown:
    return MonthShown(
        month=one.month,
        reports=one.reports,
        held=one.held,
        hidden=one.hidden,
        shown=one.shown,
        appeals=one.appeals,
        appeals_granted=one.appeals_granted,
        hidden_for=dict(one.hidden_for),
    )


def _survey(one: Survey, phase: Phase) -> SurveyShown:
    return SurveyShown(
        id=one.id,
        unit=one.unit,
        title=one.title.zh,
        state=one.state,
        phase=phase,
        opens_at=one.opens_at,
        closes_at=one.ended_at or one.closes_at,
        questions=len(one.questions),
    )


def _proposal(desk: Desk, one: Proposal) -> ProposalShown:
    calendar, now = desk.services.voice.conversations.replying.time()
    return ProposalShown(
        id=one.id,
        level=one.level,
        area=one.area,
        title=one.title if one.is_shown else "",
        state=one.state_at(now),
        supports=one.supports,
        threshold=one.terms.threshold,
        unit=one.unit,
        due=one.due(calendar),
        overdue=one.is_overdue(calendar, now),
    )
