"""Keeping stops and routes at hand."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.life.transit.favourites.errors import (
    TransitFavouritesFull,
    TransitRouteUnknown,
    TransitStopUnknown,
)
from app.domains.life.transit.favourites.model import MOST, Favourite, FavouriteKind, FavouriteRef
from app.domains.life.transit.favourites.store import FavouriteStore
from app.domains.life.transit.timetable.service import TimetableKeeper

_KEPT = TypeAdapter(Favourite)
_DROPPED = TypeAdapter(bool)


class FavouriteService:
    def __init__(self, store: FavouriteStore, keeper: TimetableKeeper, idempotency: Idempotency, clock: Clock) -> None:
        self._store = store
        self._keeper = keeper
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer) -> list[Favourite]:
        return await self._store.of(viewer.self_only())

    async def keep(self, viewer: Viewer, ref: FavouriteRef, key: str) -> Favourite:
        """What is kept already is given as it is. Raises TransitStopUnknown, TransitRouteUnknown,
        TransitFavouritesFull, IdempotencyConflict.
        """
        citizen = viewer.self_only()

        async def work(tx: Tx) -> Favourite:
            kept = await self._store.of(citizen, tx)
            same = next((one for one in kept if one.ref == ref), None)
            if same is not None:
                return same
            fresh = Favourite(ref, self._name(ref), self._clock.now())
            if len(kept) >= MOST:
                raise TransitFavouritesFull(MOST)
            await self._store.add(citizen, fresh, tx)
            return fresh

        return await self._idempotency.once(Call.of(viewer, "keepTransitFavourite", key, ref), _KEPT, work)

    async def drop(self, viewer: Viewer, ref: FavouriteRef, key: str) -> bool:
        """Whether it was kept. Raises IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> bool:
            return await self._store.drop(citizen, ref.key, tx)

        return await self._idempotency.once(Call.of(viewer, "dropTransitFavourite", key, ref), _DROPPED, work)

    def _name(self, ref: FavouriteRef) -> str:
        """Raises TransitStopUnknown, TransitRouteUnknown."""
        table = self._keeper.held
        if ref.kind is FavouriteKind.STOP:
            stop = table.stop(ref.id) if table else None
            if table is None or stop is None:
                raise TransitStopUnknown
            return table.stops[stop].name
        route = table.route_numbers.get(ref.id) if table else None
        if table is None or route is None:
            raise TransitRouteUnknown
        if ref.direction not in {table.patterns[n].direction for n in table.of_route[route]}:
            raise TransitRouteUnknown
        return table.routes[route].name
