"""What is on, as everybody reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.core.clock import Clock
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.life.culture.events.errors import CultureEventUnknown, EventSessionUnknown
from app.domains.life.culture.events.finding.model import Sought, metres_to
from app.domains.life.culture.events.finding.store import ListingStore
from app.domains.life.culture.events.model import CultureEvent, CultureEventState, EventSession
from app.domains.life.culture.events.store import EventStore
from app.domains.life.culture.venues.model import CultureVenue
from app.domains.life.culture.venues.service import CULTURE, CultureVenueService

ANYTHING = Sought()
_LOOKS, _LOOKED_AT = 5, 50


@dataclass(frozen=True, slots=True)
class Programme:
    """An event with its sessions in the order of time, and the houses they are in. `metres` from whoever asks, when he
    said where he is.
    """

    event: CultureEvent
    sessions: tuple[EventSession, ...]
    venues: Mapping[str, CultureVenue]
    metres: int | None = None

    def near(self, place: Point | None, most: int) -> Programme | None:
        """None: it is farther than that."""
        if place is None:
            return self
        metres = metres_to(place, self.sessions, self.venues)
        return replace(self, metres=metres) if metres is not None and metres <= most else None


class EventService:
    def __init__(self, events: EventStore, listings: ListingStore, venues: CultureVenueService, clock: Clock) -> None:
        self._events = events
        self._listings = listings
        self._venues = venues
        self._clock = clock

    async def to_come(self, request: PageRequest, sought: Sought = ANYTHING) -> Page[Programme]:
        """Published and not over, the first to end first; the key is the event's `turn`. Raises BadInput."""
        checked = sought.checked()
        if not checked.anything:
            return await self._found(request, checked)
        page = await self._events.to_come(self._clock.now(), request, checked.kind)
        return Page(tuple(await self.programmes(page.items)), page.has_next)

    async def _found(self, request: PageRequest, sought: Sought) -> Page[Programme]:
        """What lies in the cells around a place is measured here: so a page may take more than one look, and a small
        one looks no less far than a large one.
        """
        found: list[Programme] = []
        look = max(request.first, _LOOKED_AT) if sought.near else request.first
        rest = PageRequest(look, request.after)
        for _ in range(_LOOKS):
            turns = await self._listings.find(sought, self._clock.now(), rest)
            events = await self._events.many([event for event, _ in turns]) if turns else {}
            shown = await self.programmes([events[event] for event, _ in turns if event in events])
            found += [near for one in shown if (near := one.near(sought.near, sought.metres)) is not None]
            if len(turns) <= look or len(found) > request.first:
                break
            rest = PageRequest(look, turns[-1][1])
        return Page.cut(found, request)

    async def one(self, event: str) -> Programme | None:
        """A published one, or one that was cancelled after people could see it."""
        found = await self._events.get(event)
        if found is None or found.state is CultureEventState.DRAFT or found.ends_at is None:
            return None
        return (await self.programmes([found]))[0]

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Programme]:
        """The provider's own, newest first, drafts too. Raises Forbidden."""
        page = await self._events.of_organisation(viewer.provider(CULTURE), request)
        return Page(tuple(await self.programmes(page.items)), page.has_next)

    async def own(self, viewer: Viewer, event: str) -> Programme:
        """Raises Forbidden, CultureEventUnknown."""
        found = await self._events.get(event)
        if found is None or found.organisation != viewer.provider(CULTURE):
            raise CultureEventUnknown
        return (await self.programmes([found]))[0]

    async def page(self, request: PageRequest, state: CultureEventState | None = None) -> Page[CultureEvent]:
        """For the desk, newest first."""
        return await self._events.page(request, state)

    async def any(self, event: str) -> Programme | None:
        """For the desk."""
        found = await self._events.get(event)
        return (await self.programmes([found]))[0] if found else None

    async def session(self, session: str) -> tuple[CultureEvent, EventSession]:
        """One that tickets are had for. Raises EventSessionUnknown."""
        found = await self._events.session(session)
        event = await self._events.get(found.event) if found else None
        if found is None or event is None or not event.published:
            raise EventSessionUnknown
        return event, found

    async def of_sessions(
        self, sessions: Sequence[str]
    ) -> tuple[Mapping[str, EventSession], Mapping[str, CultureEvent], Mapping[str, CultureVenue]]:
        """For a page of tickets: the sessions, their events and their houses, by id."""
        if not sessions:
            return {}, {}, {}
        found = await self._events.these_sessions(sessions)
        events = await self._events.many([one.event for one in found.values()])
        return found, events, await self._venues.many([one.venue for one in found.values()])

    async def programmes(self, events: Sequence[CultureEvent]) -> list[Programme]:
        if not events:
            return []
        sessions = await self._events.sessions([one.id for one in events])
        venues = await self._venues.many([one.venue for one in sessions])
        return [Programme(one, tuple(s for s in sessions if s.event == one.id), venues) for one in events]
