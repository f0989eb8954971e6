"""Joining the waiting list of a session that is sold out, leaving it, and taking what is offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.tills.model import Means
from app.core.viewer import Viewer
from app.domains.life.culture.events.model import CultureEvent, EventSession
from app.domains.life.culture.events.service import EventService
from app.domains.life.culture.tickets.errors import SeatsInvalid, TicketLimitReached
from app.domains.life.culture.tickets.model import Purchase
from app.domains.life.culture.tickets.seeing.service import SeenPurchase
from app.domains.life.culture.tickets.service import TicketService, demand_known
from app.domains.life.culture.tickets.store import PlaceStore, PurchaseStore
from app.domains.life.culture.venues.model import CultureVenue
from app.domains.life.culture.waiting.errors import TicketsStillThere, WaitingForTooMuch, WaitNotOpen, WaitUnknown
from app.domains.life.culture.waiting.model import Wait, WaitState
from app.domains.life.culture.waiting.passing.service import PassingOn
from app.domains.life.culture.waiting.store import WaitStore

MOST = 20
_WAIT, _PURCHASE = TypeAdapter(Wait), TypeAdapter(Purchase)
_JOINED = Limit("event waiting lists", 30, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class SeenWait:
    """With what it is for, and how many are before him."""

    wait: Wait
    event: CultureEvent | None
    session: EventSession | None
    venue: CultureVenue | None
    ahead: int = 0


class WaitingListService:
    def __init__(
        self,
        waits: WaitStore,
        passing: PassingOn,
        events: EventService,
        tickets: TicketService,
        places: PlaceStore,
        purchases: PurchaseStore,
        limits: Limits,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._waits = waits
        self._passing = passing
        self._events = events
        self._tickets = tickets
        self._places = places
        self._purchases = purchases
        self._limits = limits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def join(self, viewer: Viewer, session: str, count: int, key: str) -> SeenWait:
        """For `count` tickets together.

        Raises NotVerified, EventSessionUnknown, EventSessionOver, SeatsInvalid, TicketLimitReached, TicketsStillThere,
        WaitingAlready, WaitingForTooMuch, RateLimited, IdempotencyConflict.
        """
        citizen = demand_known(viewer)
        event, found = await self._events.session(session)
        most = event.profile.per_person
        if not 1 <= count <= most:
            raise SeatsInvalid
        new = Wait(new_id(), citizen, event.id, session, count, WaitState.WAITING, self._clock.now())
        call = Call.of(viewer, "joinEventWaitingList", key, session, count)

        async def work(tx: Tx) -> Wait:
            found.demand_on_sale(self._clock.now())
            await self._demand_none_free(session, count, tx)
            left = most - await self._purchases.has(event.id, citizen, tx)
            if count > left:
                raise TicketLimitReached(most, max(0, left))
            if len(await self._waits.open_of(citizen, MOST, tx)) >= MOST:
                raise WaitingForTooMuch(MOST)
            await self._waits.add(new, tx)
            await self._audit.record(viewer, "event_wait.joined", new.id, tx, subject=citizen, session=session)
            return new

        async def attempt() -> Wait:
            await self._limits.take(_JOINED, citizen)
            await self._tickets.free_lapsed(session)
            return await self._idempotency.once(call, _WAIT, work)

        return await self._one_seen(await self._idempotency.alike(call, _WAIT, attempt))

    async def leave(self, viewer: Viewer, wait: str, key: str) -> SeenWait:
        """What was offered to him is the next one's. Raises WaitUnknown, WaitNotOpen, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> Wait:
            was = await self._own(citizen, wait, tx)
            left = was.left()
            await self._passing.give_up(left, was, tx)
            await self._audit.record(viewer, "event_wait.left", wait, tx, subject=citizen)
            return left

        call = Call.of(viewer, "leaveEventWaitingList", key, wait)
        return await self._one_seen(await self._idempotency.once(call, _WAIT, work))

    async def take(self, viewer: Viewer, wait: str, means: Means | None, key: str) -> SeenPurchase:
        """What is offered becomes a purchase like any other: paid by wallet at once, at the gateway in a quarter of an
        hour. What it cannot be paid with leaves the offer as it was.

        Raises NotVerified, WaitUnknown, WaitNotOpen, OfferOver, EventSessionUnknown, EventSessionOver,
        TicketLimitReached, IdempotencyConflict, and what the till refuses by name.
        """
        citizen = demand_known(viewer)
        seen = await self._own(citizen, wait)
        event, _ = await self._events.session(seen.session)
        if event.profile.fen and means is None:
            raise BadInput(field="means")

        async def work(tx: Tx) -> Purchase:
            was = await self._own(citizen, wait, tx)
            was.demand_offered(self._clock.now())
            bought = await self._tickets.buy_kept(viewer, was.session, was.id, was.places, means, tx)
            if not await self._waits.save(was.taken(bought.id), was, tx):
                raise WaitNotOpen(was.state.value)
            return bought

        call = Call.of(viewer, "takeOfferedTickets", key, wait, means)
        return await self._tickets.to_pay(await self._idempotency.once(call, _PURCHASE, work))

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[SeenWait]:
        """Newest first."""
        page = await self._waits.page(viewer.self_only(), request)
        return Page(tuple(await self._seen(page.items)), page.has_next)

    async def _demand_none_free(self, session: str, count: int, tx: Tx) -> None:
        """Raises TicketsStillThere."""
        free = await self._places.some(session, count, tx)
        if len(free) >= count:
            raise TicketsStillThere(len(free))

    async def _own(self, citizen: str, wait: str, tx: Tx | None = None) -> Wait:
        found = await self._waits.of(citizen, wait, tx)
        if found is None:
            raise WaitUnknown
        return found

    async def _one_seen(self, wait: Wait) -> SeenWait:
        return (await self._seen([wait]))[0]

    async def _seen(self, waits: Sequence[Wait]) -> list[SeenWait]:
        sessions, events, venues = await self._events.of_sessions([one.session for one in waits])
        seen = []
        for one in waits:
            session = sessions.get(one.session)
            venue = venues.get(session.venue) if session else None
            ahead = await self._waits.ahead_of(one) if one.state is WaitState.WAITING else 0
            seen.append(SeenWait(one, events.get(one.event), session, venue, ahead))
        return seen
