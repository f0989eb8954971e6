"""Patrols, rounds, and what officers see and find in their grid."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.places.model import Box, Point
from app.core.said import Said
from app.domains.identity.organisations.model import Tree
from app.domains.voice.cases import model as cases
from app.domains.voice.street.patrols import errors
from app.domains.voice.street.patrols import model as patrols
from app.domains.voice.street.patrols.findings import model as findings
from app.domains.voice.street.patrols.findings.model import Look, When
from app.domains.voice.street.patrols.reports.model import FieldReport
from app.domains.voice.street.patrols.rounds import model as rounds
from app.domains.voice.street.patrols.rounds.model import Fix
from app.domains.voice.street.patrols.rounds.service import Step
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id, key_of
from graphql_schema.types.voice.case_codes import CaseKind, CaseState
from graphql_schema.types.voice.office_cases import OfficeCategory, OfficePlace, OfficeWords

strawberry.enum(When, name="FindingTime", description="BEFORE the work, or AFTER it was said to be done.")


@strawberry.type(description="A point on the way. `within`: how near, in metres, somebody is who is there.")
class PatrolPoint:
    id: str
    name: str
    latitude: float
    longitude: float
    asset: str | None = strawberry.field(description="Code of what stands there.")
    within: int

    @classmethod
    def of(cls, one: patrols.PatrolPoint, locale: str) -> PatrolPoint:
        place = one.point
        return cls(
            id=one.id,
            name=one.name.within(locale),
            latitude=place.latitude,
            longitude=place.longitude,
            asset=one.asset,
            within=one.within,
        )


@strawberry.type(description="From its south-west corner to its north-east corner. WGS 84, in degrees.")
class GridBox:
    south: float
    west: float
    north: float
    east: float


@strawberry.type(description="A grid that officers look after, and the points on their way through it.")
class Patrol:
    id: strawberry.ID
    name: str
    unit: OrganisationName
    grid: GridBox
    points: list[PatrolPoint]
    officers: list[str]
    active: bool

    @classmethod
    def of(cls, one: patrols.Patrol, tree: Tree, locale: str) -> Patrol:
        box = one.grid
        return cls(
            id=global_id("Patrol", one.id),
            name=one.name.within(locale),
            unit=OrganisationName.of(one.unit, tree),
            grid=GridBox(south=box.south, west=box.west, north=box.north, east=box.east),
            points=[PatrolPoint.of(point, locale) for point in one.points],
            officers=list(one.officers),
            active=one.active,
        )


@strawberry.input
class GridBoxInput:
    south: float
    west: float
    north: float
    east: float


@strawberry.input
class PatrolPointInput:
    id: str
    name: str
    latitude: float
    longitude: float
    name_en: str = ""
    asset: str | None = None
    within: int = 50

    def parsed(self) -> patrols.PatrolPoint:
        """Raises PlaceNotOnEarth."""
        place = Point(self.latitude, self.longitude)
        return patrols.PatrolPoint(self.id, Said(self.name, self.name_en), place, self.asset, self.within)


@strawberry.input(description="Without `id` it is a new one. `officers`: ids of grid officers of the unit.")
class PatrolInput:
    unit: str
    name: str
    grid: GridBoxInput
    points: list[PatrolPointInput]
    officers: list[str]
    name_en: str = ""
    active: bool = True
    id: strawberry.ID | None = None

    def parsed(self, now: datetime) -> patrols.Patrol:
        """Raises PlaceNotOnEarth, BadInput (id)."""
        box = self.grid
        return patrols.Patrol(
            id=key_of(self.id, "Patrol") if self.id else "",
            unit=self.unit,
            name=Said(self.name, self.name_en),
            grid=Box(box.south, box.west, box.north, box.east),
            points=tuple(one.parsed() for one in self.points),
            officers=tuple(self.officers),
            changed_at=now,
            active=self.active,
        )


@strawberry.input(description="Where the phone says it is; it may be `accuracy` metres elsewhere.")
class FixInput:
    latitude: float
    longitude: float
    accuracy: float

    def parsed(self) -> Fix:
        """Raises PlaceNotOnEarth."""
        return Fix(Point(self.latitude, self.longitude), self.accuracy)


@strawberry.type(description="A point that was visited, or passed by for a reason.")
class PatrolVisit:
    point_id: str
    at: datetime = strawberry.field(description="When the city heard of it.")
    said_at: datetime = strawberry.field(description="By the phone's clock.")
    doubtful: bool = strawberry.field(description="The phone's clock cannot be right.")
    there: bool | None = strawberry.field(description="Near enough, as far as the phone tells; null: it does not.")
    metres: int | None = strawberry.field(description="How far from the point.")
    note: str | None
    skipped: str | None = strawberry.field(description="Why it was passed by.")
    files: list[strawberry.ID]

    @classmethod
    def of(cls, one: rounds.Visit) -> PatrolVisit:
        return cls(
            point_id=one.point,
            at=one.at,
            said_at=one.said_at,
            doubtful=one.doubtful,
            there=one.there,
            metres=one.metres,
            note=one.note,
            skipped=one.skipped,
            files=[global_id("Upload", file) for file in one.files],
        )


@strawberry.type(description="A round as it was walked; `points` as the patrol had them at its start.")
class PatrolRound:
    id: strawberry.ID
    patrol_id: strawberry.ID
    officer: str
    started_at: datetime
    said_started_at: datetime
    ended_at: datetime | None
    said_ended_at: datetime | None
    points: list[PatrolPoint]
    visits: list[PatrolVisit]
    missed: list[str] = strawberry.field(description="Ids of points of which nothing was said.")

    @classmethod
    def of(cls, one: rounds.Round, locale: str) -> PatrolRound:
        return cls(
            id=global_id("PatrolRound", one.id),
            patrol_id=global_id("Patrol", one.patrol),
            officer=one.officer,
            started_at=one.started_at,
            said_started_at=one.said_started_at,
            ended_at=one.ended_at,
            said_ended_at=one.said_ended_at,
            points=[PatrolPoint.of(point, locale) for point in one.points],
            visits=[PatrolVisit.of(visit) for visit in one.visits],
            missed=[point.id for point in one.missed()],
        )


@strawberry.input(description="What happened at a point. With `skipped` it was passed by, and that says why.")
class PatrolStepInput:
    point_id: str
    said_at: datetime
    fix: FixInput | None = None
    note: str | None = None
    skipped: str | None = None
    upload_ids: list[strawberry.ID] = strawberry.field(default_factory=list)

    def parsed(self) -> Step:
        """Raises PlaceNotOnEarth, BadInput (id)."""
        files = tuple(key_of(one, "Upload") for one in self.upload_ids)
        fix = self.fix.parsed() if self.fix else None
        return Step(self.point_id, self.said_at, fix, self.note, self.skipped, files)


@strawberry.input(description="The place is that of the asset; without one, that of the phone.")
class FieldReportInput:
    kind: CaseKind
    category: str
    text: str
    said_at: datetime
    fix: FixInput | None = None
    asset: str | None = None
    address: str = ""
    urgent: bool = False
    round_id: strawberry.ID | None = None
    upload_ids: list[strawberry.ID] = strawberry.field(default_factory=list)

    def parsed(self) -> FieldReport:
        """Raises PlaceNotOnEarth, BadInput (id)."""
        return FieldReport(
            kind=self.kind,
            category=self.category,
            text=self.text,
            said_at=self.said_at,
            fix=self.fix.parsed() if self.fix else None,
            asset=self.asset,
            address=self.address,
            urgent=self.urgent,
            round=key_of(self.round_id, "PatrolRound") if self.round_id else None,
            files=tuple(key_of(one, "Upload") for one in self.upload_ids),
        )


@strawberry.type(description="A case in an officer's grid: what and where, never who reported it.")
class GridCase:
    id: strawberry.ID
    number: str
    kind: CaseKind
    category: OfficeCategory
    state: CaseState
    urgent: bool
    place: OfficePlace
    title: str = strawberry.field(description="Of what is public, and of what officers reported; else empty.")
    text: str
    unit: OrganisationName | None
    filed_at: datetime
    handled_at: datetime | None

    @classmethod
    def of(cls, case: cases.Case, words: OfficeWords) -> GridCase:
        return cls(
            id=global_id("Case", case.id),
            number=case.number,
            kind=case.kind,
            category=OfficeCategory.of(case.category, words),
            state=case.state,
            urgent=case.urgent,
            place=OfficePlace.of(case.place, words),
            title=case.words.title,
            text=case.words.text,
            unit=words.unit(case.unit),
            filed_at=case.filed_at,
            handled_at=case.handled_at,
        )


@strawberry.input(description="`ok`: before the work, it is as it was reported; after it, it is done.")
class LookInput:
    ok: bool
    words: str
    said_at: datetime
    fix: FixInput | None = None
    upload_ids: list[strawberry.ID] = strawberry.field(default_factory=list)

    def parsed(self) -> Look:
        """Raises PlaceNotOnEarth, BadInput (id)."""
        files = tuple(key_of(one, "Upload") for one in self.upload_ids)
        return Look(self.ok, self.words, self.said_at, self.fix.parsed() if self.fix else None, files)


@strawberry.type(description="What an officer found on site. `open`: it was said to be done and is not.")
class CaseFinding:
    id: strawberry.ID
    case_id: strawberry.ID
    number: str
    unit: OrganisationName | None
    when: When
    ok: bool
    at: datetime
    said_at: datetime
    there: bool | None = strawberry.field(description="The officer was near, as far as his phone tells.")
    open: bool
    answer: str | None
    settled_at: datetime | None

    @classmethod
    def of(cls, one: findings.Finding, tree: Tree) -> CaseFinding:
        return cls(
            id=global_id("CaseFinding", one.id),
            case_id=global_id("Case", one.case),
            number=one.number,
            unit=OrganisationName.of(one.unit, tree) if one.unit else None,
            when=one.when,
            ok=one.ok,
            at=one.at,
            said_at=one.said_at,
            there=one.there,
            open=one.open,
            answer=one.answer,
            settled_at=one.settled_at,
        )


@strawberry.type
class PatrolSaved:
    patrol: Patrol


@strawberry.type
class RoundKept:
    round: PatrolRound


@strawberry.type(description="It is accepted: the centre assigns it.")
class FieldReported:
    case: GridCase


@strawberry.type
class CaseVerified:
    finding: CaseFinding


@strawberry.type
class FindingSettled:
    finding: CaseFinding


@outcome(errors.PatrolUnknown)
@strawberry.type(description="No such patrol, or not one of yours.")
class PatrolUnknown(UserError):
    pass


@outcome(errors.PatrolInvalid)
@strawberry.type(description="`field` is missing or cannot be so.")
class PatrolInvalid(UserError):
    field: str


@outcome(errors.OfficerUnknown)
@strawberry.type(description="Somebody is no grid officer of the unit.")
class OfficerUnknown(UserError):
    pass


@outcome(errors.RoundUnknown)
@strawberry.type(description="No such round, or not yours.")
class RoundUnknown(UserError):
    pass


@outcome(errors.RoundOver)
@strawberry.type(description="The round had ended before this happened.")
class RoundOver(UserError):
    pass


@outcome(errors.RoundUnderWay, round_id=lambda key: global_id("PatrolRound", key))
@strawberry.type(description="A round on this patrol is under way.")
class RoundUnderWay(UserError):
    round_id: strawberry.ID


@outcome(errors.PatrolPointUnknown)
@strawberry.type(description="The patrol has no such point.")
class PatrolPointUnknown(UserError):
    pass


@outcome(errors.FindingUnknown)
@strawberry.type(description="No such finding, or it was settled.")
class FindingUnknown(UserError):
    pass
