"""A case as the unit sees that handles it, what it asks for, and what is told upwards of cases."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from app.core.messages import message
from app.domains.voice.cases import model as cases
from app.domains.voice.cases.clocks.model import Mark
from app.domains.voice.units.escalation import model as escalation
from app.domains.voice.units.escalation.model import Rung
from app.domains.voice.units.handling import model as handling
from app.domains.voice.units.handling.service import Wish
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Info, global_id
from graphql_schema.types.voice.case_codes import Ask, CaseKind, CaseState, Confirmation, Identity
from graphql_schema.types.voice.clocks import CaseClock
from graphql_schema.types.voice.office_cases import (
    OfficeCaseEvent,
    OfficeCategory,
    OfficePlace,
    OfficeRating,
    OfficeRequest,
    OfficeSupervision,
    OfficeTask,
    OfficeWords,
)

strawberry.enum(Rung, name="EscalationRung", description="As whom an organisation is told: it goes up from HANDLER.")


@strawberry.type(description="A case in the hands of a unit, without what its reporter wrote beyond the title.")
class UnitCase:
    id: strawberry.ID
    number: str
    kind: CaseKind
    category: OfficeCategory
    identity: Identity
    state: CaseState
    title: str
    urgent: bool
    filed_at: datetime
    dispatched_at: datetime | None
    on_site_at: datetime | None
    handled_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    confirmation: Confirmation
    clock: CaseClock | None
    division: OrganisationName
    unit: OrganisationName | None
    handler: str | None = strawberry.field(description="The member of staff who has it; null: nobody.")
    round: int = strawberry.field(description="2: its reporter was not content with the first handling.")
    fallback: bool = strawberry.field(description="It fell to its unit because nobody owns it: it cannot be returned.")
    pending: OfficeRequest | None
    supervision: OfficeSupervision | None

    @classmethod
    def of(cls, one: cases.Case, words: OfficeWords) -> UnitCase:
        return cls(
            id=global_id("Case", one.id),
            number=one.number,
            kind=one.kind,
            category=OfficeCategory.of(one.category, words),
            identity=one.identity,
            state=one.state,
            title=one.words.title,
            urgent=one.urgent,
            filed_at=one.filed_at,
            dispatched_at=one.dispatched_at,
            on_site_at=one.on_site_at,
            handled_at=one.handled_at,
            replied_at=one.replied_at,
            closed_at=one.closed_at,
            confirmation=one.confirmation,
            clock=words.clock(one),
            division=OrganisationName.of(one.place.division, words.tree),
            unit=words.unit(one.unit),
            handler=one.handler,
            round=one.round,
            fallback=one.fallback,
            pending=OfficeRequest.of(one.pending, words) if one.pending else None,
            supervision=OfficeSupervision.of(one.supervision) if one.supervision else None,
        )


@strawberry.type(description="Who reported it: nothing of a confidential case, nor of an anonymous one.")
class UnitCaseReporter:
    name: str | None
    phone: str | None
    by_guardian: bool


@strawberry.type
class UnitCaseFile:
    upload_id: strawberry.ID
    url: str = strawberry.field(description="Good for some minutes.")


@strawberry.type(description="All that is in a case; its reporter sees in his ledger who opened it.")
class UnitCaseOpened:
    case: UnitCase
    text: str
    place: OfficePlace
    reporter: UnitCaseReporter
    files: list[UnitCaseFile]
    tasks: list[OfficeTask]
    requests: list[OfficeRequest]
    ratings: list[OfficeRating]
    reply: str | None
    events: list[OfficeCaseEvent]

    @classmethod
    def of(cls, opened: handling.HandledCase, words: OfficeWords) -> UnitCaseOpened:
        one, who = opened.case, opened.reporter
        return cls(
            case=UnitCase.of(one, words),
            text=one.words.text,
            place=OfficePlace.of(one.place, words),
            reporter=UnitCaseReporter(name=who.name, phone=who.phone, by_guardian=who.by_guardian),
            files=[
                UnitCaseFile(upload_id=global_id("Upload", id_), url=url) for id_, url in sorted(opened.files.items())
            ],
            tasks=[OfficeTask.of(task, words) for task in one.tasks],
            requests=[OfficeRequest.of(asked, words) for asked in one.requests],
            ratings=[OfficeRating.of(rating) for rating in one.ratings],
            reply=one.reply,
            events=[OfficeCaseEvent.of(event, words) for event in one.events],
        )


@strawberry.type
class UnitCaseChanged:
    case: UnitCase


@strawberry.input(
    description="PAUSE: `until` is its last day. EXTENSION: `days` are working days, or hours of shift of an urgent "
    "case. RETURN: `suggested` may name the unit whose matter it is."
)
class CaseRequestInput:
    ask: Ask
    reason: str
    days: int | None = None
    until: date | None = None
    suggested: str | None = None

    def parsed(self) -> Wish:
        return Wish(self.ask, self.reason, self.days, self.until, self.suggested)


@strawberry.type(description="What was told to an organisation of a case that is late, or about to be.")
class CaseEscalation:
    id: strawberry.ID
    case_id: strawberry.ID
    number: str
    unit: OrganisationName | None
    to: OrganisationName
    rung: Rung
    mark: Mark | None = strawberry.field(description="Null: a day that was set (督办) went by, or nobody took it on.")
    held: bool = strawberry.field(description="Somebody had taken it over.")
    at: datetime
    open: bool
    noted_at: datetime | None
    what: strawberry.Private[str]

    @strawberry.field(description="In words, in the caller's language.")
    def says(self, info: Info) -> str:
        return message(f"ESCALATION_{self.what.upper()}", info.context.locale, number=self.number)

    @classmethod
    def of(cls, one: escalation.Escalation, words: OfficeWords) -> CaseEscalation:
        return cls(
            id=global_id("CaseEscalation", one.id),
            case_id=global_id("Case", one.case),
            number=one.number,
            unit=words.unit(one.unit),
            to=OrganisationName.of(one.to, words.tree),
            rung=one.rung,
            mark=next((mark for mark in Mark if mark == one.what), None),
            held=one.held,
            at=one.at,
            open=one.open,
            noted_at=one.noted_at,
            what=one.what,
        )


@strawberry.type
class CaseEscalationNoted:
    escalation: CaseEscalation


@strawberry.type(description="The day that was set, and what the clock of the case says beside it.")
class CaseSupervised:
    id: strawberry.ID
    number: str
    supervision: OfficeSupervision | None
    clock: CaseClock | None

    @classmethod
    def of(cls, one: cases.Case, words: OfficeWords) -> CaseSupervised:
        return cls(
            id=global_id("Case", one.id),
            number=one.number,
            supervision=OfficeSupervision.of(one.supervision) if one.supervision else None,
            clock=words.clock(one),
        )
