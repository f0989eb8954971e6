"""Keeping places at hand, and letting them go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.life.directory.favourites.model import Favourite
from app.domains.life.directory.favourites.store import FavouriteStore
from app.domains.life.directory.places.errors import PlaceUnknown
from app.domains.life.directory.places.model import Place
from app.domains.life.directory.places.service import PlaceService

KEPT = Limit("place_favourite", 200, timedelta(days=1))
_KEPT = TypeAdapter(bool)


class FavouriteService:
    def __init__(
        self, rows: FavouriteStore, places: PlaceService, limits: Limits, idempotency: Idempotency, clock: Clock
    ) -> None:
        self._rows = rows
        self._places = places
        self._limits = limits
        self._idempotency = idempotency
        self._clock = clock

    async def keep(self, viewer: Viewer, place: str, kept: bool, key: str) -> Place:
        """It is among one's own from now on, or is not; what has closed can be let go. Raises PlaceUnknown, PlaceGone,
        RateLimited, IdempotencyConflict.
        """
        citizen, at = viewer.self_only(), await self._places.get(place)
        if at is None:
            raise PlaceUnknown
        call = Call.of(viewer, "keepPlace", key, place, kept)

        async def work(tx: Tx) -> bool:
            if kept:
                await self._limits.count(KEPT, citizen, tx)
                await self._rows.keep(citizen, at.demand_active().id, self._clock.now(), tx)
            else:
                await self._rows.let_go(citizen, at.id, tx)
            return kept

        await self._idempotency.once(call, _KEPT, work)
        return at

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[tuple[Favourite, Place]]:
        """The newest first; what is there no more is told so."""
        page = await self._rows.of(viewer.self_only(), request)
        places = await self._places.many([one.place for one in page.items])
        pairs = tuple((one, places[one.place]) for one in page.items if one.place in places)
        return Page(pairs, page.has_next)

    async def among(self, viewer: Viewer, places: Collection[str]) -> set[str]:
        """Which of these the viewer keeps: nobody who is not signed in keeps any."""
        return await self._rows.among(viewer.subject or "", places) if viewer.role is Role.CITIZEN and places else set()
