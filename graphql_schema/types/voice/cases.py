"""Cases as whoever reported them sees them: where they are, what happened, how long it may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import strawberry

from app.core.calendar.model import WorkingCalendar
from app.core.messages import message
from app.core.places.model import Point
from app.core.viewer import Role
from app.domains.identity.organisations.model import Tree
from app.domains.voice.cases import model as cases
from app.domains.voice.cases.categories import model as categories
from app.domains.voice.cases.filing.model import Filed
from app.domains.voice.cases.history import model as history
from app.domains.voice.cases.ratings import model as ratings
from app.domains.voice.cases.reporting.service import Report, Wish
from app.domains.voice.places import model as places
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Info, Node, global_id, key_of
from graphql_schema.types.voice.case_codes import CaseChannel, CaseKind, CaseState, Confirmation, Happened, Identity
from graphql_schema.types.voice.clocks import CaseClock


@dataclass(frozen=True, slots=True)
class Seen:
    """With what a case is put into words: the trees, the calendar, the moment; and where its files are fetched."""

    tree: Tree
    categories: categories.CategoryTree
    calendar: WorkingCalendar
    now: datetime
    locale: str

    @classmethod
    def of(cls, info: Info) -> Seen:
        services = info.context.services
        calendar, now = services.voice.cases.time()
        return cls(services.organisations.tree, services.voice.categories.tree, calendar, now, info.context.locale)

    def unit(self, code: str | None) -> OrganisationName | None:
        return OrganisationName.of(code, self.tree) if code else None


@strawberry.type(description="What cases are about; those without others below them are filed in.")
class CaseCategory:
    code: str
    name: str
    parent: str | None
    kinds: list[CaseKind] = strawberry.field(description="What cases in it mostly are, the likeliest first.")
    convenience: bool = strawberry.field(description="On the list of matters close to the people: done sooner.")
    urgent: bool
    asset_kinds: list[str] = strawberry.field(description="The municipal assets that it is about.")

    @classmethod
    def of(cls, one: categories.Category, locale: str) -> CaseCategory:
        return cls(
            code=one.code,
            name=one.name.within(locale),
            parent=one.parent,
            kinds=list(one.kinds),
            convenience=one.convenience,
            urgent=one.urgent,
            asset_kinds=list(one.assets),
        )


@strawberry.type
class CaseCategoryName:
    code: str
    name: str
    path: list[str] = strawberry.field(description="Names from the top to this one.")

    @classmethod
    def of(cls, code: str, seen: Seen) -> CaseCategoryName:
        path = [one.name.within(seen.locale) for one in seen.categories.path(code)]
        return cls(code=code, name=path[-1] if path else code, path=path)


@strawberry.type
class CasePlace:
    division: OrganisationName
    latitude: float | None
    longitude: float | None
    address: str
    asset: str | None = strawberry.field(description="The code on the lamp, hydrant or bin.")

    @classmethod
    def of(cls, place: places.Place, seen: Seen) -> CasePlace:
        return cls(
            division=OrganisationName.of(place.division, seen.tree),
            latitude=place.point.latitude if place.point else None,
            longitude=place.point.longitude if place.point else None,
            address=place.address,
            asset=place.asset,
        )


@strawberry.type(description="Something that happened, as far as the citizen is told of it.")
class CaseEvent:
    step: Happened
    at: datetime
    by_reporter: bool = strawberry.field(description="Who reported it, or who acts for him; else an office.")
    unit: OrganisationName | None = strawberry.field(description="The office that did it.")
    to: OrganisationName | None = strawberry.field(description="Of a dispatch: the unit that has it now.")
    text: str | None
    grade: int | None = strawberry.field(description="Of a rating, 1 to 5.")
    numbers: list[str] = strawberry.field(description="The cases it was merged into or split into.")
    upload_ids: list[strawberry.ID]

    @strawberry.field(description="What happened, in the caller's language.")
    def said(self, info: Info) -> str:
        return message(f"CASE_STEP_{self.step.name}", info.context.locale)

    @classmethod
    def of(cls, event: history.CaseEvent, seen: Seen) -> CaseEvent:
        detail = (event.detail or "").split()
        named = event.what in (Happened.MERGED, Happened.SPLIT)
        return cls(
            step=event.what,
            at=event.at,
            by_reporter=event.role is Role.CITIZEN,
            unit=seen.unit(event.unit),
            to=seen.unit(detail[0]) if event.what is Happened.DISPATCHED and detail else None,
            text=event.text,
            grade=int(detail[0]) if event.what is Happened.RATED and detail else None,
            numbers=detail if named else [],
            upload_ids=[global_id("Upload", one) for one in event.files],
        )


@strawberry.type
class CaseRating:
    round: int = strawberry.field(description="Which handling it is about, from 1.")
    solved: bool
    grade: int
    reason: str | None
    at: datetime

    @classmethod
    def of(cls, one: ratings.CaseRating) -> CaseRating:
        return cls(round=one.round, solved=one.solved, grade=one.grade, reason=one.reason, at=one.at)


@strawberry.type(description="A file of a case, or the clip that was spoken.")
class CaseFile:
    upload_id: strawberry.ID
    url: str = strawberry.field(description="Good for some minutes.")

    @classmethod
    def all(cls, links: Mapping[str, str]) -> list[CaseFile]:
        return [cls(upload_id=global_id("Upload", upload), url=url) for upload, url in links.items()]


@strawberry.type(description="A case in a list.")
class CaseLine:
    id: strawberry.ID
    number: str
    kind: CaseKind
    category: CaseCategoryName
    state: CaseState
    title: str
    unit: OrganisationName | None
    filed_at: datetime
    changed_at: datetime
    due: datetime | None
    confirmation: Confirmation

    @classmethod
    def of(cls, one: cases.Case, seen: Seen) -> CaseLine:
        return cls(
            id=global_id("Case", one.id),
            number=one.number,
            kind=one.kind,
            category=CaseCategoryName.of(one.category, seen),
            state=one.state,
            title=one.words.title,
            unit=seen.unit(one.unit),
            filed_at=one.filed_at,
            changed_at=one.changed_at,
            due=one.timing.due if one.is_open else None,
            confirmation=one.confirmation,
        )


@strawberry.type(description="A case, whole, for who reported it. Handled, closed and confirmed are three facts.")
class Case(Node):
    number: str = strawberry.field(description="To quote.")
    kind: CaseKind
    channel: CaseChannel
    category: CaseCategoryName
    identity: Identity
    state: CaseState
    title: str
    text: str
    place: CasePlace
    urgent: bool
    unit: OrganisationName | None = strawberry.field(description="Who handles it.")
    filed_at: datetime
    changed_at: datetime
    accepted_at: datetime | None
    dispatched_at: datetime | None
    on_site_at: datetime | None
    handled_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    confirmation: Confirmation
    clock: CaseClock | None = strawberry.field(description="From acceptance to the reply.")
    reply: str | None
    right_place: str | None = strawberry.field(description="Of one that was refused: where to go instead.")
    round: int = strawberry.field(description="2: it was reopened.")
    ratings: list[CaseRating]
    may_rate: bool
    may_withdraw: bool
    public_wished: bool
    public: bool
    timeline: list[CaseEvent]
    whole: strawberry.Private[cases.Case]

    @strawberry.field(description="What was handed in, and what the offices showed.")
    async def files(self, info: Info) -> list[CaseFile]:
        return CaseFile.all(await info.context.services.voice.cases.links(self.whole))

    @classmethod
    def of(cls, one: cases.Case, seen: Seen) -> Case:
        told = [CaseEvent.of(event, seen) for event in one.events if event.public]
        said = [
            CaseRating(round=r.round, solved=r.solved, grade=r.grade, reason=r.reason, at=r.at) for r in one.ratings
        ]
        return cls(
            id=global_id("Case", one.id),
            number=one.number,
            kind=one.kind,
            channel=one.channel,
            category=CaseCategoryName.of(one.category, seen),
            identity=one.identity,
            state=one.state,
            title=one.words.title,
            text=one.words.text,
            place=CasePlace.of(one.place, seen),
            urgent=one.urgent,
            unit=seen.unit(one.unit),
            filed_at=one.filed_at,
            changed_at=one.changed_at,
            accepted_at=one.accepted_at,
            dispatched_at=one.dispatched_at,
            on_site_at=one.on_site_at,
            handled_at=one.handled_at,
            replied_at=one.replied_at,
            closed_at=one.closed_at,
            confirmation=one.confirmation,
            clock=CaseClock.of(one.clock, seen.calendar, seen.now) if one.clock else None,
            reply=one.reply,
            right_place=one.right_place,
            round=one.round,
            ratings=said,
            may_rate=one.may_be_rated,
            may_withdraw=one.may_be_withdrawn,
            public_wished=one.wished_public,
            public=one.public,
            timeline=told,
            whole=one,
        )


@strawberry.type
class CaseFiled:
    case: Case
    receipt: str | None = strawberry.field(
        description="Of an anonymous one, told this once: with the number it opens the case to whoever has it."
    )

    @classmethod
    def of(cls, filed: Filed, seen: Seen) -> CaseFiled:
        return cls(case=Case.of(filed.case, seen), receipt=filed.receipt)


@strawberry.type
class CaseCommented:
    case: Case


@strawberry.type
class CaseWithdrawn:
    case: Case


@strawberry.type
class CaseRated:
    case: Case


@strawberry.input(description="Where it is: a point, a division or an asset has to be said.")
class CasePlaceInput:
    latitude: float | None = strawberry.field(default=None, description="WGS 84, with the longitude.")
    longitude: float | None = None
    address: str | None = None
    division: str | None = strawberry.field(default=None, description="The code of a district or a township.")
    asset: str | None = strawberry.field(default=None, description="The code on the lamp, hydrant or bin.")

    def point(self) -> Point | None:
        """Raises PlaceNotOnEarth."""
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)


@strawberry.input
class CaseInput:
    kind: CaseKind
    category: str
    text: str = strawberry.field(description="2 to 2,000 characters.")
    place: CasePlaceInput
    title: str | None = strawberry.field(default=None, description="At most 60 characters; else the text's first ones.")
    identity: Identity = Identity.NAMED
    channel: CaseChannel = CaseChannel.APP
    upload_ids: list[strawberry.ID] = strawberry.field(default_factory=list, description="Clean ones, 9 at most.")
    public: bool = strawberry.field(default=False, description="A wish: nothing is published without a preview.")

    def parsed(self) -> Report:
        """Raises BadInput, PlaceNotOnEarth."""
        return Report(
            kind=self.kind,
            category=self.category[:60],
            text=self.text,
            title=self.title or "",
            identity=self.identity,
            channel=self.channel,
            point=self.place.point(),
            address=self.place.address or "",
            division=self.place.division,
            asset=self.place.asset,
            files=tuple(dict.fromkeys(key_of(one, "Upload") for one in self.upload_ids)),
            public=self.public,
        )


@strawberry.input(description="Is it solved, and is one content?")
class CaseRatingInput:
    solved: bool
    grade: int = strawberry.field(description="1 (very dissatisfied) to 5 (very satisfied).")
    reason: str | None = None

    def parsed(self) -> Wish:
        """Raises GradeInvalid."""
        return Wish(self.solved, self.grade, self.reason)
