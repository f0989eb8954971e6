"""Transit for citizens. What is asked is open to all; what is kept is one's own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

import strawberry

from app.core.errors import BadInput
from app.domains.life.transit.stops.model import NEAR
from graphql_schema.types.common import (
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    everyone,
    key_of,
)
from graphql_schema.types.life.transit import (
    NearTransitStop,
    TransitBoard,
    TransitEndInput,
    TransitJourney,
    TransitRoute,
    TransitStop,
    TransitTrip,
    point_of,
)
from graphql_schema.types.life.transit_errors import (
    TransitFavouritesFull,
    TransitRouteUnknown,
    TransitStopUnknown,
    TransitTripPassed,
    TransitTripUnknown,
    TransitWatchesFull,
    TransitWatchUnknown,
)
from graphql_schema.types.life.transit_kept import (
    TransitFavourite,
    TransitFavouriteDropped,
    TransitFavouriteInput,
    TransitFavouriteKept,
    TransitWatch,
    TransitWatchDropped,
    TransitWatchSet,
)
from graphql_schema.types.places import PositionInput

KeepTransitFavouriteResult = Annotated[
    TransitFavouriteKept | TransitStopUnknown | TransitRouteUnknown | TransitFavouritesFull | IdempotencyConflict,
    strawberry.union("KeepTransitFavouriteResult"),
]
DropTransitFavouriteResult = Annotated[
    TransitFavouriteDropped | IdempotencyConflict, strawberry.union("DropTransitFavouriteResult")
]
WatchTransitTripResult = Annotated[
    TransitWatchSet
    | TransitStopUnknown
    | TransitTripUnknown
    | TransitTripPassed
    | TransitWatchesFull
    | IdempotencyConflict,
    strawberry.union("WatchTransitTripResult"),
]
DropTransitWatchResult = Annotated[
    TransitWatchDropped | TransitWatchUnknown | IdempotencyConflict, strawberry.union("DropTransitWatchResult")
]
_BOARD = 10


@strawberry.type
class TransitQuery:
    @strawberry.field(description="Where one boards near a place, the nearest first.", metadata=everyone())
    async def transit_stops_near(
        self, info: Info, place: PositionInput, metres: float = NEAR, first: int = 20
    ) -> list[NearTransitStop]:
        found = info.context.services.life.transit.stops.near(point_of(place), metres, first)
        return [NearTransitStop.of(one) for one in found]

    @strawberry.field(
        description="By its id, or by the code on its pole; null when there is none.", metadata=everyone()
    )
    async def transit_stop(
        self, info: Info, id: strawberry.ID | None = None, code: str | None = None
    ) -> TransitStop | None:
        stops = info.context.services.life.transit.stops
        if (id is None) == (code is None):
            raise BadInput(field="code")
        found = stops.one(key_of(id, "TransitStop")) if id is not None else stops.by_code(code or "")
        return TransitStop.of(found.table, found.number) if found else None

    @strawberry.field(
        description="By name, as it is written or sounds, or by code; the best first.", metadata=everyone()
    )
    async def search_transit_stops(self, info: Info, words: str, first: int = 20) -> list[TransitStop]:
        found = info.context.services.life.transit.stops.search(words, first)
        return [TransitStop.of(one.table, one.number) for one in found]

    @strawberry.field(description="By name; the best first.", metadata=everyone())
    async def search_transit_routes(self, info: Info, words: str, first: int = 20) -> list[TransitRoute]:
        found = info.context.services.life.transit.stops.search_routes(words, first)
        return [TransitRoute.of(one.table, one.number) for one in found]

    @strawberry.field(description="Null when there is none.", metadata=everyone())
    async def transit_route(self, info: Info, id: strawberry.ID) -> TransitRoute | None:
        found = info.context.services.life.transit.stops.route(key_of(id, "TransitRoute"))
        return TransitRoute.of(found.table, found.number) if found else None

    @strawberry.field(
        description="The next ones, with what is heard of them; at another time by the timetable alone. "
        "Null when there is no such stop.",
        metadata=everyone(),
    )
    async def transit_departures(
        self,
        info: Info,
        stop_id: strawberry.ID,
        first: int = _BOARD,
        route_id: strawberry.ID | None = None,
        at: datetime | None = None,
    ) -> TransitBoard | None:
        route = key_of(route_id, "TransitRoute") if route_id is not None else None
        boards = info.context.services.life.transit.departures
        board = boards.board(key_of(stop_id, "TransitStop"), first, route=route, at=at)
        return TransitBoard.of(board, info.context.locale) if board else None

    @strawberry.field(description="Null when it does not run on that day.", metadata=everyone())
    async def transit_trip(self, info: Info, id: strawberry.ID) -> TransitTrip | None:
        found = info.context.services.life.transit.stops.trip(key_of(id, "TransitTrip"))
        return TransitTrip.of(found) if found else None

    @strawberry.field(
        description="With at most one change, so as to be there earliest; two at most, none when there is none.",
        metadata=everyone(),
    )
    async def transit_journeys(
        self, info: Info, origin: TransitEndInput, target: TransitEndInput, at: datetime | None = None
    ) -> list[TransitJourney]:
        journeys = info.context.services.life.transit.journeys
        found = await journeys.find(origin.parsed(), target.parsed(), at)
        return [TransitJourney.of(found.table, one) for one in found.found if found.table]

    @strawberry.field(description="In the order in which they were kept.", metadata=citizens())
    async def transit_favourites(self, info: Info) -> list[TransitFavourite]:
        transit = info.context.services.life.transit
        kept = await transit.favourites.mine(info.context.viewer)
        return [TransitFavourite.of(one, transit.keeper.held) for one in kept]

    @strawberry.field(description="Open ones, and the last that ended; the newest first.", metadata=citizens())
    async def transit_watches(self, info: Info) -> list[TransitWatch]:
        found = await info.context.services.life.transit.watches.mine(info.context.viewer)
        return [TransitWatch.of(one) for one in found]


@strawberry.type
class TransitMutation:
    @strawberry.mutation(description="Keep a stop or a route at hand.", metadata=citizens())
    async def keep_transit_favourite(
        self, info: Info, input: TransitFavouriteInput, idempotency_key: IdempotencyKey
    ) -> KeepTransitFavouriteResult:
        transit = info.context.services.life.transit
        kept = await transit.favourites.keep(info.context.viewer, input.parsed(), idempotency_key)
        return TransitFavouriteKept(favourite=TransitFavourite.of(kept, transit.keeper.held))

    @strawberry.mutation(description="Keep it no more.", metadata=citizens())
    async def drop_transit_favourite(
        self, info: Info, input: TransitFavouriteInput, idempotency_key: IdempotencyKey
    ) -> DropTransitFavouriteResult:
        transit = info.context.services.life.transit
        dropped = await transit.favourites.drop(info.context.viewer, input.parsed(), idempotency_key)
        return TransitFavouriteDropped(dropped=dropped)

    @strawberry.mutation(
        description="Tell me once when that trip is so many stops away from that stop: 1 to 10.", metadata=citizens()
    )
    async def watch_transit_trip(
        self,
        info: Info,
        trip_id: strawberry.ID,
        stop_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        stops_away: int = 3,
    ) -> WatchTransitTripResult:
        trip, stop = key_of(trip_id, "TransitTrip"), key_of(stop_id, "TransitStop")
        watches = info.context.services.life.transit.watches
        watch = await watches.watch(info.context.viewer, trip, stop, stops_away, idempotency_key)
        return TransitWatchSet(watch=TransitWatch.of(watch))

    @strawberry.mutation(description="Give a watch up.", metadata=citizens())
    async def drop_transit_watch(
        self, info: Info, watch_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> DropTransitWatchResult:
        watches = info.context.services.life.transit.watches
        watch = await watches.drop(info.context.viewer, key_of(watch_id, "TransitWatch"), idempotency_key)
        return TransitWatchDropped(watch=TransitWatch.of(watch))


@strawberry.type
class TransitSubscription:
    @strawberry.subscription(
        description="The board of a stop now, and whenever it changes. Ends at once when there is no such stop.",
        metadata=everyone(),
    )
    async def departures_changed(
        self, info: Info, stop_id: strawberry.ID, first: int = _BOARD
    ) -> AsyncGenerator[TransitBoard, None]:
        boards, locale = info.context.services.life.transit.departures, info.context.locale
        async with boards.live(key_of(stop_id, "TransitStop"), first) as changes:
            async for board in changes:
                yield TransitBoard.of(board, locale)
