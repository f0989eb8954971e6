"""Putting events on. The places of a session are made before it can be seen; a cancelled one gives all money back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.life.culture.events.errors import (
    CultureEventEmpty,
    CultureEventNotDraft,
    CultureEventOver,
    CultureEventUnknown,
    EventSessionsFull,
    EventSessionUnknown,
    HallBusy,
)
from app.domains.life.culture.events.finding.model import listing_of
from app.domains.life.culture.events.finding.store import ListingStore
from app.domains.life.culture.events.model import (
    MOST_SESSIONS,
    CultureEvent,
    CultureEventState,
    EventSession,
    NewSession,
    Profile,
    demand_times,
    parsed_reason,
)
from app.domains.life.culture.events.store import EventStore
from app.domains.life.culture.venues.service import CULTURE, CultureVenueService

_ID = TypeAdapter(str)


class Places(Protocol):
    async def make(self, session: str, places: Sequence[str]) -> None:
        """Those that are not there yet."""
        ...

    async def unmake(self, session: str) -> None:
        """Of a session that came to nothing."""
        ...


class Holders(Protocol):
    async def tell_moved(self, session: EventSession, tx: Tx) -> None:
        """Have those told who hold tickets."""
        ...

    async def tell_cancelled(self, session: EventSession, tx: Tx) -> None:
        """Have their tickets ended and their money given back."""
        ...


class Staging:
    """All of it by the organisation that keeps the house."""

    def __init__(
        self,
        events: EventStore,
        listings: ListingStore,
        venues: CultureVenueService,
        places: Places,
        holders: Holders,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._events = events
        self._listings = listings
        self._venues = venues
        self._places = places
        self._holders = holders
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def draft(self, viewer: Viewer, profile: Profile, key: str, event: str | None = None) -> str:
        """A new draft, or one as it is to be from now on; its id. Raises Forbidden, CultureInvalid,
        CultureEventUnknown, CultureEventNotDraft, IdempotencyConflict.
        """
        organisation, checked, id_ = viewer.provider(CULTURE), profile.checked(), event or new_id()

        async def work(tx: Tx) -> str:
            if event is None:
                made = CultureEvent(id_, organisation, checked, CultureEventState.DRAFT, self._clock.now())
                await self._events.add(made, tx)
            else:
                was = await self._own(organisation, event, tx)
                await self._save(was.rewritten(checked), was, tx)
            await self._audit.record(viewer, "culture_event.drafted", id_, tx)
            return id_

        return await self._once(viewer, "draftCultureEvent", key, work, event, checked)

    async def add_session(self, viewer: Viewer, event: str, new: NewSession, key: str) -> str:
        """Another session, of a draft or of what is published; the event's id.

        Raises Forbidden, CultureEventUnknown, CultureEventOver, CultureVenueUnknown, HallUnknown, CultureInvalid,
        EventSessionsFull, HallBusy, IdempotencyConflict.
        """
        organisation = viewer.provider(CULTURE)
        hall = (await self._venues.own(organisation, new.venue)).hall(new.hall)
        demand_times(new.starts_at, new.ends_at, self._clock.now())
        made = new.in_hall(new_id(), event, organisation, hall)
        await self._own(organisation, event)
        call = Call.of(viewer, "addEventSession", key, event, new)

        async def work(tx: Tx) -> str:
            was = await self._own(organisation, event, tx)
            if was.state is CultureEventState.CANCELLED:
                raise CultureEventOver
            others = await self._events.sessions([event], tx)
            if len(others) >= MOST_SESSIONS:
                raise EventSessionsFull(MOST_SESSIONS)
            await self._demand_hall(made, tx)
            await self._events.put_session(made, tx)
            await self._save(was.lasting([*others, made]), was, tx)
            await self._audit.record(viewer, "culture_event.session_added", event, tx, session=made.id)
            return event

        async def attempt() -> str:
            await self._places.make(made.id, tuple(hall.places(made.room)))
            try:
                return await self._idempotency.once(call, _ID, work)
            except Outcome:
                await self._places.unmake(made.id)
                raise

        return await self._idempotency.alike(call, _ID, attempt)

    async def publish(self, viewer: Viewer, event: str, key: str) -> str:
        """Raises Forbidden, CultureEventUnknown, CultureEventNotDraft, CultureEventEmpty, IdempotencyConflict."""
        organisation = viewer.provider(CULTURE)

        async def work(tx: Tx) -> str:
            was = await self._own(organisation, event, tx)
            if was.state is not CultureEventState.DRAFT:
                raise CultureEventNotDraft(was.state.value)
            if was.ends_at is None or was.ends_at <= self._clock.now():
                raise CultureEventEmpty
            await self._save(was.published_(), was, tx)
            await self._audit.record(viewer, "culture_event.published", event, tx)
            return event

        return await self._once(viewer, "publishCultureEvent", key, work, event)

    async def cancel(self, viewer: Viewer, event: str, reason: str, key: str) -> str:
        """With all its sessions: who holds tickets is told, and has his money back.

        Raises Forbidden, CultureInvalid, CultureEventUnknown, CultureEventOver, IdempotencyConflict.
        """
        organisation, said = viewer.provider(CULTURE), parsed_reason(reason)

        async def work(tx: Tx) -> str:
            now, was = self._clock.now(), await self._own(organisation, event, tx)
            await self._save(was.cancelled(said, now), was, tx)
            for one in await self._events.sessions([event], tx):
                if one.open and one.ends_at > now:
                    await self._end(one, said, was, tx)
            await self._audit.record(viewer, "culture_event.cancelled", event, tx)
            return event

        return await self._once(viewer, "cancelCultureEvent", key, work, event, said)

    async def cancel_session(self, viewer: Viewer, session: str, reason: str, key: str) -> str:
        """Raises Forbidden, CultureInvalid, EventSessionUnknown, EventSessionOver, IdempotencyConflict."""
        organisation, said = viewer.provider(CULTURE), parsed_reason(reason)

        async def work(tx: Tx) -> str:
            was, event = await self._session(organisation, session, tx)
            await self._end(was, said, event, tx)
            await self._last(event, tx)
            await self._audit.record(viewer, "culture_event.session_cancelled", event.id, tx, session=session)
            return event.id

        return await self._once(viewer, "cancelEventSession", key, work, session, said)

    async def move_session(
        self, viewer: Viewer, session: str, starts_at: datetime, ends_at: datetime, reason: str, key: str
    ) -> str:
        """To another time, in the same hall: tickets stay good, and can be returned until it begins.

        Raises Forbidden, CultureInvalid, EventSessionUnknown, EventSessionOver, HallBusy, IdempotencyConflict.
        """
        organisation, said = viewer.provider(CULTURE), parsed_reason(reason)

        async def work(tx: Tx) -> str:
            was, event = await self._session(organisation, session, tx)
            moved = was.moved(starts_at, ends_at, said, self._clock.now())
            await self._demand_hall(moved, tx)
            await self._save_session(moved, was, tx)
            await self._last(event, tx)
            if event.published:
                await self._holders.tell_moved(moved, tx)
            await self._audit.record(viewer, "culture_event.session_moved", event.id, tx, session=session)
            return event.id

        return await self._once(viewer, "moveEventSession", key, work, session, starts_at, ends_at, said)

    async def _once(
        self, viewer: Viewer, operation: str, key: str, work: Callable[[Tx], Awaitable[str]], *content: object
    ) -> str:
        return await self._idempotency.once(Call.of(viewer, operation, key, *content), _ID, work)

    async def _end(self, session: EventSession, reason: str, event: CultureEvent, tx: Tx) -> None:
        ended = session.cancelled(reason, self._clock.now())
        await self._save_session(ended, session, tx)
        if event.published:
            await self._holders.tell_cancelled(ended, tx)

    async def _last(self, was: CultureEvent, tx: Tx) -> None:
        sessions = await self._events.sessions([was.id], tx)
        lasting = was.lasting(sessions)
        if lasting.ends_at is None and was.published:  # of what is cancelled whole, the day it was for is still known
            await self._list(was, tx)
        else:
            await self._save(lasting, was, tx)

    async def _demand_hall(self, session: EventSession, tx: Tx) -> None:
        """Raises HallBusy. A hall without seats (an exhibition's) may hold several things at once."""
        await self._venues.touch(session.venue, tx)
        if session.numbered and any(session.meets(one) for one in await self._events.in_hall(session, tx)):
            raise HallBusy

    async def _own(self, organisation: str, event: str, tx: Tx | None = None) -> CultureEvent:
        found = await self._events.get(event, tx)
        if found is None or found.organisation != organisation:
            raise CultureEventUnknown
        return found

    async def _session(self, organisation: str, session: str, tx: Tx) -> tuple[EventSession, CultureEvent]:
        found = await self._events.session(session, tx)
        if found is None or found.organisation != organisation:
            raise EventSessionUnknown
        return found, await self._own(organisation, found.event, tx)

    async def _save(self, event: CultureEvent, was: CultureEvent, tx: Tx) -> None:
        if not await self._events.save(event, was, tx):
            raise CultureEventNotDraft(was.state.value)
        if event.published or was.published:
            await self._list(event, tx)

    async def _list(self, event: CultureEvent, tx: Tx) -> None:
        """By what it is found from now on."""
        sessions = await self._events.sessions([event.id], tx)
        venues = await self._venues.many([one.venue for one in sessions])
        listing = listing_of(event, sessions, venues)
        if listing is None:
            await self._listings.drop(event.id, tx)
        else:
            await self._listings.put(listing, tx)

    async def _save_session(self, session: EventSession, was: EventSession, tx: Tx) -> None:
        if not await self._events.save_session(session, was, tx):
            raise EventSessionUnknown
