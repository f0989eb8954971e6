"""The home page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from app.core.clock import CITY_TIME
from app.core.messages import message
from app.core.money import Money as Sum
from app.domains.life.home import model as home
from app.domains.life.home.errors import SuggestionUnknown as NoSuggestion
from app.domains.life.home.model import DueKind, NearKind, PartOfDay, Turn, Why
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.card import Card
from graphql_schema.types.common import Money, global_id
from graphql_schema.types.places import Position

strawberry.enum(DueKind)
strawberry.enum(NearKind)
strawberry.enum(PartOfDay)
strawberry.enum(Turn, name="TurnOfLife", description="At which one has much to do with offices.")
strawberry.enum(Why, name="WhySuggested")

_NODES = {
    DueKind.PAYMENT_TO_CONFIRM: "Payment",
    DueKind.TICKET: "Ticket",
    DueKind.TREATMENT_TO_ANSWER: "Treatment",
    DueKind.BOOKING_TO_CONFIRM: "Booking",
    DueKind.BOOKING: "Booking",
    DueKind.EVENT_TICKET_TO_PAY: "EventPurchase",
    DueKind.EVENT_TICKET: "EventPurchase",
    DueKind.EVENT_TICKET_OFFERED: "EventWait",
    DueKind.APPLICATION_RETURNED: "ServiceApplication",
    DueKind.APPLICATION_DRAFT: "ServiceApplication",
    DueKind.CASE_TO_RATE: "Case",
    DueKind.CREDIT: "CreditDue",
    DueKind.BILL: "Bill",
    **dict.fromkeys((DueKind.SHOP_ORDER_TO_PAY, DueKind.SHOP_ORDER_COMING, DueKind.SHOP_ORDER_READY), "ShopOrder"),
    DueKind.PARCEL: "Parcel",
    **dict.fromkeys((DueKind.CARE_CHECK_IN, DueKind.CARE_TO_ANSWER), "CareEntry"),
    DueKind.STAY_TO_ANSWER: "FamilyStay",
    DueKind.FAMILY_VISIT: "FamilyVisit",
    DueKind.VOTE: "EstateVote",
    DueKind.LICENCE_ENDS: "Licence",
    DueKind.FOLLOW_UP: "FollowUpPlan",
    DueKind.VISITOR: "VisitorPass",
    DueKind.REPAIR_TO_RATE: "Repair",
    DueKind.BOOKS: "LibraryCard",
}
_NEAR_NODES = {NearKind.PLACE: "Place", NearKind.STOP: "TransitStop"}


@strawberry.type(description="Something that waits for the viewer. `aboutId` is its own id, in its own room.")
class DueItem:
    kind: DueKind
    about_id: strawberry.ID
    title: str
    place: str = strawberry.field(description="Where it is, or its number; may be empty.")
    at: datetime | None = strawberry.field(description="When it is, or until when it waits.")
    amount: Money | None

    @classmethod
    def of(cls, one: home.Due, locale: str) -> DueItem:
        return cls(
            kind=one.kind,
            about_id=global_id(_NODES[one.kind], one.id),
            title=one.title.within(locale),
            place=one.place.within(locale),
            at=one.at,
            amount=None if one.fen is None else Money.of(Sum(one.fen)),
        )


@strawberry.type(description="What waits for somebody the viewer acts for, of the matters that he sees to for him.")
class DueOfWard:
    ward_id: strawberry.ID = strawberry.field(description="To act for him: the header `Rong-Subject`.")
    name: str | None
    relation: str = strawberry.field(description="The viewer's towards the ward, by the civil registry.")
    due: list[DueItem] = strawberry.field(description="At most ten.")

    @classmethod
    def of(cls, one: home.OfWard, locale: str) -> DueOfWard:
        due = [DueItem.of(due, locale) for due in one.due]
        return cls(ward_id=global_id("Citizen", one.ward.id), name=one.name, relation=one.ward.relation, due=due)


@strawberry.type(description="A service that the viewer may need, and why it is suggested.")
class HomeSuggestion:
    key: str = strawberry.field(description="By which it is dismissed.")
    item: str = strawberry.field(description="The code of the service.")
    name: str
    why: Why
    turn: Turn | None
    reason: str = strawberry.field(description="The same in words.")

    @classmethod
    def of(cls, one: home.Suggestion, locale: str) -> HomeSuggestion:
        return cls(
            key=one.key,
            item=one.item,
            name=one.name.within(locale),
            why=one.why,
            turn=one.turn,
            reason=_reason(one, locale),
        )


@strawberry.type(description="A place or a stop near where the viewer says he is.")
class NearThing:
    kind: NearKind
    about_id: strawberry.ID
    name: str
    position: Position
    metres: int
    open_now: bool | None = strawberry.field(description="Null: it has no hours, or none are known.")

    @classmethod
    def of(cls, one: home.Near, locale: str) -> NearThing:
        return cls(
            kind=one.kind,
            about_id=global_id(_NEAR_NODES[one.kind], one.id),
            name=one.name.within(locale),
            position=Position.of(one.point),
            metres=one.metres,
            open_now=one.open_now,
        )


@strawberry.type(description="A way in: `to` is an address within the app.")
class SceneEntry:
    name: str
    to: str


@strawberry.type(description="An everyday scene with its ways in.")
class Scene:
    code: str
    name: str
    entries: list[SceneEntry]

    @classmethod
    def of(cls, one: home.Scene, locale: str) -> Scene:
        entries = [SceneEntry(name=entry.name.within(locale), to=entry.to) for entry in one.entries]
        return cls(code=one.code, name=one.name.within(locale), entries=entries)


@strawberry.type(description="The first screen, made for the viewer.")
class Home:
    name: str | None
    verified: bool
    part_of_day: PartOfDay
    due: list[DueItem] = strawberry.field(description="What cannot wait comes first; at most twenty.")
    wards: list[DueOfWard] = strawberry.field(description="Of whom the viewer is the guardian now; at most six.")
    unread_count: int = strawberry.field(description="Messages; counted up to 99.")
    suggestions: list[HomeSuggestion] = strawberry.field(description="At most six.")
    near: list[NearThing] = strawberry.field(description="By distance; empty unless a position is given.")
    turns: list[Turn] = strawberry.field(description="The turns of life that the viewer chose.")
    card: Card | None = strawberry.field(description="The newest one, whatever its state.")
    scenes: list[Scene]

    @classmethod
    def of(cls, one: home.Home, card: Card | None, scenes: Sequence[home.Scene], locale: str) -> Home:
        return cls(
            name=one.name,
            verified=one.verified,
            part_of_day=one.part_of_day,
            due=[DueItem.of(due, locale) for due in one.due],
            wards=[DueOfWard.of(ward, locale) for ward in one.wards],
            unread_count=one.unread,
            suggestions=[HomeSuggestion.of(service, locale) for service in one.suggestions],
            near=[NearThing.of(near, locale) for near in one.near],
            turns=list(one.turns),
            card=card,
            scenes=[Scene.of(scene, locale) for scene in scenes],
        )


@strawberry.type(description="The first screen of who has not signed in: what is open to all.")
class OpenHome:
    part_of_day: PartOfDay
    near: list[NearThing] = strawberry.field(description="By distance; empty unless a position is given.")
    scenes: list[Scene]

    @classmethod
    def of(cls, part: PartOfDay, near: Sequence[home.Near], scenes: Sequence[home.Scene], locale: str) -> OpenHome:
        things = [NearThing.of(one, locale) for one in near]
        return cls(part_of_day=part, near=things, scenes=[Scene.of(scene, locale) for scene in scenes])


@strawberry.type
class LifeEventsChosen:
    turns: list[Turn]


@strawberry.type
class SuggestionDismissed:
    key: str


@outcome(NoSuggestion)
@strawberry.type(description="Nothing is suggested under this key.")
class SuggestionUnknown(UserError):
    pass


def _reason(one: home.Suggestion, locale: str) -> str:
    turn = message(f"TURN_{one.turn.name}", locale) if one.turn else ""
    day = f"{one.since.astimezone(CITY_TIME):%Y-%m-%d}" if one.since else ""
    return message(f"SUGGESTED_{one.why.name}", locale, turn=turn, day=day)
