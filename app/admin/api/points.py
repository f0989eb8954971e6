"""Points: what organisations may give, the good causes, and the merchants that take points."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ADMINISTRATORS, ANY, After, Body, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.payment.points.causes.model import Cause, CauseSoFar
from app.domains.payment.points.grants.model import Budget
from app.domains.payment.points.model import POINT
from app.domains.payment.points.partners.model import MOST_RATE, Partner
from app.domains.payment.points.rates.model import Rate, yuan_of
from app.domains.payment.settlement.redemptions.model import Redemption, redemption_id

router = desk_router("points")
_FIRST, _LAST = date(2020, 1, 1), date(2100, 12, 31)


class BudgetWritten(Body):
    """`points` in all, those included that were given already."""

    points: int = Field(ge=0, le=1_000_000_000)
    reason: str = Field(min_length=2, max_length=500)


class BudgetShown(Reply):
    """In points."""

    organisation: str
    given: int
    left: int
    changed_at: datetime


class CauseWritten(Body):
    zh: str = Field(min_length=1, max_length=40)
    en: str = Field(default="", max_length=120)
    words_zh: str = Field(default="", max_length=300)
    words_en: str = Field(default="", max_length=600)
    goal: int | None = Field(default=None, ge=1, le=1_000_000_000)
    rank: int = Field(default=0, ge=0, le=1_000)
    open: bool = True


class CauseShown(Reply):
    """`given` and `goal` in points."""

    code: str
    zh: str
    en: str
    given: int
    goal: int | None
    rank: int
    open: bool


class CausesShown(Reply):
    items: list[CauseShown]


class PartnerWritten(Body):
    """`rate`: points for what costs one yuan."""

    rate: int = Field(ge=1, le=MOST_RATE)
    offers_zh: str = Field(default="", max_length=100)
    offers_en: str = Field(default="", max_length=200)


class PartnerShown(Reply):
    organisation: str
    rate: int
    offers: str
    active: bool
    since: datetime


class RateWritten(Body):
    """`yuan` is what the city pays for a point, with four places at most: `0.0125`."""

    yuan: str = Field(min_length=1, max_length=6)
    reason: str = Field(min_length=2, max_length=500)


class RateShown(Reply):
    organisation: str
    from_day: date
    yuan: str
    reason: str
    by: str
    at: datetime


class RatesShown(Reply):
    """`waiting`: points that the partner took and was not paid for yet."""

    items: list[RateShown]
    waiting: int


class PartShown(Reply):
    yuan: str
    count: int
    points: int
    fen: int


class RedemptionShown(Reply):
    """What a partner was paid for the points of a day, at which rates. Less than nothing when more went back."""

    organisation: str
    day: date
    points: int
    fen: int
    parts: list[PartShown]
    at: datetime


@router.get("/points/budgets")
async def budgets(
    desk: Annotated[Desk, allowed("budgets", *ANY)], first: First = 20, after: After = None
) -> Rows[BudgetShown]:
    page = await desk.services.payment.points.grants.budgets(PageRequest.of(first, after))
    return Rows[BudgetShown].of(page, _budget, lambda one: str(one.organisation))


@router.put("/points/budgets/{organisation}")
async def set_budget(
    organisation: Id, body: BudgetWritten, desk: Annotated[Desk, allowed("set_budget", *ADMINISTRATORS)]
) -> BudgetShown:
    """Repeating is safe."""
    grants = desk.services.payment.points.grants
    return _budget(await grants.set_budget(desk.viewer, organisation, body.points, body.reason))


@router.get("/points/causes")
async def causes(desk: Annotated[Desk, allowed("causes", *ANY)]) -> CausesShown:
    """All of them, closed ones too."""
    return CausesShown(items=[_cause(one) for one in await desk.services.payment.points.causes.listed(closed=True)])


@router.put("/points/causes/{code}")
async def put_cause(
    code: Id, body: CauseWritten, desk: Annotated[Desk, allowed("put_cause", *ADMINISTRATORS)]
) -> CauseShown:
    """Make it, or as it is to be from now on. Repeating is safe."""
    words = Said(body.words_zh, body.words_en)
    cause = Cause(code, Said(body.zh, body.en), words, body.goal, body.open, body.rank)
    service = desk.services.payment.points.causes
    await service.put(desk.viewer, cause)
    return _cause(await service.known(code))


@router.get("/points/partners")
async def partners(
    desk: Annotated[Desk, allowed("partners", *ANY)], first: First = 20, after: After = None
) -> Rows[PartnerShown]:
    page = await desk.services.payment.points.partners.listed(PageRequest.of(first, after), ended=True)
    return Rows[PartnerShown].of(page, _partner, lambda one: str(one.organisation))


@router.put("/points/partners/{organisation}")
async def put_partner(
    organisation: Id, body: PartnerWritten, desk: Annotated[Desk, allowed("put_partner", *ADMINISTRATORS)]
) -> PartnerShown:
    """Have it take points on these terms. Repeating is safe."""
    offers = Said(body.offers_zh, body.offers_en)
    return _partner(await desk.services.payment.points.partners.put(desk.viewer, organisation, body.rate, offers))


@router.delete("/points/partners/{organisation}")
async def end_partner(organisation: Id, desk: Annotated[Desk, allowed("end_partner", *ADMINISTRATORS)]) -> PartnerShown:
    """It takes no points from now on. Repeating is safe."""
    return _partner(await desk.services.payment.points.partners.end(desk.viewer, organisation))


@router.get("/points/partners/{organisation}/rates")
async def rates(organisation: Id, desk: Annotated[Desk, allowed("rates", *ANY)]) -> RatesShown:
    """Newest first."""
    items = [_rate(one) for one in await desk.services.payment.points.rates.of(organisation)]
    waiting = await desk.services.payment.settlement.redeeming.waiting(organisation)
    return RatesShown(items=items, waiting=waiting // POINT)


@router.put("/points/partners/{organisation}/rates/{day}")
async def put_rate(
    organisation: Id, day: Id, body: RateWritten, desk: Annotated[Desk, allowed("put_rate", *ADMINISTRATORS)]
) -> RateShown:
    """From that day on: tomorrow at the earliest, unless it is the partner's first. Repeating is safe."""
    service = desk.services.payment.points.rates
    return _rate(await service.put(desk.viewer, organisation, _day(day), body.yuan, body.reason))


@router.get("/points/redemptions")
async def redemptions(
    desk: Annotated[Desk, allowed("redemptions", *ANY)],
    organisation: Annotated[str | None, Query(max_length=64, description="Of this partner, newest first.")] = None,
    first: First = 50,
    after: After = None,
) -> Rows[RedemptionShown]:
    """By partner, where none is named."""
    page = await desk.services.payment.settlement.redeeming.page(organisation, PageRequest.of(first, after))
    return Rows[RedemptionShown].of(page, _redemption, lambda one: redemption_id(one.organisation, one.day))


def _budget(one: Budget) -> BudgetShown:
    return BudgetShown(
        organisation=one.organisation,
        given=one.given // POINT,
        left=one.left // POINT,
        changed_at=one.changed_at,
    )


def _cause(one: CauseSoFar) -> CauseShown:
    cause = one.cause
    return CauseShown(
        code=cause.code,
        zh=cause.name.zh,
        en=cause.name.en,
        given=one.points,
        goal=cause.goal,
        rank=cause.rank,
        open=cause.open,
    )


def _partner(one: Partner) -> PartnerShown:
    return PartnerShown(
        organisation=one.organisation, rate=one.rate, offers=one.offers.zh, active=one.active, since=one.since
    )


def _day(text: str) -> date:
    """Raises BadInput."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(field="day") from None
    if not _FIRST <= day <= _LAST:
        raise BadInput(field="day")
    return day


def _rate(one: Rate) -> RateShown:
    said = {"reason": one.reason, "by": one.by, "at": one.at}
    return RateShown(organisation=one.organisation, from_day=one.from_day, yuan=str(one.yuan), **said)


def _redemption(one: Redemption) -> RedemptionShown:
    return RedemptionShown(
        organisation=one.organisation,
        day=one.day,
        points=one.points // POINT,
        fen=one.fen,
        parts=[
            PartShown(yuan=str(yuan_of(part.units)), count=part.count, points=part.points // POINT, fen=part.fen)
            for part in one.parts
        ],
        at=one.at,
    )
