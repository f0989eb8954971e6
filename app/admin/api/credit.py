"""Citizen credit at the desk: the rules of the score (four eyes), appeals against it, lines, and what is overdue."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from app.admin.api.desk import (
    ADMINISTRATORS,
    ANY,
    OPERATORS,
    After,
    Body,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.core.money import Money
from app.core.paging import PageRequest
from app.domains.payment.credit.appeals.model import AppealState
from app.domains.payment.credit.appeals.service import Answer
from app.domains.payment.credit.dues.model import Due, DueKind
from app.domains.payment.credit.line.model import CreditLine, LineState
from app.domains.payment.credit.rules.model import Band, FactorCode, FactorRule, RuleSet, RulesState
from app.domains.payment.credit.rules.service import Proposal

router = desk_router("credit")
Version = Annotated[int, Path(ge=1, le=1_000_000)]
Fen = Annotated[int, Field(ge=0)]


class FactorShown(Reply):
    """`weight` in points; `months` looked back; of a share `start` percent that weigh like `prior` cases; of an amount
    what is `full`.
    """

    code: FactorCode
    weight: int
    months: int
    start: int
    prior: int
    full: int


class FactorWanted(Body):
    code: FactorCode
    weight: int = Field(ge=0)
    months: int = Field(ge=0, default=0)
    start: int = Field(ge=0, default=0)
    prior: int = Field(ge=0, default=0)
    full: int = Field(ge=0, default=0)


class BandWanted(Body):
    """From this score on a line may be of so many fen."""

    score: int
    fen: Fen


class BandShown(Reply):
    score: int
    fen: int


class RulesWanted(Body):
    """All factors, which weigh 600 points together; in force from a day that is a week off at least."""

    factors: list[FactorWanted] = Field(max_length=20)
    bands: list[BandWanted] = Field(min_length=1, max_length=20)
    since: date
    reason: str = Field(min_length=2, max_length=500)


class RulesShown(Reply):
    version: int
    state: RulesState
    since: date
    factors: list[FactorShown]
    bands: list[BandShown]
    reason: str
    by: str
    at: datetime | None
    settled_by: str | None
    settled_at: datetime | None


class AppealShown(Reply):
    """The words are null in lists."""

    id: str
    citizen: str
    state: AppealState
    factor: FactorCode | None
    score: int
    at: datetime
    reason: str | None
    answer: str | None
    points: int
    until: date | None
    after: int | None
    settled_at: datetime | None
    settled_by: str | None


class AppealAnswer(Body):
    """`recounted`: what was wrong at its source is put right. `adjusted`: with these points until the end of a day."""

    state: AppealState
    answer: str = Field(min_length=2, max_length=500)
    points: int = 0
    until: date | None = None


class OverdueShown(Reply):
    """`owed` in fen."""

    id: str
    citizen: str
    kind: DueKind
    payment: str
    owed: int
    due: date
    at: datetime

    @classmethod
    def of(cls, one: Due) -> OverdueShown:
        return cls(
            id=one.id, citizen=one.citizen, kind=one.kind, payment=one.about, owed=one.owed, due=one.day, at=one.at
        )


class LineShown(Reply):
    """`limit`, `owed` and `held` in yuan."""

    citizen: str
    state: LineState
    limit: str
    owed: str
    held: str
    opened_at: datetime
    frozen_at: datetime | None


@router.get("/credit-rules")
async def rules(desk: Annotated[Desk, allowed("list_rules", *ANY)]) -> list[RulesShown]:
    """All versions, newest first."""
    return [_rules(one) for one in await desk.services.payment.credit.rules.versions()]


@router.post("/credit-rules", status_code=201)
async def propose(
    body: RulesWanted, key: Key, desk: Annotated[Desk, allowed("propose_rules", *OPERATORS)]
) -> RulesShown:
    """For another member of the desk to approve."""
    factors = tuple(FactorRule(**one.model_dump()) for one in body.factors)
    bands = tuple(Band(one.score, one.fen) for one in body.bands)
    wanted = Proposal(factors, bands, body.since, body.reason)
    return _rules(await desk.services.payment.credit.rules.propose(desk.viewer, wanted, key))


@router.post("/credit-rules/{version}/approval")
async def approve(
    version: Version, key: Key, desk: Annotated[Desk, allowed("approve_rules", *ADMINISTRATORS)]
) -> RulesShown:
    """By somebody else than who proposed it; published at once, in force from its day on."""
    return _rules(await desk.services.payment.credit.rules.approve(desk.viewer, version, key))


@router.post("/credit-rules/{version}/withdrawal")
async def withdraw(
    version: Version, key: Key, desk: Annotated[Desk, allowed("withdraw_rules", *OPERATORS)]
) -> RulesShown:
    """A proposal that is not approved."""
    return _rules(await desk.services.payment.credit.rules.withdraw(desk.viewer, version, key))


@router.get("/credit-appeals")
async def appeals(
    desk: Annotated[Desk, allowed("list_appeals", *ANY)],
    state: AppealState = AppealState.OPEN,
    first: First = 20,
    after: After = None,
) -> Rows[AppealShown]:
    """Appeals in this state, newest first, without their words."""
    page = await desk.services.payment.credit.appeals.waiting(state, PageRequest.of(first, after))
    return Rows[AppealShown].of(page, AppealShown.model_validate)


@router.get("/credit-appeals/{appeal}")
async def appeal(appeal: Id, desk: Annotated[Desk, allowed("read_appeal", *OPERATORS)]) -> AppealShown:
    """With what the citizen wrote."""
    return AppealShown.model_validate(await desk.services.payment.credit.appeals.one(appeal))


@router.post("/credit-appeals/{appeal}/answers")
async def answer(
    appeal: Id, body: AppealAnswer, key: Key, desk: Annotated[Desk, allowed("answer_appeal", *OPERATORS)]
) -> AppealShown:
    """Count again, give points for a time, or refuse; the citizen is told."""
    given = Answer(body.state, body.answer, body.points, body.until)
    settled = await desk.services.payment.credit.appeals.answer(desk.viewer, appeal, given, key)
    return AppealShown.model_validate(settled)


@router.get("/credit-overdue")
async def overdue(
    desk: Annotated[Desk, allowed("list_overdue", *ANY)], first: First = 20, after: After = None
) -> Rows[OverdueShown]:
    """What should have been repaid by yesterday, newest first."""
    page = await desk.services.payment.credit.dues.overdue(PageRequest.of(first, after))
    return Rows[OverdueShown].of(page, OverdueShown.of)


@router.get("/credit-lines")
async def lines(
    desk: Annotated[Desk, allowed("list_lines", *ANY)],
    state: Annotated[LineState, Query()] = LineState.FROZEN,
    first: First = 20,
    after: After = None,
) -> Rows[LineShown]:
    """Lines in this state, by citizen: what is used of them, never the score."""
    credit = desk.services.payment.credit
    page = await credit.lines.in_state(state, PageRequest.of(first, after))
    shown = {one.citizen: await _line(desk, one) for one in page.items}
    return Rows[LineShown].of(page, lambda one: shown[one.citizen], key=lambda one: str(one.citizen))


async def _line(desk: Desk, line: CreditLine) -> LineShown:
    standing = await desk.services.payment.credit.lines.standing(line)
    return LineShown(
        citizen=line.citizen,
        state=line.state,
        limit=str(Money(line.fen).amount),
        owed=str(standing.balance.posted.amount),
        held=str(standing.balance.held.amount),
        opened_at=line.opened_at,
        frozen_at=line.frozen_at,
    )


def _rules(one: RuleSet) -> RulesShown:
    return RulesShown.model_validate(one)
