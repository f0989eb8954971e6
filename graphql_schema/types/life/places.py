"""Places of the directory: what and where they are, when they are open, how they are rated."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.calendar.model import Festival
from app.domains.identity.organisations.model import Tree
from app.domains.life.directory.hours import model as hours
from app.domains.life.directory.hours.model import Why, clock_of
from app.domains.life.directory.hours.notation import written_hours
from app.domains.life.directory.kinds import model as kinds
from app.domains.life.directory.kinds.model import CLASS_NAMES, PlaceClass
from app.domains.life.directory.places import model as places
from app.domains.life.directory.places.model import PlaceState
from app.domains.life.directory.places.service import PlaceService
from graphql_schema.types.card import OrganisationName
from graphql_schema.types.common import global_id
from graphql_schema.types.life.opening_words import explained
from graphql_schema.types.places import Position

strawberry.enum(PlaceClass)
strawberry.enum(PlaceState, description="CLOSED: for good. MERGED: it was another one twice.")
strawberry.enum(Festival, description="OTHER: a holiday that the city made.")
strawberry.enum(
    Why,
    name="OpeningReason",
    description="What decides about the day. MAKE_UP: a weekend day that is worked instead of a holiday.",
)


@strawberry.type(description="A sort of places; `usersOnly`: only who used such a place rates it.")
class PlaceKind:
    code: str
    name: str
    users_only: bool


@strawberry.type(description="One of the eight classes.")
class PlaceClassInfo:
    code: PlaceClass
    name: str
    kinds: list[PlaceKind]

    @classmethod
    def all(cls, locale: str) -> list[PlaceClassInfo]:
        return [
            cls(
                code=group,
                name=CLASS_NAMES[group].within(locale),
                kinds=[_kind(one, locale) for one in kinds.all_kinds().values() if one.group is group],
            )
            for group in PlaceClass
        ]


def _kind(one: kinds.PlaceKind, locale: str) -> PlaceKind:
    return PlaceKind(code=one.code, name=one.name.within(locale), users_only=one.users_only)


@strawberry.type(description="In the city's time, as `08:00`; what ends after 24:00 ends on the next day.")
class OpeningSpan:
    start: str
    end: str

    @classmethod
    def of(cls, span: hours.Span) -> OpeningSpan:
        return cls(start=clock_of(span.start), end=clock_of(span.end))


@strawberry.type(description="How a place stands at this moment, and why.")
class PlaceOpening:
    open: bool | None = strawberry.field(description="Null: nobody said when it is open.")
    reason: Why
    festival: Festival | None
    note: str = strawberry.field(description="Of a special day, in its keeper's words.")
    today: list[OpeningSpan] = strawberry.field(description="Of the day that decides.")
    opens_at: datetime | None
    closes_at: datetime | None
    unsure: bool = strawberry.field(description="The holidays of this time are not published yet.")
    explanation: str = strawberry.field(description="All of it in a sentence, in the caller's language.")

    @classmethod
    def of(cls, one: hours.Opening, locale: str) -> PlaceOpening:
        return cls(
            open=one.open,
            reason=one.today.why,
            festival=one.today.festival,
            note=one.today.note,
            today=[OpeningSpan.of(span) for span in one.today.spans],
            opens_at=one.opens_at,
            closes_at=one.closes_at,
            unsure=one.unsure,
            explanation=explained(one, locale),
        )


@strawberry.type(description="`counts`: how many gave one star, two, up to five.")
class PlaceRating:
    average: float | None
    count: int
    counts: list[int]

    @classmethod
    def of(cls, one: places.Ratings) -> PlaceRating:
        return cls(average=one.average, count=one.count, counts=list(one.counts))


@strawberry.type(description="A place of the directory.")
class Place:
    id: strawberry.ID
    kind: PlaceKind
    class_: PlaceClass = strawberry.field(name="class")
    class_name: str
    name: str
    position: Position
    metres: int | None = strawberry.field(description="How far it is from the point that was asked from.")
    address: str
    phone: str
    about: str
    opening: PlaceOpening
    hours: str = strawberry.field(
        description="All of it: `Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-17:00; PH off; WD 08:00-12:00`, where PH "
        "are public holidays and WD the weekend days that are worked instead; 24/7; empty when it is not known."
    )
    rating: PlaceRating
    operator: OrganisationName | None = strawberry.field(description="Who runs it, as far as the city has found that.")
    state: PlaceState
    favourite: bool

    @classmethod
    def of(cls, found: places.Found, service: PlaceService, tree: Tree, locale: str, favourite: bool = False) -> Place:
        place, kind = found.place, kinds.kind_of(found.place.kind)
        return cls(
            id=global_id("Place", place.id),
            kind=_kind(kind, locale),
            class_=kind.group,
            class_name=CLASS_NAMES[kind.group].within(locale),
            name=place.name.within(locale),
            position=Position.of(place.point),
            metres=None if found.metres is None else round(found.metres),
            address=place.said.address,
            phone=place.said.phone,
            about=place.said.about.within(locale),
            opening=PlaceOpening.of(service.opening(place), locale),
            hours=written_hours(place.hours),
            rating=PlaceRating.of(place.ratings),
            operator=OrganisationName.of(place.operator, tree) if place.operator else None,
            state=place.state,
            favourite=favourite,
        )
