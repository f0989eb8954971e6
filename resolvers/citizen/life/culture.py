"""What is on, and one's tickets."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.life.culture.events.finding.model import Sought
from app.domains.life.culture.events.model import CultureEventKind
from app.domains.payment.payments.model import Method
from graphql_schema.types.card_errors import NotVerified
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    everyone,
    key_of,
)
from graphql_schema.types.life.culture import CultureEvent, CultureEventsSought, CultureVenue, SeatRow, SessionPlaces
from graphql_schema.types.life.culture_errors import EventSessionOver, EventSessionUnknown
from graphql_schema.types.life.ticket_errors import (
    PurchaseNotOpen,
    PurchaseUnknown,
    ReturnTooLate,
    SeatsInvalid,
    SeatsTaken,
    TicketLimitReached,
    TicketNotGood,
    TicketsNotReturnable,
    TicketsSoldOut,
    TicketUsed,
)
from graphql_schema.types.life.tickets import EventPurchase, EventTicketsTaken, TicketCodeShown, means_of
from graphql_schema.types.payment.code_errors import MerchantNotActive, MerchantUnknown
from graphql_schema.types.payment.errors import (
    AccountClosed,
    AccountFrozen,
    AccountUnknown,
    InsufficientBalance,
    MethodNotPossible,
    PayerBlocked,
    PaymentGatewayMissing,
    PaymentRefused,
)
from graphql_schema.types.payment.refunds import PaymentNotRefundable, RefundTooHigh

BuyEventTicketsResult = Annotated[
    EventTicketsTaken
    | NotVerified
    | EventSessionUnknown
    | EventSessionOver
    | SeatsInvalid
    | SeatsTaken
    | TicketsSoldOut
    | TicketLimitReached
    | MerchantUnknown
    | MerchantNotActive
    | MethodNotPossible
    | InsufficientBalance
    | AccountFrozen
    | AccountClosed
    | AccountUnknown
    | PaymentRefused
    | PayerBlocked
    | PaymentGatewayMissing
    | IdempotencyConflict,
    strawberry.union("BuyEventTicketsResult"),
]
PayEventTicketsResult = Annotated[
    EventTicketsTaken | PurchaseUnknown | PurchaseNotOpen, strawberry.union("PayEventTicketsResult")
]
GiveUpEventTicketsResult = Annotated[
    EventTicketsTaken | PurchaseUnknown | PurchaseNotOpen | IdempotencyConflict,
    strawberry.union("GiveUpEventTicketsResult"),
]
ReturnEventTicketsResult = Annotated[
    EventTicketsTaken
    | PurchaseUnknown
    | TicketsNotReturnable
    | ReturnTooLate
    | EventSessionUnknown
    | PaymentNotRefundable
    | RefundTooHigh
    | IdempotencyConflict,
    strawberry.union("ReturnEventTicketsResult"),
]
ShowTicketCodeResult = Annotated[
    TicketCodeShown | PurchaseUnknown | TicketNotGood | TicketUsed | IdempotencyConflict,
    strawberry.union("ShowTicketCodeResult"),
]


@strawberry.type
class CultureQuery:
    @strawberry.field(description="Houses of culture, by their codes.", metadata=everyone())
    async def culture_venues(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CultureVenue]:
        page = await info.context.services.life.culture.venues.listed(PageRequest.of(first, after))
        locale = info.context.locale
        return connection(page, lambda one: one.id, lambda one: CultureVenue.of(one, locale))

    @strawberry.field(
        description="What is on and not over; what ends first is first. Everything that is said holds together.",
        metadata=everyone(),
    )
    async def culture_events(
        self,
        info: Info,
        kind: CultureEventKind | None = None,
        sought: CultureEventsSought | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[CultureEvent]:
        wanted = sought.parsed(kind) if sought else Sought(kind)
        page = await info.context.services.life.culture.events.to_come(PageRequest.of(first, after), wanted)
        locale = info.context.locale
        return connection(page, lambda one: one.event.turn, lambda one: CultureEvent.of(one, locale))

    @strawberry.field(description="Null when it was never published.", metadata=everyone())
    async def culture_event(self, info: Info, event_id: strawberry.ID) -> CultureEvent | None:
        found = await info.context.services.life.culture.events.one(key_of(event_id, "CultureEvent"))
        return CultureEvent.of(found, info.context.locale) if found else None

    @strawberry.field(description="What can still be had of a session; null of none.", metadata=everyone())
    async def session_places(self, info: Info, session_id: strawberry.ID) -> SessionPlaces | None:
        key = key_of(session_id, "EventSession")
        found = await info.context.services.life.culture.views.places_of(key)
        if found is None:
            return None
        rows = [SeatRow(label=row.label, seats=row.seats) for row in found.rows]
        return SessionPlaces(
            session_id=session_id, free=found.free, numbered=found.numbered, rows=rows, taken=found.taken
        )

    @strawberry.field(description="One's tickets, newest first.", metadata=citizens(live=True))
    async def event_purchases(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[EventPurchase]:
        views, locale = info.context.services.life.culture.views, info.context.locale
        page = await views.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.purchase.id, lambda one: EventPurchase.of(one, locale))

    @strawberry.field(description="Null when there is none, or it is not one's own.", metadata=citizens(live=True))
    async def event_purchase(self, info: Info, purchase_id: strawberry.ID) -> EventPurchase | None:
        views = info.context.services.life.culture.views
        found = await views.one(info.context.viewer, key_of(purchase_id, "EventPurchase"))
        return EventPurchase.of(found, info.context.locale) if found else None


@strawberry.type
class CultureMutation:
    @strawberry.mutation(
        description="`seats` where they are numbered, otherwise `count`. What costs something is paid by `method`: "
        "from the wallet at once, at the gateway within a quarter of an hour.",
        metadata=citizens(live=True),
    )
    async def buy_event_tickets(
        self,
        info: Info,
        session_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        count: int | None = None,
        seats: list[str] | None = None,
        method: Method | None = None,
    ) -> BuyEventTicketsResult:
        tickets, key = info.context.services.life.culture.tickets, key_of(session_id, "EventSession")
        wanted = (count, seats or [], means_of(method))
        bought = await tickets.buy(info.context.viewer, key, *wanted, idempotency_key)
        return EventTicketsTaken(purchase=EventPurchase.of(bought, info.context.locale))

    @strawberry.mutation(description="Where tickets that are held are paid.", metadata=citizens(live=True))
    async def pay_event_tickets(self, info: Info, purchase_id: strawberry.ID) -> PayEventTicketsResult:
        tickets = info.context.services.life.culture.tickets
        found = await tickets.pay_at(info.context.viewer, key_of(purchase_id, "EventPurchase"))
        return EventTicketsTaken(purchase=EventPurchase.of(found, info.context.locale))

    @strawberry.mutation(description="Tickets that are held and not paid are let go.", metadata=citizens(live=True))
    async def give_up_event_tickets(
        self, info: Info, purchase_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> GiveUpEventTicketsResult:
        tickets, key = info.context.services.life.culture.tickets, key_of(purchase_id, "EventPurchase")
        done = await tickets.give_up(info.context.viewer, key, idempotency_key)
        return EventTicketsTaken(purchase=EventPurchase.of(done, info.context.locale))

    @strawberry.mutation(
        description="These tickets, or with none named all that are good. Their money goes back.",
        metadata=citizens(live=True),
    )
    async def return_event_tickets(
        self,
        info: Info,
        purchase_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
        ticket_ids: list[strawberry.ID] | None = None,
    ) -> ReturnEventTicketsResult:
        tickets, key = info.context.services.life.culture.tickets, key_of(purchase_id, "EventPurchase")
        going = [key_of(one, "EventTicket") for one in ticket_ids or ()]
        done = await tickets.give_back(info.context.viewer, key, going, idempotency_key)
        return EventTicketsTaken(purchase=EventPurchase.of(done, info.context.locale))

    @strawberry.mutation(
        description="For the door: a fresh code, good for a minute and once.", metadata=citizens(live=True)
    )
    async def show_ticket_code(
        self,
        info: Info,
        purchase_id: strawberry.ID,
        ticket_id: strawberry.ID,
        idempotency_key: IdempotencyKey,
    ) -> ShowTicketCodeResult:
        admission = info.context.services.life.culture.admission
        which = key_of(purchase_id, "EventPurchase"), key_of(ticket_id, "EventTicket")
        return TicketCodeShown.of(await admission.show(info.context.viewer, *which, idempotency_key))
