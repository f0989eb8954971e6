"""Houses of culture: the desk enters and changes them, everybody reads them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.life.culture.venues.errors import CultureVenueUnknown
from app.domains.life.culture.venues.model import CultureVenue
from app.domains.life.culture.venues.store import CultureVenueStore

CULTURE = "culture"
_VENUE = TypeAdapter(CultureVenue)


class InCity(Protocol):
    def demand(self, point: Point) -> None:
        """Raises OutsideCity."""
        ...


class Houses(Protocol):
    def name_of(self, organisation: str) -> str | None:
        """None: there is no such organisation."""
        ...


class CultureVenueService:
    def __init__(
        self, venues: CultureVenueStore, in_city: InCity, houses: Houses, audit: Audit, idempotency: Idempotency
    ) -> None:
        self._venues = venues
        self._in_city = in_city
        self._houses = houses
        self._audit = audit
        self._idempotency = idempotency

    async def put(self, viewer: Viewer, venue: CultureVenue, key: str) -> CultureVenue:
        """By the desk. Raises CultureInvalid, OutsideCity, CultureVenueUnknown (no such organisation),
        IdempotencyConflict.
        """
        checked = venue.checked()
        self._in_city.demand(checked.point)
        if self._houses.name_of(venue.organisation) is None:
            raise CultureVenueUnknown

        async def work(tx: Tx) -> CultureVenue:
            await self._venues.put(checked, tx)
            await self._audit.record(viewer, "culture_venue.put", checked.id, tx, organisation=checked.organisation)
            return checked

        return await self._idempotency.once(Call.of(viewer, "putCultureVenue", key, checked), _VENUE, work)

    async def listed(self, request: PageRequest) -> Page[CultureVenue]:
        return await self._venues.page(request)

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[CultureVenue]:
        """The provider's own. Raises Forbidden."""
        return await self._venues.page(request, viewer.provider(CULTURE))

    async def get(self, venue: str) -> CultureVenue | None:
        return await self._venues.get(venue)

    async def many(self, venues: Collection[str]) -> dict[str, CultureVenue]:
        return await self._venues.many(venues) if venues else {}

    async def own(self, organisation: str, venue: str, tx: Tx | None = None) -> CultureVenue:
        """One that this organisation keeps. Raises CultureVenueUnknown."""
        found = await self._venues.get(venue, tx)
        if found is None or not found.active or found.organisation != organisation:
            raise CultureVenueUnknown
        return found

    async def touch(self, venue: str, tx: Tx) -> None:
        """Before looking whether a hall is free: nobody else looks at the same moment."""
        await self._venues.touch(venue, tx)
