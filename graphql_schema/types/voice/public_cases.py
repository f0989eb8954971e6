"""Public cases as everybody sees them, previews of what they would say, and who cares for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import strawberry

from app.core.messages import message
from app.domains.voice.cases.history import model as history
from app.domains.voice.public.alike.service import SimilarPublic
from app.domains.voice.public.following.model import JoinRating, Tie
from app.domains.voice.public.following.service import MyTie
from app.domains.voice.public.publishing import model as publishing
from app.domains.voice.public.publishing.striking.model import Find, Personal
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import Info, Node, global_id
from graphql_schema.types.voice.case_codes import CaseKind, CaseState, Confirmation, Happened
from graphql_schema.types.voice.cases import CaseCategoryName, Seen

strawberry.enum(Tie, name="CaseTie")
strawberry.enum(Personal, name="PersonalData", description="WISHED: struck out because whoever publishes wants so.")


@strawberry.type(description="Something that happened to a public case, without what was said.")
class PublicCaseEvent:
    step: Happened
    at: datetime
    unit: OrganisationName | None

    @strawberry.field(description="What happened, in the caller's language.")
    def said(self, info: Info) -> str:
        return message(f"CASE_STEP_{self.step.name}", info.context.locale)

    @classmethod
    def of(cls, event: history.CaseEvent, seen: Seen) -> PublicCaseEvent:
        return cls(step=event.what, at=event.at, unit=seen.unit(event.unit))


@strawberry.type(description="A case as everybody reads it: personal data are struck out, the place is about where.")
class PublicCase(Node):
    number: str
    kind: CaseKind
    category: CaseCategoryName
    state: CaseState
    confirmation: Confirmation
    division: OrganisationName
    latitude: float | None = strawberry.field(description="WGS 84; to about 100 m, unless it is a thing of the city's.")
    longitude: float | None
    asset: str | None
    title: str
    text: str
    unit: OrganisationName | None
    filed_at: datetime
    published_at: datetime
    replied_at: datetime | None
    closed_at: datetime | None
    reply: str | None = strawberry.field(description="Of a single one; null in lists.")
    timeline: list[PublicCaseEvent]
    supports: int
    follows: int
    joins: int
    solved_for: int = strawberry.field(description="How many of those who joined say that the last handling solved it.")
    unsolved_for: int

    @classmethod
    def of(cls, one: publishing.PublicCase, seen: Seen) -> PublicCase:
        case, row = one.case, one.publication
        published, heard = case.published, row.heard.get(case.round, publishing.Heard())
        return cls(
            id=global_id("PublicCase", case.id),
            number=case.number,
            kind=case.kind,
            category=CaseCategoryName.of(case.category, seen),
            state=case.state,
            confirmation=case.confirmation,
            division=OrganisationName.of(case.place.division, seen.tree),
            latitude=row.point.latitude if row.point else None,
            longitude=row.point.longitude if row.point else None,
            asset=case.place.asset,
            title=published.title if published else "",
            text=published.text if published else "",
            unit=seen.unit(case.unit),
            filed_at=case.filed_at,
            published_at=row.published_at,
            replied_at=case.replied_at,
            closed_at=case.closed_at,
            reply=one.reply,
            timeline=[PublicCaseEvent.of(event, seen) for event in one.events],
            supports=row.supports,
            follows=row.follows,
            joins=row.joins,
            solved_for=heard.solved,
            unsolved_for=heard.unsolved,
        )


@strawberry.type(description="A public case near a place.")
class NearbyCase:
    metres: int
    case: PublicCase

    @classmethod
    def of(cls, one: publishing.Nearby, seen: Seen) -> NearbyCase:
        return cls(metres=round(one.metres), case=PublicCase.of(one.public, seen))


@strawberry.type(description="A public case that is like what is about to be reported.")
class SimilarPublicCase:
    metres: int
    likeness: float = strawberry.field(description="Of the words, 0 to 1.")
    case: PublicCase

    @classmethod
    def of(cls, one: SimilarPublic, seen: Seen) -> SimilarPublicCase:
        return cls(
            metres=round(one.like.metres), likeness=round(one.like.words, 2), case=PublicCase.of(one.public, seen)
        )


@strawberry.type(description="Something that is struck out: from `start` to before `end`, in characters as written.")
class StruckOut:
    what: Personal
    start: int
    end: int

    @classmethod
    def of(cls, find: Find) -> StruckOut:
        return cls(what=find.what, start=find.start, end=find.end)


@strawberry.type(description="What everybody would read. It is published by its `digest`, or not at all.")
class CasePreview:
    title: str
    text: str
    in_title: list[StruckOut]
    in_text: list[StruckOut]
    digest: str

    @classmethod
    def of(cls, one: publishing.Preview) -> CasePreview:
        return cls(
            title=one.title,
            text=one.text,
            in_title=[StruckOut.of(find) for find in one.in_title],
            in_text=[StruckOut.of(find) for find in one.in_text],
            digest=one.digest,
        )


@strawberry.type(description="How one is tied to a public case.")
class TiesToCase:
    case_id: strawberry.ID
    ties: list[Tie]

    @classmethod
    def all(cls, cases: list[str], among: Mapping[Tie, set[str]]) -> list[TiesToCase]:
        return [
            cls(case_id=global_id("PublicCase", case), ties=[tie for tie in Tie if case in among[tie]])
            for case in cases
        ]


@strawberry.type(description="What one said, having joined.")
class JoinedRating:
    round: int
    solved: bool
    grade: int
    at: datetime

    @classmethod
    def of(cls, one: JoinRating) -> JoinedRating:
        return cls(round=one.round, solved=one.solved, grade=one.grade, at=one.at)


@strawberry.type(description="A case that one supports, follows or has joined.")
class TiedCase:
    case_id: strawberry.ID
    tie: Tie
    at: datetime
    ratings: list[JoinedRating]
    case: PublicCase | None = strawberry.field(description="Null: it is public no longer.")

    @classmethod
    def of(cls, one: MyTie, seen: Seen) -> TiedCase:
        return cls(
            case_id=global_id("PublicCase", one.tied.case),
            tie=one.tied.tie,
            at=one.tied.at,
            ratings=[JoinedRating.of(rating) for rating in one.tied.ratings],
            case=PublicCase.of(one.public, seen) if one.public else None,
        )


@strawberry.type
class CaseTied:
    case: PublicCase


@strawberry.type
class CaseUntied:
    case_id: strawberry.ID


@strawberry.type
class JoinedCaseRated:
    case: PublicCase | None = strawberry.field(description="Null: it is public no longer.")
