"""Bays with numbers, and the homes that have them."""

from __future__ import annotations

from datetime import date

import strawberry

from app.domains.community.parking.bays import model as bays
from app.domains.community.parking.bays.service import BayWish
from graphql_schema.types.common import global_id


@strawberry.type(description="A home has a bay, from `since` to `until`.")
class BayLet:
    id: strawberry.ID
    number: str
    building: str
    room: str
    since: date
    until: date | None = strawberry.field(description="Its last day; null: until it is ended.")

    @classmethod
    def of(cls, one: bays.BayLet) -> BayLet:
        return cls(
            id=global_id("BayLet", one.id),
            number=one.number,
            building=one.home.building,
            room=one.home.room,
            since=one.since,
            until=one.until,
        )


@strawberry.type(description="A bay with a number.")
class ParkingBay:
    number: str
    lets: list[BayLet] = strawberry.field(description="In force and to come, in their order; none: it is free.")

    @classmethod
    def of(cls, one: bays.Bay) -> ParkingBay:
        return cls(number=one.number, lets=[BayLet.of(let) for let in one.lets])


@strawberry.input(
    description="To which home. `since` is today when it is not said; without `until`, until it is ended."
)
class BayLetInput:
    building: str
    room: str
    since: date | None = None
    until: date | None = None

    def parsed(self) -> BayWish:
        return BayWish(self.building, self.room, self.since, self.until)


@strawberry.type
class BaysAdded:
    fresh: int = strawberry.field(description="How many were not there yet.")


@strawberry.type
class BaySaved:
    bay: ParkingBay


@strawberry.type
class BayRemoved:
    number: str
