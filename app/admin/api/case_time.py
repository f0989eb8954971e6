"""How long cases may take, what is told upwards of them, and days that the desk sets for them (督办)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal

from fastapi import Path, Request
from pydantic import Field, WithJsonSchema

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.messages import negotiate
from app.core.paging import PageRequest
from app.domains.voice.cases.clocks.model import Mark, Measure, Shift
from app.domains.voice.cases.clocks.rules.model import ClockRule, RuleCode
from app.domains.voice.cases.clocks.service import explained
from app.domains.voice.cases.errors import CaseUnknown
from app.domains.voice.cases.model import Case
from app.domains.voice.units.escalation.model import Escalation, Rung

router = desk_router("case-time")
Rule = Annotated[RuleCode, Path()]
# JSON Schema's own format "time" (RFC 3339) wants an offset: an hour of the city's day has none.
HourOfDay = Annotated[
    time, WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "example": "08:00:00"})
]


class RuleWanted(Body):
    """`version` is the one that was looked at. `opens` and `closes` are of the shift of urgent cases; the same hour
    twice is the whole day. `reason` stays with the version.
    """

    version: int = Field(ge=1)
    amount: int
    most_extension: int
    opens: HourOfDay = time(8)
    closes: HourOfDay = time(22)
    reason: str = Field(min_length=2, max_length=500)


class RuleShown(Reply):
    """`amount` and `most_extension`: working days, or hours of shift by `measure`. Version 1 was written by nobody."""

    code: RuleCode
    version: int
    measure: Measure
    amount: int
    most_extension: int
    opens: HourOfDay
    closes: HourOfDay
    by: str
    at: datetime | None
    reason: str


class Supervising(Body):
    by_day: date
    words: str = Field(min_length=2, max_length=2_000)


class SupervisionShown(Reply):
    case: str
    number: str
    due: date


class EscalationShown(Reply):
    """`what`: the mark that was passed, or `supervision`: the day that was set went by. `rung`: as whom it was told."""

    id: str
    case: str
    number: str
    unit: str | None
    to: str
    rung: Rung
    what: Mark | Literal["supervision"]
    held: bool
    at: datetime
    open: bool
    noted_by: str | None
    noted_at: datetime | None


class ClockShown(Reply):
    """`due` is null while it is paused; `explanation` in the language asked for."""

    rule: str
    version: int
    measure: Measure
    due: datetime | None
    remaining: int | None
    passed: list[Mark]
    calendar: str
    unsure: list[int]
    explanation: str


class TimeShown(Reply):
    """`clock` is null of a case that was not taken in."""

    case: str
    number: str
    clock: ClockShown | None
    escalations: list[EscalationShown]


@router.get("/case-clock-rules")
async def rules(desk: Annotated[Desk, allowed("read-rules", *ANY)]) -> list[RuleShown]:
    """As they hold for cases that are taken in now."""
    return [_rule(one) for one in await desk.services.voice.clock_rules.all()]


@router.get("/case-clock-rules/{rule}")
async def versions(rule: Rule, desk: Annotated[Desk, allowed("read-rule", *ANY)]) -> list[RuleShown]:
    """All versions of one, newest first."""
    return [_rule(one) for one in await desk.services.voice.clock_rules.versions(rule)]


@router.post("/case-clock-rules/{rule}", status_code=201)
async def change(
    rule: Rule, body: RuleWanted, key: Key, desk: Annotated[Desk, allowed("change-rule", *OPERATORS)]
) -> RuleShown:
    """For cases that are taken in from now on: a clock that runs goes on as it began."""
    service = desk.services.voice.clock_rules
    measure = (await service.current(rule)).measure
    shift = Shift(body.opens, body.closes)
    wanted = ClockRule(rule, measure, body.amount, body.most_extension, shift, version=body.version, reason=body.reason)
    return _rule(await service.change(desk.viewer, wanted, key))


@router.get("/case-escalations")
async def escalations(
    desk: Annotated[Desk, allowed("list-escalations", *ANY)], first: First = 25, after: After = None
) -> Rows[EscalationShown]:
    """What was told upwards, to whichever organisation, and nobody has noted; newest first."""
    page = await desk.services.voice.escalations.open(PageRequest.of(first, after))
    return Rows[EscalationShown].of(page, _escalation)


@router.post("/case-escalations/{escalation}/note")
async def note(
    escalation: Id, key: Key, desk: Annotated[Desk, allowed("note-escalation", *OPERATORS)]
) -> EscalationShown:
    """The desk has taken note, for the organisation that was told."""
    return _escalation(await desk.services.voice.escalations.note(desk.viewer, escalation, key))


@router.get("/case-clocks/{case}")
async def clock(case: Id, request: Request, desk: Annotated[Desk, allowed("read-clock", *ANY)]) -> TimeShown:
    """How the clock of a case stands and why, and what was told upwards of it."""
    found = await desk.services.voice.overseeing.one(case)
    if found is None:
        raise CaseUnknown
    told = await desk.services.voice.escalations.of_case(case)
    return TimeShown(
        case=found.id,
        number=found.number,
        clock=_clock(desk, found, negotiate(request.headers.get("accept-language"))),
        escalations=[_escalation(one) for one in told],
    )


@router.post("/case-clocks/{case}/supervision", status_code=201)
async def supervise(
    case: Id, body: Supervising, key: Key, desk: Annotated[Desk, allowed("supervise", *OPERATORS)]
) -> SupervisionShown:
    """Set a day by which it is to be done (督办); its reporter and its unit are told."""
    done = await desk.services.voice.supervising.supervise(desk.viewer, case, body.by_day, body.words, key)
    return SupervisionShown(case=done.id, number=done.number, due=body.by_day)


def _clock(desk: Desk, case: Case, locale: str) -> ClockShown | None:
    if case.clock is None:
        return None
    stands = case.clock.stands(desk.city.calendar.current, desk.city.clock.now())
    return ClockShown(
        rule=stands.rule,
        version=stands.version,
        measure=stands.measure,
        due=stands.due,
        remaining=stands.remaining,
        passed=list(stands.passed),
        calendar=stands.calendar,
        unsure=list(stands.unsure),
        explanation=explained(stands, locale),
    )


def _rule(rule: ClockRule) -> RuleShown:
    return RuleShown(
        code=rule.code,
        version=rule.version,
        measure=rule.measure,
        amount=rule.amount,
        most_extension=rule.most_extension,
        opens=rule.shift.opens,
        closes=rule.shift.closes,
        by=rule.by,
        at=rule.at,
        reason=rule.reason,
    )


def _escalation(one: Escalation) -> EscalationShown:
    return EscalationShown.model_validate(one)
