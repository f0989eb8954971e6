"""What of a case the offices see alike: the centre, the units, and who oversees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import strawberry

from app.core.calendar.model import WorkingCalendar
from app.core.viewer import Role
from app.domains.identity.organisations.model import Tree
from app.domains.voice.cases import model as cases
from app.domains.voice.cases.categories.model import CategoryTree
from app.domains.voice.cases.history import model as history
from app.domains.voice.cases.ratings import model as ratings
from app.domains.voice.cases.requests import model as requests
from app.domains.voice.places import model as places
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Info, global_id
from graphql_schema.types.voice.case_codes import Answer, Ask, Happened
from graphql_schema.types.voice.clocks import CaseClock


@dataclass(frozen=True, slots=True)
class OfficeWords:
    """With what a case is put into words for an office."""

    tree: Tree
    categories: CategoryTree
    calendar: WorkingCalendar
    now: datetime
    locale: str

    @classmethod
    def of(cls, info: Info) -> OfficeWords:
        services = info.context.services
        calendar, now = services.voice.centre.board.time()
        return cls(services.organisations.tree, services.voice.categories.tree, calendar, now, info.context.locale)

    def unit(self, code: str | None) -> OrganisationName | None:
        return OrganisationName.of(code, self.tree) if code else None

    def clock(self, case: cases.Case) -> CaseClock | None:
        return CaseClock.of(case.clock, self.calendar, self.now) if case.clock else None


@strawberry.type
class OfficeCategory:
    code: str
    name: str

    @classmethod
    def of(cls, code: str, words: OfficeWords) -> OfficeCategory:
        return cls(code=code, name=words.categories.name(code, words.locale))


@strawberry.type(description="WGS 84, in degrees.")
class OfficePoint:
    latitude: float
    longitude: float


@strawberry.type
class OfficePlace:
    division: OrganisationName
    point: OfficePoint | None
    address: str = strawberry.field(description="In words; empty when it was not said, and before a case is opened.")
    asset: str | None = strawberry.field(description="The code on the lamp, hydrant or bin.")

    @classmethod
    def of(cls, place: places.Place, words: OfficeWords) -> OfficePlace:
        point = place.point
        return cls(
            division=OrganisationName.of(place.division, words.tree),
            point=OfficePoint(latitude=point.latitude, longitude=point.longitude) if point else None,
            address=place.address,
            asset=place.asset,
        )


@strawberry.type(description="A step of a case.")
class OfficeCaseEvent:
    what: Happened
    at: datetime
    by: str
    role: Role
    unit: OrganisationName | None
    text: str | None = strawberry.field(description="Null before a case is opened.")
    detail: str | None = strawberry.field(description="A code or an id: the grade, the mark, the unit it went to.")
    files: list[strawberry.ID]
    public: bool = strawberry.field(description="The reporter reads it.")

    @classmethod
    def of(cls, event: history.CaseEvent, words: OfficeWords) -> OfficeCaseEvent:
        return cls(
            what=event.what,
            at=event.at,
            by=event.by,
            role=event.role,
            unit=words.unit(event.unit),
            text=event.text,
            detail=event.detail,
            files=[global_id("Upload", one) for one in event.files],
            public=event.public,
        )


@strawberry.type(description="What a unit asked the centre for.")
class OfficeRequest:
    id: strawberry.ID = strawberry.field(description="By which the centre answers it.")
    ask: Ask
    unit: OrganisationName
    by: str
    at: datetime
    reason: str = strawberry.field(description="Empty before a case is opened.")
    days: int | None = strawberry.field(description="Of an extension: working days, or hours of shift.")
    until: date | None = strawberry.field(description="Of a pause: its last day.")
    suggested: OrganisationName | None = strawberry.field(description="Of a return: the unit whose matter it is.")
    answer: Answer
    answered_at: datetime | None
    why: str | None

    @classmethod
    def of(cls, asked: requests.UnitRequest, words: OfficeWords) -> OfficeRequest:
        return cls(
            id=global_id("CaseRequest", asked.id),
            ask=asked.ask,
            unit=OrganisationName.of(asked.unit, words.tree),
            by=asked.by,
            at=asked.at,
            reason=asked.reason,
            days=asked.days,
            until=asked.until,
            suggested=words.unit(asked.suggested),
            answer=asked.answer,
            answered_at=asked.answered_at,
            why=asked.why,
        )


@strawberry.type(description="The part of a helping unit.")
class OfficeTask:
    unit: OrganisationName
    words: str
    done_at: datetime | None
    result: str | None

    @classmethod
    def of(cls, task: cases.Task, words: OfficeWords) -> OfficeTask:
        unit = OrganisationName.of(task.unit, words.tree)
        return cls(unit=unit, words=task.words, done_at=task.done_at, result=task.result)


@strawberry.type(description="What its reporter said of a handling.")
class OfficeRating:
    round: int
    solved: bool
    grade: int
    at: datetime
    reason: str | None
    content: bool

    @classmethod
    def of(cls, one: ratings.CaseRating) -> OfficeRating:
        return cls(
            round=one.round, solved=one.solved, grade=one.grade, at=one.at, reason=one.reason, content=one.content
        )


@strawberry.type(description="督办: it has to be done by a day, and somebody looks.")
class OfficeSupervision:
    at: datetime
    due: date
    words: str
    missed_at: datetime | None

    @classmethod
    def of(cls, one: cases.Supervision) -> OfficeSupervision:
        return cls(at=one.at, due=one.due, words=one.words, missed_at=one.missed_at)
