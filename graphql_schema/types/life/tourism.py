"""Sights, how crowded they are, and routes of a day."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.money import Money as Sum
from app.domains.life.culture.tourism import errors
from app.domains.life.culture.tourism.model import CrowdLevel
from app.domains.life.culture.tourism.service import SeenRoute, SeenSight
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import Money, global_id
from graphql_schema.types.life.places import PlaceOpening
from graphql_schema.types.places import Position

strawberry.enum(
    CrowdLevel,
    description="WARNING: from 80 % of what may be there at a time. FULL: nobody else is let in. "
    "UNKNOWN: nobody counted within the last half hour.",
)


@outcome(errors.SightUnknown)
@strawberry.type(description="No such sight, or not one of yours.")
class SightUnknown(UserError):
    pass


@outcome(errors.SightInvalid)
@strawberry.type(description="`field` is missing, or cannot be so.")
class SightInvalid(UserError):
    field: str


@strawberry.type(description="How many are there, as the operator counted them.")
class SightCrowd:
    level: CrowdLevel
    people: int | None = strawberry.field(description="The last count; null when there was none.")
    percent: int | None = strawberry.field(description="Of as many as may be there at a time.")
    counted_at: datetime | None
    stale: bool = strawberry.field(description="The last count says nothing of now.")

    @classmethod
    def of(cls, seen: SeenSight) -> SightCrowd:
        crowd = seen.crowd
        return cls(
            level=seen.level,
            people=crowd.people if crowd else None,
            percent=crowd.percent(seen.sight.room) if crowd else None,
            counted_at=crowd.at if crowd else None,
            stale=crowd is not None and seen.level is CrowdLevel.UNKNOWN,
        )


@strawberry.type(description="A place worth going to.")
class Sight:
    id: strawberry.ID
    name: str
    address: str
    words: str
    place: Position
    metres: int | None = strawberry.field(description="From the place that was asked about.")
    opening: PlaceOpening
    crowd: SightCrowd
    room: int
    minutes: int = strawberry.field(description="How long one usually stays.")
    price: Money | None = strawberry.field(description="Null when nobody said; 0 when it is free.")
    phone: str

    @classmethod
    def of(cls, seen: SeenSight, locale: str) -> Sight:
        one = seen.sight
        return cls(
            id=global_id("Sight", one.id),
            name=one.name.within(locale),
            address=one.address.within(locale),
            words=one.words.within(locale),
            place=Position.of(one.point),
            metres=seen.metres,
            opening=PlaceOpening.of(seen.opening, locale),
            crowd=SightCrowd.of(seen),
            room=one.room,
            minutes=one.minutes,
            price=Money.of(Sum(one.fen)) if one.fen is not None else None,
            phone=one.phone,
        )


@strawberry.type(description="One stop of a route, and the way to it from the one before, on foot.")
class DayRouteStop:
    sight: Sight
    metres: int
    minutes: int


@strawberry.type(description="Sights in the order in which one goes to them.")
class DayRoute:
    id: strawberry.ID
    name: str
    words: str
    metres: int = strawberry.field(description="On foot, all together.")
    minutes: int = strawberry.field(description="With the time one stays.")
    stops: list[DayRouteStop]

    @classmethod
    def of(cls, seen: SeenRoute, locale: str) -> DayRoute:
        one = seen.route
        stops = [
            DayRouteStop(sight=Sight.of(stop, locale), metres=leg.metres, minutes=leg.minutes)
            for stop, leg in seen.stops
        ]
        return cls(
            id=global_id("DayRoute", one.id),
            name=one.name.within(locale),
            words=one.words.within(locale),
            metres=seen.metres,
            minutes=seen.minutes,
            stops=stops,
        )


@strawberry.type
class CrowdCounted:
    sight: Sight
