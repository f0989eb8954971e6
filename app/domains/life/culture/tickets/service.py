"""Buying tickets and returning them.

The places, the count of what one person has and the purchase are written in one transaction: of those who want the same
place one gets it, and the others are told. What costs something is sold by the till in that transaction, too; what is
paid at the gateway is held for a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import BadInput, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.numbers import new_number
from app.core.outbox import Outbox
from app.core.tills.model import Means, Sale, SaleState, Ware
from app.core.tills.service import Till
from app.core.viewer import Assurance, Viewer
from app.domains.life.culture.events.errors import EventSessionUnknown
from app.domains.life.culture.events.model import CultureEvent, EventSession
from app.domains.life.culture.events.service import EventService
from app.domains.life.culture.events.store import EventStore
from app.domains.life.culture.tickets.errors import (
    PurchaseNotOpen,
    PurchaseUnknown,
    ReturnTooLate,
    SeatsTaken,
    TicketLimitReached,
    TicketsSoldOut,
)
from app.domains.life.culture.tickets.model import (
    HOLD,
    Purchase,
    PurchaseState,
    Ticket,
    Wanted,
    facts_of,
)
from app.domains.life.culture.tickets.seeing.service import SeenPurchase, TicketViews
from app.domains.life.culture.tickets.store import PlaceStore, PurchaseStore
from virtual_card.cards.errors import NotVerified

PREFIX = "YP"
Attempt = Callable[[], Awaitable[Purchase]]
Take = Callable[[int], Awaitable[tuple[str, ...]]]
# Holding places without paying keeps others from them: nobody does it all day.
_BOUGHT = Limit("event tickets", 30, timedelta(hours=1))
_BOUGHT_TYPE: TypeAdapter[Purchase] = TypeAdapter(Purchase)


@dataclass(frozen=True, slots=True)
class _Given:
    """What was returned, and the refund that is to be sent."""

    purchase: Purchase
    refund: str | None


_GIVEN: TypeAdapter[_Given] = TypeAdapter(_Given)


class Lapsing(Protocol):
    async def lapse(self, session: str) -> int:
        """End the holds of a session that are over; how many."""
        ...


class Queue(Protocol):
    """Who waits for what somebody gives up."""

    async def pass_on(self, session: str, tx: Tx) -> int:
        """Offer what is free to the next; how many got an offer."""
        ...

    async def lapse(self, session: str) -> int:
        """End the offers that are over; how many."""
        ...


class TicketService:
    def __init__(
        self,
        events: EventService,
        event_store: EventStore,
        places: PlaceStore,
        purchases: PurchaseStore,
        views: TicketViews,
        lapsing: Lapsing,
        queue: Queue,
        till: Till,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._events = events
        self._event_store = event_store
        self._places = places
        self._purchases = purchases
        self._views = views
        self._lapsing = lapsing
        self._queue = queue
        self._till = till
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def buy(
        self, viewer: Viewer, session: str, count: int | None, seats: Sequence[str], means: Means | None, key: str
    ) -> SeenPurchase:
        """`seats` where they are numbered, otherwise `count`; `means` when it costs something.

        Raises NotVerified, EventSessionUnknown, EventSessionOver, SeatsInvalid, SeatsTaken, TicketsSoldOut,
        TicketLimitReached, RateLimited, IdempotencyConflict, and what the till refuses by name.
        """
        citizen = demand_known(viewer)
        event, found = await self._events.session(session)
        if event.profile.fen and means is None:
            raise BadInput(field="means")
        wanted = Wanted.of(count, seats, found, event.profile.per_person)
        call = Call.of(viewer, "buyEventTickets", key, session, wanted, means)
        new = self._new(citizen, event, found, means)

        async def work(tx: Tx) -> Purchase:
            take: Take = lambda room: self._places.take(session, room, wanted, new.id, tx)  # noqa: E731
            return await self._buy(viewer, new, wanted.count, take, tx)

        async def attempt() -> Purchase:
            await self._limits.demand_room(_BOUGHT, citizen)
            await self._places.demand_some(session, wanted)
            return await self._idempotency.once(call, _BOUGHT_TYPE, work)

        bought = await self._idempotency.alike(call, _BOUGHT_TYPE, lambda: self._with_lapsed(session, attempt))
        await self._limits.take(_BOUGHT, citizen)
        return await self.to_pay(bought)

    async def buy_kept(
        self, viewer: Viewer, session: str, keeper: str, places: tuple[str, ...], means: Means | None, tx: Tx
    ) -> Purchase:
        """These places, which `keeper` has kept for the viewer. Raises as `buy`."""
        event, found = await self._events.session(session)
        new = self._new(viewer.self_only(), event, found, means)

        async def take(room: int) -> tuple[str, ...]:
            await self._places.hand_over(session, places, keeper, new.id, tx)
            return places

        return await self._buy(viewer, new, len(places), take, tx)

    async def to_pay(self, bought: Purchase) -> SeenPurchase:
        """With where it is paid, when that is to be done."""
        way = None
        if bought.state is PurchaseState.HELD and bought.sale is not None:
            with suppress(Unavailable):  # it is held: `pay_at` asks again
                way = await self._till.pay_at(bought.sale)
        return await self._views.of(bought, way)

    async def pay_at(self, viewer: Viewer, purchase: str) -> SeenPurchase:
        """Where a held one is paid. Raises PurchaseUnknown, PurchaseNotOpen, Unavailable (ask again)."""
        found = await self._own(viewer.self_only(), purchase)
        if found.state_at(self._clock.now()) is not PurchaseState.HELD or found.sale is None:
            raise PurchaseNotOpen(found.state_at(self._clock.now()).value)
        return await self._views.of(found, await self._till.pay_at(found.sale))

    async def give_up(self, viewer: Viewer, purchase: str, key: str) -> SeenPurchase:
        """A held one is let go. Raises PurchaseUnknown, PurchaseNotOpen, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> Purchase:
            was = await self._own(citizen, purchase, tx)
            was.demand_held()
            now = was.ended(PurchaseState.GIVEN_UP, "GIVEN_UP")
            await self.end(now, was, tx)
            if was.sale is not None and await self._till.give_up(was.sale, "GIVEN_UP", tx) is SaleState.PAID:
                raise PurchaseNotOpen(PurchaseState.GOOD.value)
            await self._audit.record(viewer, "event_tickets.given_up", purchase, tx, subject=citizen)
            return now

        call = Call.of(viewer, "giveUpEventTickets", key, purchase)
        return await self._views.of(await self._idempotency.once(call, _BOUGHT_TYPE, work))

    async def give_back(self, viewer: Viewer, purchase: str, tickets: Sequence[str], key: str) -> SeenPurchase:
        """These tickets, or with none named all that are good, until the session's deadline; the money goes back.

        Raises PurchaseUnknown, TicketsNotReturnable, ReturnTooLate, EventSessionUnknown, PaymentNotRefundable,
        RefundTooHigh, IdempotencyConflict.
        """
        citizen = viewer.self_only()

        async def work(tx: Tx) -> _Given:
            was = await self._own(citizen, purchase, tx)
            now = was.returned(tickets)
            await self._demand_in_time(was, tx)
            gone = frozenset(was.places) - frozenset(now.places)
            await self._leave(now, was, gone, tx)
            # What the seller gave back at his till before does not go back again.
            due, refund = min(was.fen * len(gone), was.total - was.refunded), None
            if was.sale is not None and due > 0:
                refund = await self._till.give_back(viewer, was.sale, due, tx)
            await self._audit.record(viewer, "event_tickets.returned", purchase, tx, subject=citizen, count=len(gone))
            await self._outbox.add("event_ticket.returned", citizen, tx, **facts_of(now))
            return _Given(await self._own(citizen, purchase, tx), refund)

        call = Call.of(viewer, "returnEventTickets", key, purchase, sorted(tickets))
        given = await self._idempotency.once(call, _GIVEN, work)
        if given.refund is not None:
            await self._till.send(given.refund)
        return await self._views.of(given.purchase)

    # What other parts of the room do with a purchase

    async def end(self, now: Purchase, was: Purchase, tx: Tx) -> None:
        """Write its end and give its places up. Raises PurchaseNotOpen: it was changed meanwhile."""
        await self._leave(now, was, frozenset(was.places), tx)

    async def save(self, now: Purchase, was: Purchase, tx: Tx) -> None:
        """Raises PurchaseNotOpen."""
        if not await self._purchases.save(now, was, tx):
            raise PurchaseNotOpen(was.state.value)

    async def _leave(self, now: Purchase, was: Purchase, places: frozenset[str], tx: Tx) -> None:
        await self.save(now, was, tx)
        await self._places.free_up(was.session, places, was.id, tx)
        await self._purchases.uncount(was.event, was.citizen, len(places), tx)
        await self._queue.pass_on(was.session, tx)

    async def free_lapsed(self, session: str) -> int:
        """Holds and offers that are over make room at once, though no sweep has been there."""
        return await self._lapsing.lapse(session) + await self._queue.lapse(session)

    async def _with_lapsed(self, session: str, attempt: Attempt) -> Purchase:
        try:
            return await attempt()
        except (TicketsSoldOut, SeatsTaken):
            if not await self.free_lapsed(session):
                raise
            return await attempt()

    async def _buy(self, viewer: Viewer, new: Purchase, count: int, take: Take, tx: Tx) -> Purchase:
        """`take` writes the purchase into its places."""
        session = await self._event_store.session(new.session, tx)
        event = await self._event_store.get(new.event, tx)
        if session is None or event is None or not event.published:
            raise EventSessionUnknown
        session.demand_on_sale(self._clock.now())
        most = event.profile.per_person
        left = await self._purchases.count(new.event, new.citizen, count, most, tx)
        if left is not None:
            raise TicketLimitReached(most, left)
        tickets = tuple(Ticket(new_id(), place) for place in await take(session.room))
        bought = replace(new.during(session, self._clock.now()), tickets=tickets)
        await self._purchases.add(bought, tx)
        await self._audit.record(
            viewer, "event_tickets.taken", new.id, tx, subject=new.citizen, session=new.session, count=count
        )
        return await self._sold(bought, tx)

    async def _sold(self, bought: Purchase, tx: Tx) -> Purchase:
        """Free ones are good; what is paid by wallet is when this comes back."""
        if bought.sale is None:
            await self.tell("event_ticket.bought", bought, tx)
            return bought
        assert bought.means is not None
        sale = Sale(
            bought.sale,
            bought.citizen,
            bought.organisation,
            bought.total,
            bought.means,
            Ware.TICKET,
            bought.id,
            bought.number,
        )
        await self._till.sell(sale, tx)
        return await self._own(bought.citizen, bought.id, tx)

    async def tell(self, event: str, purchase: Purchase, tx: Tx) -> None:
        await self._outbox.add(event, purchase.citizen, tx, **facts_of(purchase))

    async def _demand_in_time(self, purchase: Purchase, tx: Tx) -> None:
        """Raises EventSessionUnknown, ReturnTooLate."""
        session = await self._event_store.session(purchase.session, tx)
        event = await self._event_store.get(purchase.event, tx)
        if session is None or event is None:
            raise EventSessionUnknown
        until = session.returnable_until(event.profile)
        if until <= self._clock.now():
            raise ReturnTooLate(until)

    def _new(self, citizen: str, event: CultureEvent, session: EventSession, means: Means | None) -> Purchase:
        now, paid = self._clock.now(), event.profile.fen > 0
        return Purchase(
            id=new_id(),
            number=new_number(civil_day(now).year, PREFIX),
            citizen=citizen,
            event=event.id,
            session=session.id,
            organisation=event.organisation,
            fen=event.profile.fen,
            tickets=(),
            state=PurchaseState.HELD if paid else PurchaseState.GOOD,
            made_at=now,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            hold_until=now + HOLD if paid else None,
            sale=new_id() if paid else None,
            means=means if paid else None,
        )

    async def _own(self, citizen: str, purchase: str, tx: Tx | None = None) -> Purchase:
        found = await self._purchases.of(citizen, purchase, tx)
        if found is None:
            raise PurchaseUnknown
        return found


def demand_known(viewer: Viewer) -> str:
    """The citizen in person, by name: else a tout would be anybody. Raises NotVerified, Forbidden."""
    citizen = viewer.self_only()
    if viewer.assurance is not Assurance.REAL_NAME:
        raise NotVerified
    return citizen
