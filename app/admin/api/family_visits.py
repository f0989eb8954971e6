"""Care homes and wards, and visits of relatives there: when and how they ended, without names."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.community.family_visits.errors import CareHouseUnknown
from app.domains.community.family_visits.houses.model import CareHouse, HouseKind, VisitingTime, VisitRules
from app.domains.community.family_visits.model import FamilyVisit, FamilyVisitState

router = desk_router("care-houses")


class Time(Body):
    """Monday is 0; minutes of the city's day."""

    weekdays: list[int] = Field(min_length=1, max_length=7)
    opens: int = Field(ge=0, lt=1_440)
    closes: int = Field(ge=0, lt=1_440)


class HouseSaid(Body):
    """`rev` is that which was read; 0 adds a house."""

    organisation: str = Field(min_length=1, max_length=80)
    kind: HouseKind
    name: str = Field(min_length=1, max_length=60)
    name_en: str = Field(default="", max_length=60)
    address: str = Field(min_length=1, max_length=120)
    times: list[Time] = Field(min_length=1, max_length=14)
    minutes: int = 60
    at_once: int = 6
    a_day: int = 2
    people: int = 3
    active: bool = True
    rev: int = Field(default=0, ge=0)

    def parsed(self, code: str) -> CareHouse:
        times = tuple(VisitingTime(tuple(one.weekdays), one.opens, one.closes) for one in self.times)
        rules = VisitRules(self.minutes, self.at_once, self.a_day, self.people)
        parts = (code, self.organisation, self.kind, Said(self.name, self.name_en), self.address, times, rules)
        return CareHouse(*parts, self.active, self.rev)


class TimeShown(Reply):
    weekdays: list[int]
    opens: int
    closes: int


class HouseShown(Reply):
    code: str
    organisation: str
    kind: HouseKind
    name: str
    name_en: str
    address: str
    times: list[TimeShown]
    minutes: int
    at_once: int
    a_day: int
    people: int
    active: bool
    rev: int

    @classmethod
    def of(cls, one: CareHouse) -> HouseShown:
        rules = one.rules
        return cls(
            code=one.code,
            organisation=one.organisation,
            kind=one.kind,
            name=one.name.zh,
            name_en=one.name.en,
            address=one.address,
            times=[TimeShown(weekdays=list(t.weekdays), opens=t.opens, closes=t.closes) for t in one.times],
            minutes=rules.minutes,
            at_once=rules.at_once,
            a_day=rules.a_day,
            people=rules.people,
            active=one.active,
            rev=one.rev,
        )


class VisitRow(Reply):
    id: str
    house: str
    starts_at: datetime
    people: int
    state: FamilyVisitState
    asked_at: datetime

    @classmethod
    def of(cls, one: FamilyVisit) -> VisitRow:
        return cls(
            id=one.id,
            house=one.house,
            starts_at=one.starts_at,
            people=one.people,
            state=one.state,
            asked_at=one.asked_at,
        )


@router.get("/care-houses")
async def houses(
    desk: Annotated[Desk, allowed("list", *ANY)], first: First = 20, after: After = None
) -> Rows[HouseShown]:
    """By their codes."""
    page = await desk.services.community.together.visiting.houses.of_city(PageRequest.of(first, after))
    return Rows[HouseShown].of(page, HouseShown.of, lambda one: str(one.code))


@router.get("/care-houses/{code}")
async def house(code: Id, desk: Annotated[Desk, allowed("show", *ANY)]) -> HouseShown:
    found = await desk.services.community.together.visiting.houses.one(code)
    if found is None:
        raise CareHouseUnknown
    return HouseShown.of(found)


@router.put("/care-houses/{code}")
async def put(code: Id, body: HouseSaid, key: Key, desk: Annotated[Desk, allowed("put", *OPERATORS)]) -> HouseShown:
    """Visits that were agreed to stay so, whatever the times are from now on."""
    service = desk.services.community.together.visiting.houses
    return HouseShown.of(await service.save(desk.viewer, body.parsed(code), key))


@router.get("/family-visits")
async def visits(
    desk: Annotated[Desk, allowed("visits", *ANY)],
    first: First = 20,
    after: After = None,
    state: FamilyVisitState | None = None,
) -> Rows[VisitRow]:
    """Newest first; of all states when none is named."""
    page = await desk.services.community.together.visiting.keeping.of_city(state, PageRequest.of(first, after))
    return Rows[VisitRow].of(page, VisitRow.of)
