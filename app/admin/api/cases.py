"""Cases, as the desk looks over them: where each stands, who has it and how its time runs; never what people wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ANY, After, Body, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.core.viewer import Role
from app.domains.voice.cases.errors import CaseUnknown
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, CaseState, Confirmation, Happened, Identity
from app.domains.voice.cases.model import Case

router = desk_router("cases")


class Number(Body):
    number: str = Field(min_length=1, max_length=40)


class CaseStep(Reply):
    """`detail` is a code or an id that belongs to what happened."""

    what: Happened
    at: datetime
    by: str
    role: Role
    unit: str | None
    detail: str | None
    public: bool


class CaseLine(Reply):
    id: str
    number: str
    kind: CaseKind
    channel: CaseChannel
    category: str
    state: CaseState
    division: str
    unit: str | None
    handler: str | None
    urgent: bool
    filed_at: datetime
    due: datetime | None
    late: bool


class CaseShown(CaseLine):
    """`citizen` is null of an anonymous one and of a caller without an account."""

    citizen: str | None
    identity: Identity
    test_of: str | None
    round: int
    returns: int
    fallback: bool
    accepted_at: datetime | None
    dispatched_at: datetime | None
    on_site_at: datetime | None
    handled_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    confirmation: Confirmation
    grades: list[int]
    public: bool
    into: str | None
    parent: str | None
    files: int
    events: list[CaseStep]


@router.get("/cases")
async def cases(
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: Annotated[CaseState, Query(description="Those in this state, newest first.")] = CaseState.FILED,
    late: Annotated[bool, Query(description="Those that are open and overdue, whatever their state.")] = False,
    unit: Annotated[str | None, Query(max_length=60, description="What this unit or one below it has.")] = None,
    first: First = 25,
    after: After = None,
) -> Rows[CaseLine]:
    """Cases of all units, without a word of what is in them."""
    service, request = desk.services.voice.overseeing, PageRequest.of(first, after)
    if unit is not None:
        page = await service.of_unit(unit, request)
    else:
        page = await (service.late(request) if late else service.in_state(state, request))
    return Rows[CaseLine].of(page, line)


@router.post("/cases/search")
async def find(body: Number, desk: Annotated[Desk, allowed("find", *ANY)]) -> CaseShown:
    """By the number that is quoted, typed as it may be."""
    return _shown(await desk.services.voice.overseeing.by_number(body.number))


@router.get("/cases/{case}")
async def one(case: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> CaseShown:
    """Where it stands, and who did what."""
    return _shown(await desk.services.voice.overseeing.one(case))


def line(one: Case) -> CaseLine:
    return CaseLine.model_validate(_facts(one))


def _shown(found: Case | None) -> CaseShown:
    if found is None:
        raise CaseUnknown
    return CaseShown.model_validate(
        {
            **_facts(found),
            **{name: getattr(found, name) for name in CaseShown.model_fields if hasattr(found, name)},
            "grades": [rating.grade for rating in found.ratings],
            "files": len(found.files),
            "events": [CaseStep.model_validate(event) for event in found.events],
        }
    )


def _facts(one: Case) -> dict[str, object]:
    plain = {name: getattr(one, name) for name in CaseLine.model_fields if hasattr(one, name)}
    return {**plain, "division": one.place.division, "due": one.timing.due, "late": one.timing.late}
