"""A case as the seats of the 12345 centre see it, what is proposed for it, and what they send."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.messages import message
from app.domains.voice.cases import model as cases
from app.domains.voice.centre.dispatch import service as dispatching
from app.domains.voice.centre.dispatch.proposals import model as proposals
from app.domains.voice.centre.dispatch.proposals.model import Why
from app.domains.voice.centre.seats.calls import service as calls
from app.domains.voice.centre.seats.intake import service as intake
from app.domains.voice.centre.seats.joining import service as joining
from app.domains.voice.centre.seats.model import BoardList
from app.domains.voice.units.handling import model as handling
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id
from graphql_schema.types.voice.case_codes import CaseChannel, CaseKind, CaseState, Confirmation, Identity
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

strawberry.enum(
    BoardList, name="CentreList", description="What waits for a seat, in the order in which it is looked at."
)
strawberry.enum(Why, name="DispatchReason", description="What begins with FALLBACK cannot be returned any more.")


@strawberry.type(description="A case at the centre, without what its reporter wrote beyond the title.")
class CentreCase:
    id: strawberry.ID
    number: str
    rev: int = strawberry.field(description="Counts its changes: what was seen is sent back with a dispatch.")
    kind: CaseKind
    channel: CaseChannel
    category: OfficeCategory
    identity: Identity
    state: CaseState
    title: str
    urgent: bool
    public: bool
    filed_at: datetime
    accepted_at: datetime | None
    dispatched_at: datetime | None
    on_site_at: datetime | None
    handled_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    confirmation: Confirmation
    clock: CaseClock | None
    division: OrganisationName
    unit: OrganisationName | None
    handler: str | None
    round: int = strawberry.field(description="2: its reporter was not content with the first handling.")
    returns: int
    fallback: bool = strawberry.field(description="It fell to its unit because nobody owns it: it cannot be returned.")
    pending: OfficeRequest | None = strawberry.field(description="What a unit waits for an answer to.")
    supervision: OfficeSupervision | None
    calls: int = strawberry.field(description="How often its reporter was called back, reached or not.")
    into: strawberry.ID | None = strawberry.field(description="The case it was merged into.")
    parent: strawberry.ID | None = strawberry.field(description="The case it was split from.")

    @classmethod
    def of(cls, one: cases.Case, words: OfficeWords) -> CentreCase:
        return cls(
            id=global_id("Case", one.id),
            number=one.number,
            rev=one.rev,
            kind=one.kind,
            channel=one.channel,
            category=OfficeCategory.of(one.category, words),
            identity=one.identity,
            state=one.state,
            title=one.words.title,
            urgent=one.urgent,
            public=one.public,
            filed_at=one.filed_at,
            accepted_at=one.accepted_at,
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
            returns=one.returns,
            fallback=one.fallback,
            pending=OfficeRequest.of(one.pending, words) if one.pending else None,
            supervision=OfficeSupervision.of(one.supervision) if one.supervision else None,
            calls=len(one.call_backs),
            into=global_id("Case", one.into) if one.into else None,
            parent=global_id("Case", one.parent) if one.parent else None,
        )


@strawberry.type
class CentreCount:
    list: BoardList
    count: int = strawberry.field(description="Up to a thousand.")


@strawberry.type(description="Who reported it, as far as that is known.")
class CentreReporter:
    name: str | None
    phone: str | None
    by_guardian: bool


@strawberry.type
class CentreFile:
    upload_id: strawberry.ID
    url: str = strawberry.field(description="Good for some minutes.")


@strawberry.type(description="All that is in a case; its reporter sees in his ledger who opened it.")
class CentreCaseOpened:
    case: CentreCase
    text: str
    place: OfficePlace
    reporter: CentreReporter
    files: list[CentreFile]
    tasks: list[OfficeTask]
    requests: list[OfficeRequest]
    ratings: list[OfficeRating]
    reply: str | None
    events: list[OfficeCaseEvent]

    @classmethod
    def of(cls, opened: handling.HandledCase, words: OfficeWords) -> CentreCaseOpened:
        one, who = opened.case, opened.reporter
        return cls(
            case=CentreCase.of(one, words),
            text=one.words.text,
            place=OfficePlace.of(one.place, words),
            reporter=CentreReporter(name=who.name, phone=who.phone, by_guardian=who.by_guardian),
            files=[
                CentreFile(upload_id=global_id("Upload", id_), url=url) for id_, url in sorted(opened.files.items())
            ],
            tasks=[OfficeTask.of(task, words) for task in one.tasks],
            requests=[OfficeRequest.of(asked, words) for asked in one.requests],
            ratings=[OfficeRating.of(rating) for rating in one.ratings],
            reply=one.reply,
            events=[OfficeCaseEvent.of(event, words) for event in one.events],
        )


@strawberry.type
class CentreCaseChanged:
    case: CentreCase


@strawberry.type(description="An entry of the knowledge base that may answer a case.")
class KnownAnswer:
    code: str
    title: str
    text: str
    confidence: float = strawberry.field(description="From 0 to 1.")

    @classmethod
    def of(cls, one: intake.KnownAnswer, locale: str) -> KnownAnswer:
        title, text = one.title.within(locale), one.text.within(locale)
        return cls(code=one.code, title=title, text=text, confidence=one.confidence)


@strawberry.type
class DispatchChoice:
    unit: OrganisationName
    reason: Why
    rule: str | None = strawberry.field(description="The rule and its version.")
    explanation: str

    @classmethod
    def of(cls, one: proposals.Choice, case: cases.Case, words: OfficeWords) -> DispatchChoice:
        unit = OrganisationName.of(one.unit, words.tree)
        said = message(
            f"DISPATCH_WHY_{one.why.name}",
            words.locale,
            unit=unit.said.within(words.locale),
            rule=one.rule or "",
            category=words.categories.name(case.category, words.locale),
            division=OrganisationName.of(case.place.division, words.tree).said.within(words.locale),
        )
        return cls(unit=unit, reason=one.why, rule=one.rule, explanation=said)


@strawberry.type(description="Whose matter a case is, by the rules; the seat confirms it or chooses another.")
class DispatchProposal:
    case: CentreCase
    proposed: DispatchChoice | None = strawberry.field(description="Null: nobody can be named, the seat has to choose.")
    explanation: str
    alternatives: list[DispatchChoice]
    fallback: OrganisationName | None = strawberry.field(description="Whom it falls to when nobody owns it.")

    @classmethod
    def of(cls, made: proposals.DispatchProposal, case: cases.Case, words: OfficeWords) -> DispatchProposal:
        proposed = DispatchChoice.of(made.first, case, words) if made.first else None
        return cls(
            case=CentreCase.of(case, words),
            proposed=proposed,
            explanation=proposed.explanation if proposed else message("DISPATCH_WHY_NOBODY", words.locale),
            alternatives=[DispatchChoice.of(one, case, words) for one in made.alternatives],
            fallback=words.unit(made.fallback),
        )


@strawberry.input(description="A unit that helps, and with what.")
class DispatchHelperInput:
    unit: str
    words: str

    def parsed(self) -> dispatching.Helper:
        return dispatching.Helper(self.unit, self.words)


@strawberry.input(description="What the seat sees otherwise than it was filed.")
class CaseTakingInput:
    kind: CaseKind | None = None
    category: str | None = None
    urgent: bool | None = None

    def parsed(self) -> intake.Taking:
        return intake.Taking(self.kind, self.category, self.urgent)


@strawberry.input(description="A part of a case that becomes one of its own.")
class CasePartInput:
    title: str
    text: str
    category: str
    kind: CaseKind | None = None

    def parsed(self) -> joining.Part:
        return joining.Part(self.title, self.text, self.category, self.kind)


@strawberry.input(description="`solved` and `grade` (1 to 5) together, or neither.")
class CallBackInput:
    reached: bool
    words: str | None = None
    solved: bool | None = None
    grade: int | None = None

    def parsed(self) -> calls.Spoken:
        return calls.Spoken(self.reached, self.words, self.solved, self.grade)
