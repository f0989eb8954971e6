"""Care homes and wards, who stays there, and visits of relatives."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.said import Said
from app.domains.community.family_visits.houses import model as houses
from app.domains.community.family_visits.houses.model import HouseKind, VisitingTime, VisitRules
from app.domains.community.family_visits.model import FamilyVisitState, VisitWish
from app.domains.community.family_visits.service import SeenVisit, Visitable, VisitTime
from app.domains.community.family_visits.stays.model import Kinship, Relative, StayState
from app.domains.community.family_visits.stays.service import SeenStay
from graphql_schema.types.common import global_id, key_of

strawberry.enum(HouseKind, name="CareHouseKind")
strawberry.enum(Kinship, description="Of the visitor to whom he visits.")


@strawberry.type(description="On these weekdays (Monday is 0), between two minutes of the day.")
class VisitingHours:
    weekdays: list[int]
    opens: int
    closes: int


@strawberry.type
class CareHouse:
    id: strawberry.ID
    code: str
    name: str
    kind: HouseKind
    address: str
    times: list[VisitingHours]
    minutes: int = strawberry.field(description="Of a visit.")
    at_once: int = strawberry.field(description="Visits in the house at a time.")
    a_day: int = strawberry.field(description="Visits to one resident.")
    people: int = strawberry.field(description="Of one visit, at most.")
    active: bool
    rev: int

    @classmethod
    def of(cls, one: houses.CareHouse, locale: str) -> CareHouse:
        rules = one.rules
        return cls(
            id=global_id("CareHouse", one.code),
            code=one.code,
            name=one.name.within(locale),
            kind=one.kind,
            address=one.address,
            times=[VisitingHours(weekdays=list(t.weekdays), opens=t.opens, closes=t.closes) for t in one.times],
            minutes=rules.minutes,
            at_once=rules.at_once,
            a_day=rules.a_day,
            people=rules.people,
            active=one.active,
            rev=one.rev,
        )


@strawberry.type(description="Somebody who may come.")
class FamilyRelative:
    id: strawberry.ID
    name: str
    kinship: Kinship

    @classmethod
    def of(cls, one: Relative, name: str) -> FamilyRelative:
        return cls(id=global_id("FamilyRelative", one.id), name=name, kinship=one.kinship)


@strawberry.type(description="Somebody's stay at a house.")
class FamilyStay:
    id: strawberry.ID
    house: CareHouse | None
    name: str
    label: str = strawberry.field(description="The room, or the bed.")
    stay_state: StayState
    relatives: list[FamilyRelative]

    @classmethod
    def of(cls, seen: SeenStay, locale: str) -> FamilyStay:
        stay, names = seen.stay, seen.names or {}
        return cls(
            id=global_id("FamilyStay", stay.id),
            house=CareHouse.of(seen.house, locale) if seen.house else None,
            name=names.get(stay.citizen, ""),
            label=stay.label,
            stay_state=stay.state,
            relatives=[FamilyRelative.of(one, names.get(one.citizen, "")) for one in seen.relatives],
        )


@strawberry.type(description="Somebody whom one may visit.")
class VisitableResident:
    stay_id: strawberry.ID
    name: str
    kinship: Kinship
    house: CareHouse

    @classmethod
    def of(cls, one: Visitable, locale: str) -> VisitableResident:
        house, stay = CareHouse.of(one.house, locale), global_id("FamilyStay", one.stay.id)
        return cls(stay_id=stay, name=one.name, kinship=one.kinship, house=house)


@strawberry.type(description="A time at which a visit may begin.")
class FamilyVisitTime:
    starts_at: datetime
    free: int

    @classmethod
    def of(cls, one: VisitTime) -> FamilyVisitTime:
        return cls(starts_at=one.starts_at, free=one.free)


@strawberry.type
class FamilyVisit:
    id: strawberry.ID
    house: CareHouse | None
    name: str = strawberry.field(description="Whom it is to.")
    visitor: str
    kinship: Kinship | None = strawberry.field(description="Null: he is not named any more.")
    starts_at: datetime
    ends_at: datetime
    people: int
    words: str = strawberry.field(description="For the house; empty for the resident.")
    visit_state: FamilyVisitState
    reason: str

    @classmethod
    def of(cls, seen: SeenVisit, locale: str) -> FamilyVisit:
        one = seen.visit
        return cls(
            id=global_id("FamilyVisit", one.id),
            house=CareHouse.of(seen.house, locale) if seen.house else None,
            name=seen.name,
            visitor=seen.visitor,
            kinship=seen.kinship,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            people=one.people,
            words=one.words,
            visit_state=one.state,
            reason=one.reason,
        )

    @classmethod
    def received(cls, seen: SeenVisit, locale: str) -> FamilyVisit:
        """As the resident sees it."""
        shown = cls.of(seen, locale)
        shown.words = shown.reason = ""
        return shown


@strawberry.type
class CareHouseSaved:
    house: CareHouse


@strawberry.type
class FamilyStaySaved:
    stay: FamilyStay


@strawberry.type
class FamilyVisitSaved:
    visit: FamilyVisit


@strawberry.input
class VisitingHoursInput:
    weekdays: list[int]
    opens: int
    closes: int


@strawberry.input(description="`rev`: the revision that was read; 0 adds one.")
class CareHouseInput:
    code: str
    name: str
    name_en: str = ""
    kind: HouseKind
    address: str
    times: list[VisitingHoursInput]
    minutes: int = 60
    at_once: int = 6
    a_day: int = 2
    people: int = 3
    active: bool = True
    rev: int = 0

    def parsed(self) -> houses.CareHouse:
        times = tuple(VisitingTime(tuple(one.weekdays), one.opens, one.closes) for one in self.times)
        rules = VisitRules(self.minutes, self.at_once, self.a_day, self.people)
        parts = (self.code, "", self.kind, Said(self.name, self.name_en), self.address, times, rules)
        return houses.CareHouse(*parts, self.active, self.rev)


@strawberry.input
class FamilyVisitInput:
    stay_id: strawberry.ID
    starts_at: datetime
    people: int
    words: str = ""

    def parsed(self) -> VisitWish:
        return VisitWish(stay_key(self.stay_id), self.starts_at, self.people, self.words)


def stay_key(stay_id: strawberry.ID) -> str:
    return key_of(stay_id, "FamilyStay")


def visit_key(visit_id: strawberry.ID) -> str:
    return key_of(visit_id, "FamilyVisit")


def house_key(house_id: strawberry.ID) -> str:
    return key_of(house_id, "CareHouse")
