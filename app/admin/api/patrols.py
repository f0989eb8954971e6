"""Grid officers: their patrols and rounds, and what they found undone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field
from starlette.exceptions import HTTPException

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.street.patrols.findings.model import Finding, When
from app.domains.voice.street.patrols.model import Patrol
from app.domains.voice.street.patrols.rounds.model import Round

router = desk_router("patrols")


class PatrolRow(Reply):
    """`grid`: south, west, north, east."""

    id: str
    unit: str
    name: str
    grid: list[float]
    points: int
    officers: int
    active: bool

    @classmethod
    def of(cls, one: Patrol) -> PatrolRow:
        box = one.grid
        return cls(
            id=one.id,
            unit=one.unit,
            name=one.name.zh,
            grid=[box.south, box.west, box.north, box.east],
            points=len(one.points),
            officers=len(one.officers),
            active=one.active,
        )


class VisitRow(Reply):
    """`said_at` by the phone's clock, `at` when the city heard of it."""

    point: str
    at: datetime
    said_at: datetime
    there: bool | None
    metres: int | None
    skipped: bool
    files: int


class RoundRow(Reply):
    id: str
    patrol: str
    unit: str
    officer: str
    started_at: datetime
    ended_at: datetime | None
    points: int
    done: int

    @classmethod
    def of(cls, one: Round) -> RoundRow:
        return cls(
            id=one.id,
            patrol=one.patrol,
            unit=one.unit,
            officer=one.officer,
            started_at=one.started_at,
            ended_at=one.ended_at,
            points=len(one.points),
            done=len(one.done()),
        )


class RoundShown(Reply):
    """`missed`: points of which nothing was said."""

    round: RoundRow
    visits: list[VisitRow]
    missed: list[str]


class FindingRow(Reply):
    """`open`: said to be done, found undone, and the centre has not answered."""

    id: str
    case: str
    number: str
    unit: str | None
    when: When
    ok: bool
    state: CaseState
    officer: str
    at: datetime
    there: bool | None
    open: bool
    settled_by: str | None
    settled_at: datetime | None
    answer: str | None


class FindingAnswer(Body):
    answer: str = Field(min_length=1, max_length=500)


@router.get("/patrols")
async def patrols(
    desk: Annotated[Desk, allowed("list", *ANY)], first: First = 20, after: After = None
) -> Rows[PatrolRow]:
    """By id."""
    page = await desk.services.voice.grid.patrols.of_city(PageRequest.of(first, after))
    return Rows[PatrolRow].of(page, PatrolRow.of)


@router.get("/patrol-rounds")
async def rounds(
    desk: Annotated[Desk, allowed("list_rounds", *ANY)], first: First = 20, after: After = None
) -> Rows[RoundRow]:
    """The newest first."""
    page = await desk.services.voice.grid.rounds.of_city(PageRequest.of(first, after))
    return Rows[RoundRow].of(page, RoundRow.of)


@router.get("/patrol-rounds/{round}")
async def one_round(round: Id, desk: Annotated[Desk, allowed("read_round", *ANY)]) -> RoundShown:
    """Point by point."""
    found = await desk.services.voice.grid.rounds.one(round)
    if found is None:
        raise HTTPException(404)
    visits = [
        VisitRow(
            point=one.point,
            at=one.at,
            said_at=one.said_at,
            there=one.there,
            metres=one.metres,
            skipped=one.skipped is not None,
            files=len(one.files),
        )
        for one in found.visits
    ]
    return RoundShown(round=RoundRow.of(found), visits=visits, missed=[one.id for one in found.missed()])


@router.get("/case-findings")
async def findings(
    desk: Annotated[Desk, allowed("list_findings", *ANY)], open: bool = True, first: First = 20, after: After = None
) -> Rows[FindingRow]:
    """The newest first."""
    page = await desk.services.voice.grid.findings.of_city(open, PageRequest.of(first, after))
    return Rows[FindingRow].of(page, _row)


@router.post("/case-findings/{finding}/answer")
async def settle(
    finding: Id, body: FindingAnswer, key: Key, desk: Annotated[Desk, allowed("settle", *OPERATORS)]
) -> FindingRow:
    """What is done about it."""
    return _row(await desk.services.voice.grid.findings.settle(desk.viewer, finding, body.answer, key))


def _row(one: Finding) -> FindingRow:
    return FindingRow.model_validate(one)
