"""Fares of lines, and the rides that were taken on them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ADMINISTRATORS, ANY, After, Body, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.payment.rides.fares.model import FarePart, FareRules
from app.domains.payment.rides.model import Ride, RideChannel, RideState
from app.domains.payment.rides.store import turn_of

router = desk_router("rides")
_FEN = Field(default=0, ge=0, le=100_000)
_METRES = Field(default=0, ge=0, le=500_000)


class FareWritten(Body):
    """Amounts in fen; 0: there is none. `senior` and `minor`: the hundredths of the fare that they pay."""

    zh: str = Field(min_length=1, max_length=40)
    en: str = Field(default="", max_length=80)
    base: int = Field(ge=0, le=100_000)
    base_metres: int = _METRES
    step: int = _FEN
    step_metres: int = _METRES
    most: int = _FEN
    senior: int = Field(default=0, ge=0, le=100)
    minor: int = Field(default=50, ge=0, le=100)
    transfer_off: int = _FEN
    transfer_minutes: int = Field(default=60, ge=0, le=240)
    day_cap: int = _FEN
    reason: str = Field(min_length=2, max_length=500)

    def rules(self, operator: str, line: str, from_day: date) -> FareRules:
        return FareRules(
            operator=operator,
            line=line,
            name=Said(self.zh, self.en),
            from_day=from_day,
            base=self.base,
            base_metres=self.base_metres,
            step=self.step,
            step_metres=self.step_metres,
            most=self.most,
            senior=self.senior,
            minor=self.minor,
            transfer_off=self.transfer_off,
            transfer_within=timedelta(minutes=self.transfer_minutes),
            day_cap=self.day_cap,
        )


class FareShown(Reply):
    id: str
    operator: str
    line: str
    zh: str
    en: str
    from_day: date
    base: int
    base_metres: int
    step: int
    step_metres: int
    most: int
    senior: int
    minor: int
    transfer_off: int
    transfer_minutes: int
    day_cap: int


class FaresShown(Reply):
    items: list[FareShown]


class StepShown(Reply):
    part: FarePart
    fen: int


class RideShown(Reply):
    """By whom, the desk sees only where it looks at a citizen."""

    id: str
    operator: str
    reference: str
    line: str
    at: datetime
    channel: RideChannel
    fen: int
    steps: list[StepShown]
    state: RideState
    payment: str | None


@router.get("/fares")
async def fares(
    desk: Annotated[Desk, allowed("fares", *ANY)],
    operator: Annotated[str | None, Query(max_length=40, description="Of this operator.")] = None,
) -> FaresShown:
    """Of all days, by line, the newest first."""
    return FaresShown(items=[_fare(one) for one in await desk.services.payment.rides.fares.all(operator)])


@router.put("/fares/{operator}/{line}/{day}")
async def put_fare(
    operator: Id, line: Id, day: Id, body: FareWritten, desk: Annotated[Desk, allowed("put_fare", *ADMINISTRATORS)]
) -> FareShown:
    """From that day on: tomorrow at the earliest, unless it is the line's first. Repeating is safe."""
    rules = body.rules(operator, line, _day(day))
    return _fare(await desk.services.payment.rides.fares.put(desk.viewer, rules, body.reason))


@router.delete("/fares/{operator}/{line}/{day}")
async def drop_fare(
    operator: Id, line: Id, day: Id, desk: Annotated[Desk, allowed("drop_fare", *ADMINISTRATORS)]
) -> FaresShown:
    """Before its day has come."""
    await desk.services.payment.rides.fares.drop(desk.viewer, f"{operator}:{line}:{_day(day).isoformat()}")
    return FaresShown(items=[_fare(one) for one in await desk.services.payment.rides.fares.all(operator)])


@router.get("/rides/{operator}")
async def rides(
    operator: Id,
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: Annotated[RideState | None, Query(description="Those in this state; all when none is named.")] = None,
    first: First = 20,
    after: After = None,
) -> Rows[RideShown]:
    """On the operator's lines, newest first."""
    page = await desk.services.payment.rides.rides.of_operator(operator, PageRequest.of(first, after), state)
    return Rows[RideShown].of(page, _ride, turn_of)


@router.get("/borne-rides")
async def borne(
    desk: Annotated[Desk, allowed("borne", *ANY)], first: First = 20, after: After = None
) -> Rows[RideShown]:
    """What the city bears, of all operators, newest first: the passenger was erased before it was reported or paid."""
    page = await desk.services.payment.rides.rides.borne(PageRequest.of(first, after))
    return Rows[RideShown].of(page, _ride, turn_of)


def _day(text: str) -> date:
    """Raises BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(field="day") from None


def _fare(one: FareRules) -> FareShown:
    return FareShown(
        id=one.id,
        operator=one.operator,
        line=one.line,
        zh=one.name.zh,
        en=one.name.en,
        from_day=one.from_day,
        base=one.base,
        base_metres=one.base_metres,
        step=one.step,
        step_metres=one.step_metres,
        most=one.most,
        senior=one.senior,
        minor=one.minor,
        transfer_off=one.transfer_off,
        transfer_minutes=int(one.transfer_within.total_seconds()) // 60,
        day_cap=one.day_cap,
    )


def _ride(one: Ride) -> RideShown:
    return RideShown(
        id=one.id,
        operator=one.operator,
        reference=one.reference,
        line=one.line,
        at=one.at,
        channel=one.channel,
        fen=one.fare.fen,
        steps=[StepShown(part=step.part, fen=step.fen) for step in one.fare.steps],
        state=one.state,
        payment=one.payment,
    )
