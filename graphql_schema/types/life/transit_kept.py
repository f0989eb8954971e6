"""What a citizen keeps of transit: favourites and watches."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.errors import BadInput
from app.domains.life.transit.favourites import model as favourites
from app.domains.life.transit.favourites.model import FavouriteKind, FavouriteRef
from app.domains.life.transit.timetable.model import Timetable
from app.domains.life.transit.watches import model as watches
from app.domains.life.transit.watches.model import WatchState
from graphql_schema.types.common import global_id, key_of
from graphql_schema.types.life.transit import TransitRoute, TransitStop

strawberry.enum(FavouriteKind, name="TransitFavouriteKind")
strawberry.enum(
    WatchState,
    name="TransitWatchState",
    description="TOLD: it came near. DUE: nothing is heard of it, and by the timetable it is near.",
)


@strawberry.type(description="Without `stop` and `route`, the timetable in force knows it no more.")
class TransitFavourite:
    kind: FavouriteKind
    name: str = strawberry.field(description="As it was called when it was kept.")
    stop: TransitStop | None
    route: TransitRoute | None
    direction: int | None

    @classmethod
    def of(cls, one: favourites.Favourite, table: Timetable | None) -> TransitFavourite:
        ref = one.ref
        stop = table.stop(ref.id) if table and ref.kind is FavouriteKind.STOP else None
        route = table.route_numbers.get(ref.id) if table and ref.kind is FavouriteKind.ROUTE else None
        return cls(
            kind=ref.kind,
            name=one.name,
            stop=TransitStop.of(table, stop) if table and stop is not None else None,
            route=TransitRoute.of(table, route) if table and route is not None else None,
            direction=None if ref.direction < 0 else ref.direction,
        )


@strawberry.input(one_of=True, description="A stop, or a route in one direction.")
class TransitFavouriteInput:
    stop_id: strawberry.ID | None = strawberry.UNSET
    route: TransitRouteInput | None = strawberry.UNSET

    def parsed(self) -> FavouriteRef:
        """Raises BadInput."""
        if self.stop_id:
            return FavouriteRef(FavouriteKind.STOP, key_of(self.stop_id, "TransitStop"))
        if not self.route:
            raise BadInput(field="route")
        direction = -1 if self.route.direction is None else self.route.direction
        return FavouriteRef(FavouriteKind.ROUTE, key_of(self.route.route_id, "TransitRoute"), direction)


@strawberry.input(description="`direction` as `TransitDirection` names it.")
class TransitRouteInput:
    route_id: strawberry.ID
    direction: int | None = None


@strawberry.type(description="Tell me when it is so many stops away.")
class TransitWatch:
    id: strawberry.ID
    trip_id: strawberry.ID
    stop_id: strawberry.ID
    route: str
    stop: str
    stops_away: int
    scheduled_at: datetime
    state: WatchState

    @classmethod
    def of(cls, one: watches.Watch) -> TransitWatch:
        return cls(
            id=global_id("TransitWatch", one.id),
            trip_id=global_id("TransitTrip", one.trip),
            stop_id=global_id("TransitStop", one.stop),
            route=one.route,
            stop=one.name,
            stops_away=one.away,
            scheduled_at=one.scheduled_at,
            state=one.state,
        )


@strawberry.type
class TransitFavouriteKept:
    favourite: TransitFavourite


@strawberry.type
class TransitFavouriteDropped:
    dropped: bool = strawberry.field(description="False: it was not kept.")


@strawberry.type
class TransitWatchSet:
    watch: TransitWatch


@strawberry.type
class TransitWatchDropped:
    watch: TransitWatch
