"""Applications as their applicants see them: forms, materials, clocks, what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import strawberry
from strawberry.scalars import JSON

from app.core.calendar import clock as clocks
from app.core.calendar.clock import Light
from app.core.calendar.model import WorkingCalendar
from app.core.messages import message
from app.core.viewer import Role
from app.domains.government.applications.drafts.model import Draft
from app.domains.government.applications.drafts.service import Offered
from app.domains.government.applications.forms import model as forms
from app.domains.government.applications.forms.model import FaultReason, Source
from app.domains.government.applications.history import model as history
from app.domains.government.applications.history.model import Happened, State
from app.domains.government.applications.materials import model as materials
from app.domains.government.applications.materials.model import Lack, Way
from app.domains.government.applications.model import Application
from app.domains.government.catalogue.model import Item, MaterialForm
from app.domains.identity.organisations.model import Tree
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Info, Node, global_id, key_of

strawberry.enum(State, name="ServiceApplicationState")
strawberry.enum(Happened, name="ApplicationStep")
strawberry.enum(Light, name="ClockLight", description="YELLOW: a fifth of the days is left, or less. RED: overdue.")
strawberry.enum(Way, name="MaterialWay", description="How a material is there: BRING is shown on the visit.")
strawberry.enum(Lack, name="MaterialLack")
strawberry.enum(Source, name="PrefillSource")
strawberry.enum(FaultReason, name="FieldFaultReason")


@dataclass(frozen=True, slots=True)
class Seen:
    """With what an application is put into words: the tree, the items by code, the calendar, the moment."""

    tree: Tree
    items: Mapping[str, Item]
    calendar: WorkingCalendar
    now: datetime
    locale: str

    def name_of(self, code: str) -> str:
        item = self.items.get(code)
        return item.name.within(self.locale) if item else code


@strawberry.type(description="What is wrong with an answer.")
class FieldFault:
    path: str = strawberry.field(description="A JSON pointer into the answers.")
    reason: FaultReason
    limit: str | None = strawberry.field(description="What the form allows, where it sets a bound.")

    @strawberry.field(description="In the caller's language.")
    def message(self, info: Info) -> str:
        return message(f"FIELD_{self.reason.name}", info.context.locale, limit=self.limit)

    @classmethod
    def of(cls, fault: forms.FieldFault) -> FieldFault:
        return cls(path=fault.path, reason=fault.reason, limit=fault.limit)

    @classmethod
    def all(cls, faults: tuple[forms.FieldFault, ...]) -> list[FieldFault]:
        return [cls.of(fault) for fault in faults]


@strawberry.type(description="How a material stands.")
class MaterialStanding:
    key: str
    form: MaterialForm
    way: Way
    lack: Lack | None
    by: str | None = strawberry.field(description="The licence's id, or the shared `set.field` that stands in.")
    upload_ids: list[strawberry.ID]
    zh: strawberry.Private[str]
    en: strawberry.Private[str]

    @strawberry.field
    def name(self, info: Info) -> str:
        return self.en if info.context.locale == "en" and self.en else self.zh

    @strawberry.field(description="Why it is missing, in the caller's language.")
    def why(self, info: Info) -> str | None:
        return message(f"LACK_{self.lack.name}", info.context.locale) if self.lack else None

    @classmethod
    def of(cls, one: materials.Standing) -> MaterialStanding:
        return cls(
            key=one.key,
            form=one.form,
            way=one.way,
            lack=one.lack,
            by=one.by,
            upload_ids=[global_id("Upload", upload) for upload in one.uploads],
            zh=one.name_zh,
            en=one.name_en,
        )

    @classmethod
    def all(cls, standing: tuple[materials.Standing, ...]) -> list[MaterialStanding]:
        return [cls.of(one) for one in standing]


@strawberry.type(description="A value that the form is filled in with, and where it comes from.")
class Prefilled:
    field: str
    value: JSON
    source: Source
    name: str = strawberry.field(description="Within the source: `phone`, `KIND.FACT`, `SET.FIELD`.")


@strawberry.type(description="What is asked for an item, and what is known already.")
class ApplicationForm:
    item: str
    version: int
    name: str
    unit: OrganisationName
    schema: JSON = strawberry.field(description="JSON Schema 2020-12.")
    prefilled: list[Prefilled]

    @classmethod
    def of(cls, offered: Offered, filled: tuple[forms.Filled, ...], tree: Tree, locale: str) -> ApplicationForm:
        return cls(
            item=offered.item.code,
            version=offered.item.version,
            name=offered.item.name.within(locale),
            unit=OrganisationName.of(offered.offer.unit, tree),
            schema=JSON(offered.item.form),
            prefilled=[
                Prefilled(field=one.field, value=JSON(one.value), source=one.source, name=one.name) for one in filled
            ],
        )


@strawberry.type
class ClockPause:
    since: datetime
    until: datetime | None
    why: str


@strawberry.type
class ClockExtension:
    days: int
    at: datetime


@strawberry.type(description="A count of working days that explains itself.")
class WorkingClock:
    rule: str = strawberry.field(description="promised: by the unit. statutory: by law.")
    days: int
    started_at: datetime
    pauses: list[ClockPause]
    paused_days: int
    extensions: list[ClockExtension]
    stopped_at: datetime | None
    due: date | None = strawberry.field(description="Null while it is paused.")
    remaining: int | None = strawberry.field(description="Working days; below zero when it is overdue.")
    light: Light
    calendar: str = strawberry.field(description="The version of the calendar that was counted with.")
    unsure_years: list[int] = strawberry.field(description="Years of the count whose holidays are not published yet.")

    @classmethod
    def of(cls, clock: clocks.WorkingClock, seen: Seen) -> WorkingClock:
        told = clock.explained(seen.calendar, seen.now)
        return cls(
            rule=told.rule,
            days=told.days,
            started_at=told.started,
            pauses=[ClockPause(since=one.since, until=one.until, why=one.why) for one in told.pauses],
            paused_days=told.paused_days,
            extensions=[ClockExtension(days=one.days, at=one.at) for one in told.extensions],
            stopped_at=told.stopped,
            due=told.due,
            remaining=told.remaining,
            light=told.light,
            calendar=told.calendar,
            unsure_years=list(told.unsure),
        )


@strawberry.type
class CorrectionPoint:
    words: str
    field: str | None
    material: str | None


@strawberry.type(description="What is to be mended: all of it at once.")
class ApplicationCorrection:
    asked_at: datetime
    points: list[CorrectionPoint]
    answered_at: datetime | None
    remark: str | None

    @classmethod
    def of(cls, asked: history.Correction) -> ApplicationCorrection:
        points = [CorrectionPoint(words=p.words, field=p.field, material=p.material) for p in asked.points]
        return cls(asked_at=asked.asked_at, points=points, answered_at=asked.answered_at, remark=asked.remark)


@strawberry.type
class ApplicationDecision:
    granted: bool | None = strawberry.field(description="Null: it was not taken in.")
    at: datetime
    reason: str | None
    remedy: str | None = strawberry.field(description="How to appeal.")

    @classmethod
    def of(cls, decision: history.Decision) -> ApplicationDecision:
        return cls(granted=decision.granted, at=decision.at, reason=decision.reason, remedy=decision.remedy)


@strawberry.type
class ApplicationEntry:
    step: Happened
    at: datetime
    by_applicant: bool = strawberry.field(description="The applicant or who acts for him; else the department's side.")

    @classmethod
    def of(cls, entry: history.Entry) -> ApplicationEntry:
        return cls(step=entry.what, at=entry.at, by_applicant=entry.role is Role.CITIZEN)


@strawberry.type(description="An application in a list.")
class ServiceApplicationLine:
    id: strawberry.ID
    number: str | None
    state: State
    item: str
    name: str
    unit: OrganisationName
    created_at: datetime
    submitted_at: datetime | None
    due: date | None
    light: Light

    @classmethod
    def of(cls, one: Application, seen: Seen) -> ServiceApplicationLine:
        timing = one.timed(seen.calendar, seen.now).timing
        return cls(
            id=global_id("ServiceApplication", one.id),
            number=one.number,
            state=one.state,
            item=one.item,
            name=seen.name_of(one.item),
            unit=OrganisationName.of(one.unit, seen.tree),
            created_at=one.created_at,
            submitted_at=one.submitted_at,
            due=timing.due,
            light=timing.light,
        )


@strawberry.type(description="An application with all that is in it.")
class ServiceApplication(Node):
    number: str | None = strawberry.field(description="To quote; it has one once it is handed in.")
    state: State
    item: str
    version: int = strawberry.field(description="The version of the item it is made under.")
    name: str
    unit: OrganisationName
    created_at: datetime
    changed_at: datetime
    submitted_at: datetime | None
    answers: JSON
    given: list[MaterialGiven]
    materials: list[MaterialStanding] = strawberry.field(description="As they stood when it was handed in.")
    correction: ApplicationCorrection | None
    decision: ApplicationDecision | None
    promised: WorkingClock | None
    statutory: WorkingClock | None
    licence_id: strawberry.ID | None = strawberry.field(description="The licence that came of it.")
    visits_promised: int
    visits_made: int
    history: list[ApplicationEntry]

    @classmethod
    def of(cls, one: Application, seen: Seen) -> ServiceApplication:
        return cls(
            id=global_id("ServiceApplication", one.id),
            number=one.number,
            state=one.state,
            item=one.item,
            version=one.version,
            name=seen.name_of(one.item),
            unit=OrganisationName.of(one.unit, seen.tree),
            created_at=one.created_at,
            changed_at=one.changed_at,
            submitted_at=one.submitted_at,
            answers=JSON(dict(one.content.answers)),
            given=[MaterialGiven.of(given) for given in one.content.given],
            materials=MaterialStanding.all(one.content.standing),
            correction=ApplicationCorrection.of(one.correction) if one.correction else None,
            decision=ApplicationDecision.of(one.decision) if one.decision else None,
            promised=WorkingClock.of(one.promised, seen) if one.promised else None,
            statutory=WorkingClock.of(one.statutory, seen) if one.statutory else None,
            licence_id=global_id("Licence", one.result) if one.result else None,
            visits_promised=one.visits_promised,
            visits_made=len(one.visits),
            history=[ApplicationEntry.of(entry) for entry in one.history],
        )


@strawberry.type
class MaterialGiven:
    material: str
    upload_id: strawberry.ID

    @classmethod
    def of(cls, given: materials.Given) -> MaterialGiven:
        return cls(material=given.key, upload_id=global_id("Upload", given.upload))


@strawberry.input(description="A file for a material.")
class MaterialGivenInput:
    material: str
    upload_id: strawberry.ID

    def parsed(self) -> materials.Given:
        """Raises BadInput."""
        return materials.Given(self.material[:80], key_of(self.upload_id, "Upload"))


@strawberry.type(description="A draft as it is kept, and what is wrong in it so far.")
class DraftKept:
    application: ServiceApplication
    faults: list[FieldFault]

    @classmethod
    def of(cls, draft: Draft, seen: Seen) -> DraftKept:
        return cls(application=ServiceApplication.of(draft.application, seen), faults=FieldFault.all(draft.faults))


@strawberry.type
class DraftDiscarded:
    id: strawberry.ID


@strawberry.type
class ApplicationHandedIn:
    application: ServiceApplication


@strawberry.type
class ApplicationMended:
    application: ServiceApplication


@strawberry.type
class ServiceApplicationWithdrawn:
    application: ServiceApplication
