"""Reading purchases and places."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.core.clock import Clock
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.life.culture.events.model import CultureEvent, EventSession
from app.domains.life.culture.events.service import EventService
from app.domains.life.culture.tickets.model import Purchase, PurchaseState, Sold
from app.domains.life.culture.tickets.store import PlaceStore, PurchaseStore
from app.domains.life.culture.venues.model import CultureVenue, SeatRow, rows_of


@dataclass(frozen=True, slots=True)
class SeenPurchase:
    """A purchase with what it is for. `pay_at`: where it is paid, when it waits for that."""

    purchase: Purchase
    state: PurchaseState
    event: CultureEvent | None
    session: EventSession | None
    venue: CultureVenue | None
    pay_at: str | None = None


@dataclass(frozen=True, slots=True)
class SeenPlaces:
    """`taken`: the seats that somebody holds, where they are numbered."""

    free: int
    numbered: bool
    rows: tuple[SeatRow, ...]
    taken: list[str]


class Waiters(Protocol):
    async def waiting(self, sessions: Collection[str]) -> Mapping[str, int]:
        """How many wait, by session."""
        ...


class TicketViews:
    def __init__(
        self, events: EventService, places: PlaceStore, purchases: PurchaseStore, waiters: Waiters, clock: Clock
    ) -> None:
        self._events = events
        self._places = places
        self._purchases = purchases
        self._waiters = waiters
        self._clock = clock

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[SeenPurchase]:
        """Newest first."""
        page = await self._purchases.page(viewer.self_only(), request)
        return Page(tuple(await self.all_of(page.items)), page.has_next)

    async def one(self, viewer: Viewer, purchase: str) -> SeenPurchase | None:
        found = await self._purchases.of(viewer.self_only(), purchase)
        return await self.of(found) if found else None

    async def places_of(self, session: str) -> SeenPlaces | None:
        """What can still be had of one; None when it is none that tickets are had for. Its rows are those it was sold
        with: the hall may have others by now, or be gone.
        """
        sessions, events, venues = await self._events.of_sessions([session])
        found = sessions.get(session)
        if found is None or not events[found.event].published or not found.open:
            return None
        if not found.numbered:
            return SeenPlaces((await self._places.free([session]))[session], found.numbered, (), [])
        places, venue = await self._places.all(session), venues.get(found.venue)
        halls = venue.halls if venue else ()
        order = [row.label for hall in halls if hall.code == found.hall for row in hall.rows]
        taken = sorted(place for place, held in places.items() if held)
        return SeenPlaces(len(places) - len(taken), found.numbered, rows_of(places, order), taken)

    async def sold(self, sessions: Sequence[str]) -> Mapping[str, Sold]:
        """For who sells them."""
        if not sessions:
            return {}
        sold, waiting = await self._purchases.sold(sessions), await self._waiters.waiting(sessions)
        return {session: replace(one, waiting=waiting[session]) for session, one in sold.items()}

    async def of(self, purchase: Purchase, pay_at: str | None = None) -> SeenPurchase:
        return replace((await self.all_of([purchase]))[0], pay_at=pay_at)

    async def all_of(self, purchases: Sequence[Purchase]) -> list[SeenPurchase]:
        sessions, events, venues = await self._events.of_sessions([one.session for one in purchases])
        now = self._clock.now()
        seen = []
        for one in purchases:
            session = sessions.get(one.session)
            venue = venues.get(session.venue) if session else None
            seen.append(SeenPurchase(one, one.state_at(now), events.get(one.event), session, venue))
        return seen
