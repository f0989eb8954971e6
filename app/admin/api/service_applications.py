"""Applications of citizens, as the desk looks over them: where each stands and who holds it, not what is in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.calendar import Explanation, Light, WorkingClock
from app.core.paging import PageRequest
from app.core.viewer import Role
from app.domains.government.applications.errors import ServiceApplicationUnknown
from app.domains.government.applications.history.model import Happened, State
from app.domains.government.applications.materials.model import Standing
from app.domains.government.applications.model import Application

router = desk_router("service-applications")


class Release(Body):
    """`reason` is for the audit."""

    reason: str = Field(min_length=2, max_length=500)


class Number(Body):
    number: str = Field(min_length=1, max_length=40)


class Step(Reply):
    what: Happened
    at: datetime
    by: str
    role: Role


class Line(Reply):
    id: str
    number: str | None
    state: State
    item: str
    unit: str
    handler: str | None
    submitted_at: datetime | None
    due: date | None
    light: Light


class Shown(Reply):
    """`materials`: how each stood when it was handed in. `promised` and `statutory` explain how time is counted."""

    id: str
    number: str | None
    citizen: str
    state: State
    item: str
    version: int
    unit: str
    handler: str | None
    system: str | None
    test_of: str | None
    submitted_at: datetime | None
    promised: Explanation | None
    statutory: Explanation | None
    materials: list[Standing]
    visits_promised: int
    visits_made: int
    history: list[Step]


@router.get("/service-applications")
async def applications(
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: Annotated[State, Query(description="Those in this state, newest first.")] = State.SUBMITTED,
    late: Annotated[bool, Query(description="Those that are overdue and under way, whatever their state.")] = False,
    first: First = 25,
    after: After = None,
) -> Rows[Line]:
    """Applications of all units, without a word of what is in them."""
    service, request = desk.services.government.overseeing, PageRequest.of(first, after)
    page = await (service.late(request) if late else service.in_state(state, request))
    return Rows[Line].of(page, lambda one: line(desk, one))


@router.post("/service-applications/search")
async def find(body: Number, desk: Annotated[Desk, allowed("find", *ANY)]) -> Shown:
    """By the number that the applicant quotes, typed as it may be."""
    found = await desk.services.government.overseeing.by_number(body.number)
    if found is None:
        raise ServiceApplicationUnknown
    return shown(desk, found)


@router.get("/service-applications/{application}")
async def one(application: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> Shown:
    """Where it stands, who did what, and how its time is counted."""
    found = await desk.services.government.overseeing.one(application)
    if found is None:
        raise ServiceApplicationUnknown
    return shown(desk, found)


@router.post("/service-applications/{application}/release")
async def release(
    application: Id, body: Release, key: Key, desk: Annotated[Desk, allowed("release", *OPERATORS)]
) -> Line:
    """Give it back for a handler who is away: others of its unit may take it over."""
    done = await desk.services.government.overseeing.release(desk.viewer, application, body.reason, key)
    return line(desk, done)


def line(desk: Desk, one: Application) -> Line:
    timing = one.timed(*desk.services.government.drafts.time()).timing
    return Line(
        id=one.id,
        number=one.number,
        state=one.state,
        item=one.item,
        unit=one.unit,
        handler=one.handler,
        submitted_at=one.submitted_at,
        due=timing.due,
        light=timing.light,
    )


def shown(desk: Desk, one: Application) -> Shown:
    calendar, now = desk.services.government.drafts.time()

    def explained(clock: WorkingClock | None) -> Explanation | None:
        return clock.explained(calendar, now) if clock else None

    return Shown(
        id=one.id,
        number=one.number,
        citizen=one.citizen,
        state=one.state,
        item=one.item,
        version=one.version,
        unit=one.unit,
        handler=one.handler,
        system=one.system,
        test_of=one.test_of,
        submitted_at=one.submitted_at,
        promised=explained(one.promised),
        statutory=explained(one.statutory),
        materials=list(one.content.standing),
        visits_promised=one.visits_promised,
        visits_made=len(one.visits),
        history=[Step.model_validate(entry) for entry in one.history],
    )
