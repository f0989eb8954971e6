"""Dispatch: which unit is responsible for what and where, who steps in when nobody is; the centre's map of open cases.

`table` is `responsibilities` or `fallbacks`. A change is a version; cases that are dispatched already stay where they
are.
"""

from __future__ import annotations

from datetime import datetime
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
from app.admin.api.files import LARGEST_FILE, RowsFile, RowsImported
from app.core.paging import PageRequest
from app.core.places.model import Box
from app.core.said import Said
from app.domains.identity.organisations.model import Level
from app.domains.voice.cases.history.model import CaseKind, CaseState
from app.domains.voice.cases.model import Case
from app.domains.voice.centre.dispatch.rules.errors import DispatchRuleUnknown
from app.domains.voice.centre.dispatch.rules.model import About, Goal, Rule, RuleTable, RuleVersion

router = desk_router("dispatch")
Table = Annotated[RuleTable, Path()]
_Code = Annotated[str, Field(max_length=80)]
Latitude = Annotated[float, Query(ge=-90, le=90)]
Longitude = Annotated[float, Query(ge=-180, le=180)]


class RuleWanted(Body):
    """What it is about: a `category`, a `division`, the `owner` of an asset; empty is all. Where it goes, one of three:
    a `unit`, the government of a `level` where the case is, or the asset's owner (`to_owner`).
    """

    category: _Code = ""
    division: _Code = ""
    owner: _Code = ""
    unit: _Code | None = None
    level: Level | None = None
    to_owner: bool = False
    words: str = Field(default="", max_length=300)
    words_en: str = Field(default="", max_length=300)
    reason: str = Field(min_length=2, max_length=500)


class Ending(Body):
    reason: str = Field(min_length=2, max_length=500)


class VersionShown(Reply):
    version: int
    unit: str | None
    level: Level | None
    to_owner: bool
    at: datetime
    by: str
    reason: str
    ended: bool


class RuleShown(Reply):
    id: str
    category: str
    division: str
    owner: str
    unit: str | None
    level: Level | None
    to_owner: bool
    words: str
    words_en: str
    version: int
    ended: bool
    history: list[VersionShown]


class AreaShown(Reply):
    """An area of about 2.2 km, by its middle."""

    area: str
    latitude: float
    longitude: float
    count: int
    late: int


class SpotShown(Reply):
    id: str
    number: str
    latitude: float
    longitude: float
    kind: CaseKind
    category: str
    state: CaseState
    unit: str | None
    urgent: bool
    late: bool


class MapShown(Reply):
    """`areas` of a wide box, `cases` of a small one, the newest; `more`: there are others."""

    areas: list[AreaShown]
    cases: list[SpotShown]
    more: bool


@router.get("/dispatch-rules/{table}")
async def rules(
    table: Table, desk: Annotated[Desk, allowed("list", *ANY)], first: First = 50, after: After = None
) -> Rows[RuleShown]:
    """By what they are about; those that ended too."""
    page = await desk.services.voice.centre.rules.page(table, PageRequest.of(first, after))
    return Rows[RuleShown].of(page, shown)


@router.get("/dispatch-rules/{table}/{rule}")
async def one(table: Table, rule: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> RuleShown:
    """With all versions it has had."""
    found = await desk.services.voice.centre.rules.one(table, rule)
    if found is None:
        raise DispatchRuleUnknown
    return shown(found)


@router.post("/dispatch-rules/{table}")
async def write(
    table: Table, body: RuleWanted, key: Key, desk: Annotated[Desk, allowed("write", *OPERATORS)]
) -> RuleShown:
    """Make the rule on this matter, or change it."""
    about, goal = About(body.category, body.division, body.owner), Goal(body.unit or None, body.level, body.to_owner)
    service, words = desk.services.voice.centre.rules, Said(body.words, body.words_en)
    return shown(await service.write(desk.viewer, table, about, goal, words, body.reason, key))


@router.post("/dispatch-rules/{table}/{rule}/end")
async def end(
    table: Table, rule: Id, body: Ending, key: Key, desk: Annotated[Desk, allowed("end", *OPERATORS)]
) -> RuleShown:
    """It holds no longer; a more general one may."""
    return shown(await desk.services.voice.centre.rules.end(desk.viewer, table, rule, body.reason, key))


@router.post("/dispatch-imports")
async def import_rules(
    body: RowsFile, desk: Annotated[Desk, allowed("import", *ADMINISTRATORS, most=2 * LARGEST_FILE)]
) -> RowsImported:
    """Read a file of rules: all of its lines, or none. The same file again changes nothing."""
    return RowsImported.of(await desk.services.voice.centre.rule_imports.run(desk.viewer, body.file))


@router.get("/case-map")
async def case_map(
    desk: Annotated[Desk, allowed("map", *ANY)],
    south: Latitude = -90,
    west: Longitude = -180,
    north: Latitude = 90,
    east: Longitude = 180,
) -> MapShown:
    """Open cases within a box: counted by area, or, when it is some kilometres wide, one by one."""
    look = await desk.services.voice.centre.map.look(Box(south, west, north, east))
    areas = [
        AreaShown(
            area=one.area,
            latitude=one.middle.latitude,
            longitude=one.middle.longitude,
            count=one.count,
            late=one.late,
        )
        for one in look.areas
    ]
    return MapShown(areas=areas, cases=[spot for one in look.cases if (spot := _spot(one))], more=look.more)


def shown(rule: Rule) -> RuleShown:
    return RuleShown(
        id=rule.id,
        category=rule.about.category,
        division=rule.about.division,
        owner=rule.about.owner,
        unit=rule.goal.unit,
        level=rule.goal.level,
        to_owner=rule.goal.owner,
        words=rule.words.zh,
        words_en=rule.words.en,
        version=rule.version,
        ended=rule.ended,
        history=[_version(one) for one in rule.history],
    )


def _version(one: RuleVersion) -> VersionShown:
    return VersionShown(
        version=one.version,
        unit=one.goal.unit,
        level=one.goal.level,
        to_owner=one.goal.owner,
        at=one.at,
        by=one.by,
        reason=one.reason,
        ended=one.ended,
    )


def _spot(case: Case) -> SpotShown | None:
    point = case.place.point
    if point is None:
        return None
    return SpotShown(
        id=case.id,
        number=case.number,
        latitude=point.latitude,
        longitude=point.longitude,
        kind=case.kind,
        category=case.category,
        state=case.state,
        unit=case.unit,
        urgent=case.urgent,
        late=case.timing.late,
    )
