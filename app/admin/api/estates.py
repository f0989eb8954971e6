"""Estates: which there are, their homes and gates; late repairs, and what gates let in that they should not have."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import Field
from starlette.exceptions import HTTPException

from app.admin.api.desk import (
    ADMINISTRATORS,
    ANY,
    OPERATORS,
    After,
    Body,
    Desk,
    First,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.core.imports.model import FileForm
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.core.said import Said
from app.domains.community.estates.gates.model import Gate, GateKind
from app.domains.community.estates.model import Estate, EstateRules, EstateState, Home
from app.domains.community.gates.model import Entry, Finding, Way
from app.domains.community.repairs.model import Repair, RepairKind, RepairState, Why
from app.domains.community.residents.doors.service import Doorway

router = desk_router("estates")
Code = Annotated[str, Path(pattern=r"^[a-z0-9-]{3,40}$")]


class EstateRow(Reply):
    code: str
    name: str
    name_en: str
    committee: str
    company: str
    latitude: float
    longitude: float
    address: str
    bays: int
    passes_a_day: int
    most_entries: int
    longest_hours: int
    log_days: int
    visitor_bays: int | None
    state: EstateState
    rev: int

    @classmethod
    def of(cls, one: Estate) -> EstateRow:
        rules = one.rules
        return cls(
            code=one.code,
            name=one.name.zh,
            name_en=one.name.en,
            committee=one.committee,
            company=one.company,
            latitude=one.point.latitude,
            longitude=one.point.longitude,
            address=one.address,
            bays=one.bays,
            passes_a_day=rules.passes_a_day,
            most_entries=rules.most_entries,
            longest_hours=rules.longest_hours,
            log_days=rules.log_days,
            visitor_bays=rules.visitor_bays,
            state=one.state,
            rev=one.rev,
        )


class GateRow(Reply):
    code: str
    name: str
    kind: GateKind
    active: bool


class EstateShown(Reply):
    estate: EstateRow
    homes: int
    gates: list[GateRow]


class EstateSaid(Body):
    """`rev` is that which was read; 0 adds an estate."""

    code: str = Field(max_length=40)
    name: str = Field(max_length=60)
    name_en: str = Field(default="", max_length=60)
    committee: str = Field(max_length=80)
    company: str = Field(max_length=80)
    latitude: float
    longitude: float
    address: str = Field(max_length=120)
    bays: int = 0
    passes_a_day: int = 10
    most_entries: int = 10
    longest_hours: int = 72
    log_days: int = 30
    visitor_bays: int | None = None
    closed: bool = False
    rev: int = Field(default=0, ge=0)

    def parsed(self) -> Estate:
        """Raises PlaceNotOnEarth."""
        days = (self.passes_a_day, self.most_entries, self.longest_hours, self.log_days)
        rules = EstateRules(*days, self.visitor_bays)
        return Estate(
            self.code,
            Said(self.name, self.name_en),
            self.committee,
            self.company,
            Point(self.latitude, self.longitude),
            self.address,
            rules,
            self.bays,
            EstateState.CLOSED if self.closed else EstateState.ACTIVE,
            self.rev,
        )


class HomesFile(Body):
    """`text` with the columns `building` and `room`."""

    text: str = Field(max_length=2_000_000)


class HomesTaken(Reply):
    lines: int
    fresh: int
    same: int


class HomeRow(Reply):
    """Who lives there is not seen."""

    id: str
    estate: str
    building: str
    room: str

    @classmethod
    def of(cls, one: Home) -> HomeRow:
        return cls(id=one.id, estate=one.estate, building=one.building, room=one.room)


class DoorSaid(Body):
    building: str = Field(max_length=20)
    room: str = Field(max_length=20)

    def parsed(self) -> Doorway:
        return Doorway(self.building, self.room)


class EndSaid(Body):
    reason: str = Field(min_length=2, max_length=200)


class RepairRow(Reply):
    """Without what was said, and where."""

    id: str
    estate: str
    kind: RepairKind
    state: RepairState
    reported_at: datetime
    accept_by: datetime
    finish_by: datetime
    case: str | None
    why: Why | None

    @classmethod
    def of(cls, one: Repair) -> RepairRow:
        given = one.handed_over
        return cls(
            id=one.id,
            estate=one.estate,
            kind=one.kind,
            state=one.state,
            reported_at=one.reported_at,
            accept_by=one.accept_by,
            finish_by=one.finish_by,
            case=given.number if given else None,
            why=given.why if given else None,
        )


class EntryRow(Reply):
    """Without who was behind it."""

    id: str
    estate: str
    gate: str
    way: Way
    at: datetime
    heard_at: datetime
    finding: Finding

    @classmethod
    def of(cls, one: Entry) -> EntryRow:
        return cls(
            id=one.id,
            estate=one.estate,
            gate=one.gate,
            way=one.way,
            at=one.at,
            heard_at=one.heard_at,
            finding=one.finding,
        )


@router.get("/estates")
async def estates(
    desk: Annotated[Desk, allowed("list", *ANY)], first: First = 20, after: After = None
) -> Rows[EstateRow]:
    """By code."""
    page = await desk.services.community.neighbourhood.estates.of_city(PageRequest.of(first, after))
    return Rows[EstateRow].of(page, EstateRow.of, key=lambda one: one.code)


@router.get("/estates/{code}")
async def estate(code: Code, desk: Annotated[Desk, allowed("read", *ANY)]) -> EstateShown:
    """With its gates, and how many homes it has."""
    neighbourhood = desk.services.community.neighbourhood
    found = await neighbourhood.estates.one(code)
    if found is None:
        raise HTTPException(404)
    gates = [_gate(one) for one in await neighbourhood.gates.keeping.of_estate(code)]
    return EstateShown(estate=EstateRow.of(found), homes=await neighbourhood.estates.homes_of(code), gates=gates)


@router.post("/estates", status_code=201)
async def save(body: EstateSaid, key: Key, desk: Annotated[Desk, allowed("save", *OPERATORS)]) -> EstateRow:
    """Add an estate, or change the revision that was read."""
    return EstateRow.of(await desk.services.community.neighbourhood.estates.save(desk.viewer, body.parsed(), key))


@router.post("/estates/{code}/homes")
async def import_homes(
    code: Code, body: HomesFile, desk: Annotated[Desk, allowed("import", *ADMINISTRATORS, most=3_000_000)]
) -> HomesTaken:
    """A CSV file of homes: all of its lines, or none. The same file again changes nothing."""
    homes = desk.services.community.neighbourhood.homes
    done = await homes.bring(desk.viewer, code, body.text, FileForm.CSV)
    return HomesTaken(lines=done.lines, fresh=done.tally.fresh, same=done.tally.same)


@router.post("/estates/{code}/closing")
async def close(code: Code, body: EndSaid, key: Key, desk: Annotated[Desk, allowed("close", *OPERATORS)]) -> EstateRow:
    """Nobody moves in any more, and its gates let nobody in."""
    estates = desk.services.community.neighbourhood.estates
    return EstateRow.of(await estates.turn(desk.viewer, code, body.reason, key, active=False))


@router.post("/estates/{code}/opening")
async def reopen(
    code: Code, body: EndSaid, key: Key, desk: Annotated[Desk, allowed("reopen", *OPERATORS)]
) -> EstateRow:
    estates = desk.services.community.neighbourhood.estates
    return EstateRow.of(await estates.turn(desk.viewer, code, body.reason, key, active=True))


@router.get("/estates/{code}/homes")
async def homes(
    code: Code,
    desk: Annotated[Desk, allowed("list_homes", *ANY)],
    building: str = "",
    first: First = 20,
    after: After = None,
) -> Rows[HomeRow]:
    """By building and room; of one building, or of all."""
    page = await desk.services.community.neighbourhood.doors.listed(code, building, PageRequest.of(first, after))
    return Rows[HomeRow].of(page, HomeRow.of)


@router.post("/estates/{code}/home", status_code=201)
async def add_home(
    code: Code, body: DoorSaid, key: Key, desk: Annotated[Desk, allowed("add_home", *OPERATORS)]
) -> HomeRow:
    doors = desk.services.community.neighbourhood.doors
    return HomeRow.of(await doors.add(desk.viewer, code, body.parsed(), key))


@router.post("/homes/{id}/naming")
async def rename_home(
    id: str, body: DoorSaid, key: Key, desk: Annotated[Desk, allowed("rename_home", *OPERATORS)]
) -> HomeRow:
    """One in which nobody lives; its floor area and its bays go with it."""
    doors = desk.services.community.neighbourhood.doors
    return HomeRow.of(await doors.rename(desk.viewer, id, body.parsed(), key))


@router.post("/homes/{id}/ending")
async def end_home(id: str, body: EndSaid, key: Key, desk: Annotated[Desk, allowed("end_home", *OPERATORS)]) -> HomeRow:
    """One in which nobody lives."""
    doors = desk.services.community.neighbourhood.doors
    return HomeRow.of(await doors.end(desk.viewer, id, body.reason, key))


@router.get("/late-repairs")
async def late(desk: Annotated[Desk, allowed("list_late", *ANY)], first: First = 20) -> list[RepairRow]:
    """Of which a term has passed, and which the city's centre does not have; the longest first."""
    found = await desk.services.community.neighbourhood.keeping.working.late(PageRequest.of(first, None))
    return [RepairRow.of(one) for one in found]


@router.get("/repairs-handed-over")
async def handed_over(
    desk: Annotated[Desk, allowed("list_handed_over", *ANY)], first: First = 20, after: After = None
) -> Rows[RepairRow]:
    """The newest first."""
    working = desk.services.community.neighbourhood.keeping.working
    return Rows[RepairRow].of(await working.handed_over(PageRequest.of(first, after)), RepairRow.of)


@router.get("/odd-gate-entries")
async def odd(
    desk: Annotated[Desk, allowed("list_odd", *ANY)], first: First = 20, after: After = None
) -> Rows[EntryRow]:
    """What gates without network let in that they should not have, the newest first."""
    log = desk.services.community.neighbourhood.gates.log
    page = await log.odd_ones(PageRequest.of(first, after))
    return Rows[EntryRow].of(page, EntryRow.of, key=lambda one: one.turn)


def _gate(one: Gate) -> GateRow:
    return GateRow(code=one.code, name=one.name.zh, kind=one.kind, active=one.active)
