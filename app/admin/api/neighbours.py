"""Neighbouring cities that take cases by Open311, and what went there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
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
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.core.paging import PageRequest
from app.core.places.model import Box
from app.domains.voice.channels.neighbours.model import Asking, Neighbour, SentCase, SentState, Wire

router = desk_router("neighbours")


class BoxWritten(Body):
    """In degrees."""

    south: float = Field(ge=-90, le=90)
    west: float = Field(ge=-180, le=180)
    north: float = Field(ge=-90, le=90)
    east: float = Field(ge=-180, le=180)


class NeighbourWritten(Body):
    """`api_key` is written and never shown; left out, the one that is there stays. `unit`: the organisation that stands
    for it. `services`: our category to their service code; `service` is for all others.
    """

    name: str = Field(min_length=1, max_length=40)
    unit: str = Field(min_length=1, max_length=40)
    url: str = Field(min_length=8, max_length=500)
    service: str = Field(min_length=1, max_length=64)
    api_key: str | None = Field(default=None, min_length=1, max_length=300)
    jurisdiction: str | None = Field(default=None, max_length=100)
    services: dict[str, str] = Field(default={}, max_length=500)
    boxes: list[BoxWritten] = Field(default=[], max_length=20)
    wire: Wire = Wire.JSON
    asking: Asking = Asking.CHANGED


class NeighbourState(Body):
    suspended: bool


class BoxShown(Reply):
    south: float
    west: float
    north: float
    east: float


class NeighbourShown(Reply):
    """`sent`: how many cases are in each state, counted up to 10,000. `heard_until`: what changed there is known."""

    code: str
    name: str
    unit: str
    url: str
    service: str
    jurisdiction: str | None
    services: dict[str, str]
    boxes: list[BoxShown]
    wire: Wire
    asking: Asking
    suspended: bool
    heard_until: datetime | None
    sent: dict[str, int] | None = None


class NeighboursShown(Reply):
    items: list[NeighbourShown]


class SentCaseShown(Reply):
    """`remote`: its number there. `fault`: why something came to nothing, in their words or ours."""

    case: str
    number: str
    neighbour: str
    state: SentState
    time: int
    attempt: int
    token: str | None
    remote: str | None
    fault: str | None
    made_at: datetime
    sent_at: datetime | None
    heard_at: datetime | None
    settled_at: datetime | None


@router.get("/neighbours")
async def cities(desk: Annotated[Desk, allowed("list", *ANY)]) -> NeighboursShown:
    """All of them; they are few."""
    return NeighboursShown(items=[_shown(one) for one in await desk.services.voice.neighbours.all()])


@router.get("/neighbours/cases")
async def sent(
    desk: Annotated[Desk, allowed("cases", *ANY)],
    stuck: Annotated[bool, Query(description="Only those that need somebody.")] = False,
    first: First = 20,
    after: After = None,
) -> Rows[SentCaseShown]:
    """What went to neighbouring cities, the newest case first."""
    found = await desk.services.voice.neighbours.page(PageRequest.of(first, after), stuck=stuck)
    return Rows[SentCaseShown].of(found, _sent, lambda one: str(one.case))


@router.get("/neighbours/cases/{case}")
async def sent_one(case: Id, desk: Annotated[Desk, allowed("case", *ANY)]) -> SentCaseShown:
    return _sent(await desk.services.voice.neighbours.sent(case))


@router.post("/neighbours/cases/{case}/sendings")
async def send_again(case: Id, desk: Annotated[Desk, allowed("send_again", *OPERATORS)]) -> SentCaseShown:
    """Have the city asked, or told, now, whatever it said before. Repeating is safe."""
    return _sent(await desk.services.voice.neighbours.send_again(desk.viewer, case))


@router.get("/neighbours/{code}")
async def look(code: Id, desk: Annotated[Desk, allowed("look", *ANY)]) -> NeighbourShown:
    neighbours = desk.services.voice.neighbours
    shown, counts = _shown(await neighbours.one(code)), await neighbours.counts(code)
    return shown.model_copy(update={"sent": {state.value: many for state, many in counts.items()}})


@router.put("/neighbours/{code}")
async def put(
    code: Id, body: NeighbourWritten, desk: Annotated[Desk, allowed("put", *ADMINISTRATORS)]
) -> NeighbourShown:
    """Make it known, or as it is to be from now on. Its address is checked: nothing within our own networks."""
    one = Neighbour(
        code=code,
        name=body.name,
        unit=body.unit,
        url=body.url,
        service=body.service,
        jurisdiction=body.jurisdiction,
        services=body.services,
        boxes=tuple(Box(box.south, box.west, box.north, box.east) for box in body.boxes),
        wire=body.wire,
        asking=body.asking,
    )
    return _shown(await desk.services.voice.neighbours.put(desk.viewer, one, body.api_key))


@router.put("/neighbours/{code}/state")
async def set_state(
    code: Id, body: NeighbourState, desk: Annotated[Desk, allowed("set_state", *ADMINISTRATORS)]
) -> NeighbourShown:
    """Suspend or reinstate: nothing is sent to a suspended one, and nothing asked."""
    return _shown(await desk.services.voice.neighbours.suspend(desk.viewer, code, body.suspended))


def _shown(one: Neighbour) -> NeighbourShown:
    return NeighbourShown(
        code=one.code,
        name=one.name,
        unit=one.unit,
        url=one.url,
        service=one.service,
        jurisdiction=one.jurisdiction,
        services=dict(one.services),
        boxes=[BoxShown(south=box.south, west=box.west, north=box.north, east=box.east) for box in one.boxes],
        wire=one.wire,
        asking=one.asking,
        suspended=one.suspended,
        heard_until=one.heard_until,
    )


def _sent(one: SentCase) -> SentCaseShown:
    return SentCaseShown.model_validate(one)
