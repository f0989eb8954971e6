"""Applications handed to departments' systems: what waits for whom, in what we differ, and asking again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field
from starlette.exceptions import HTTPException

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.government.handover.model import HandoverState, Kind, Step

router = desk_router("handovers")


class WaitingShown(Reply):
    """Counted up to 10,000. `open`: all that is not settled; `waiting`: what it does not have yet, since `oldest`."""

    system: str
    open: int
    waiting: int
    oldest: datetime | None


class Systems(Reply):
    items: list[WaitingShown]


class DifferenceShown(Reply):
    """`said`: in the department's word, or which step. `settled_by`: of staff, or `reconciling`."""

    id: str
    system: str
    number: str
    kind: Kind
    found_at: datetime
    said: str
    settled_at: datetime | None
    settled_by: str | None
    how: str | None


class StepShown(Reply):
    """What it said to the applicant is his."""

    seq: int
    step: Step
    at: datetime


class HandoverShown(Reply):
    """`todo`: what it is still to be told. `seq`: its last step that is true here. `fault`: why the last try failed."""

    number: str
    system: str
    item: str
    unit: str
    state: HandoverState
    todo: list[str]
    seq: int
    attempt: int
    reference: str | None
    fault: str | None
    made_at: datetime
    taken_at: datetime | None
    settled_at: datetime | None


class HandoverWhole(Reply):
    handover: HandoverShown
    steps: list[StepShown]
    differences: list[DifferenceShown]


class Why(Body):
    """Stands in the audit: what was done about it, or why nothing is to be done."""

    reason: str = Field(min_length=2, max_length=500)


@router.get("/handovers/systems")
async def systems(desk: Annotated[Desk, allowed("systems", *ANY)]) -> Systems:
    """Every department's system that was ever handed anything."""
    found = await desk.services.government.handovers.waiting()
    return Systems(items=[WaitingShown.model_validate(one) for one in found])


@router.get("/handovers/differences")
async def differences(
    desk: Annotated[Desk, allowed("differences", *ANY)], first: First = 20, after: After = None
) -> Rows[DifferenceShown]:
    """Open ones, the newest found first."""
    page = await desk.services.government.handovers.differing(PageRequest.of(first, after))
    return Rows[DifferenceShown].of(page, lambda row: DifferenceShown.model_validate(row[1]), lambda row: str(row[0]))


@router.get("/handovers/{number}")
async def one(number: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> HandoverWhole:
    found = await desk.services.government.handovers.one(number)
    if found is None:
        raise HTTPException(404)
    handover, steps, differing = found
    return HandoverWhole(
        handover=HandoverShown.model_validate(handover),
        steps=[StepShown.model_validate(step) for step in steps],
        differences=[DifferenceShown.model_validate(difference) for difference in differing],
    )


@router.post("/handovers/{number}/questions")
async def ask(number: Id, desk: Annotated[Desk, allowed("ask", *OPERATORS)]) -> HandoverShown:
    """Have the department told, or asked, now, whatever it said before. Repeating is safe."""
    return HandoverShown.model_validate(await desk.services.government.handovers.ask_again(desk.viewer, number))


@router.post("/handovers/differences/{difference}/aside", status_code=204)
async def set_aside(difference: Id, body: Why, desk: Annotated[Desk, allowed("set_aside", *OPERATORS)]) -> Response:
    """Close it by hand. A step that cannot be is passed over, so that those after it can be applied."""
    await desk.services.government.handovers.set_aside(desk.viewer, difference, body.reason)
    return Response(status_code=204)
