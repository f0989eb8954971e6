"""Tickets as their holder sees them, and what the door is told."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.money import Money as Sum
from app.core.tills.model import Means
from app.domains.life.culture.admission.model import ShownTicketCode
from app.domains.life.culture.admission.service import SeenAdmission
from app.domains.life.culture.tickets import model as tickets
from app.domains.life.culture.tickets.model import PurchaseState, TicketState
from app.domains.life.culture.tickets.seeing.service import SeenPurchase
from app.domains.payment.payments.errors import MethodNotPossible
from app.domains.payment.payments.model import Method
from graphql_schema.types.common import Money, global_id
from graphql_schema.types.life.culture import CultureVenue
from virtual_card.codes.qr import svg

strawberry.enum(TicketState, name="EventTicketState")
_MEANS = {Method.WALLET: Means.WALLET, Method.CREDIT: Means.CREDIT, Method.GATEWAY: Means.GATEWAY}


def means_of(method: Method | None) -> Means | None:
    """Raises MethodNotPossible."""
    if method is not None and method not in _MEANS:
        raise MethodNotPossible(method.value)
    return _MEANS[method] if method else None


@strawberry.type(description="For one person. `place` is a seat (`C-12`), or a number where seats have none.")
class EventTicket:
    id: strawberry.ID
    place: str
    state: TicketState
    used_at: datetime | None

    @classmethod
    def of(cls, one: tickets.Ticket) -> EventTicket:
        return cls(id=global_id("EventTicket", one.id), place=one.place, state=one.state, used_at=one.used_at)


@strawberry.type(description="Tickets of one session that somebody took together.")
class EventPurchase:
    id: strawberry.ID
    number: str
    state: PurchaseState
    event_id: strawberry.ID
    event: str = strawberry.field(description="How it is called.")
    venue: CultureVenue | None
    hall: str
    starts_at: datetime
    ends_at: datetime
    total: Money | None = strawberry.field(description="Null when they are free.")
    refunded: Money | None = strawberry.field(description="What went back so far.")
    hold_until: datetime | None = strawberry.field(description="Until then they wait to be paid.")
    pay_at: str | None = strawberry.field(description="Where that is done, when it was just asked for.")
    returnable_until: datetime | None
    tickets: list[EventTicket]
    made_at: datetime

    @classmethod
    def of(cls, seen: SeenPurchase, locale: str) -> EventPurchase:
        one, session, event = seen.purchase, seen.session, seen.event
        hall = next((h for h in seen.venue.halls if session and h.code == session.hall), None) if seen.venue else None
        until = session.returnable_until(event.profile) if session and event else None
        return cls(
            id=global_id("EventPurchase", one.id),
            number=one.number,
            state=seen.state,
            event_id=global_id("CultureEvent", one.event),
            event=event.profile.name.within(locale) if event else "",
            venue=CultureVenue.of(seen.venue, locale) if seen.venue else None,
            hall=hall.name.within(locale) if hall else "",
            starts_at=session.starts_at if session else one.starts_at,
            ends_at=session.ends_at if session else one.ends_at,
            total=Money.of(Sum(one.total)) if one.fen else None,
            refunded=Money.of(Sum(one.refunded)) if one.fen else None,
            hold_until=one.hold_until,
            pay_at=seen.pay_at,
            returnable_until=until,
            tickets=[EventTicket.of(ticket) for ticket in one.tickets],
            made_at=one.made_at,
        )


@strawberry.type
class EventTicketsTaken:
    purchase: EventPurchase


@strawberry.type(description="A ticket as it is shown at the door: good for a minute, and once.")
class TicketCodeShown:
    text: str
    svg: str = strawberry.field(description="The same as a picture.")
    ticket_id: strawberry.ID
    place: str
    expires_at: datetime

    @classmethod
    def of(cls, shown: ShownTicketCode) -> TicketCodeShown:
        ticket = global_id("EventTicket", shown.ticket)
        return cls(
            text=shown.text, svg=svg(shown.text), ticket_id=ticket, place=shown.place, expires_at=shown.expires_at
        )


@strawberry.type(description="Who comes in is not named: the door learns of the ticket only.")
class TicketAdmitted:
    event: str
    session_id: strawberry.ID
    place: str
    number: str
    inside: int = strawberry.field(description="So many of the purchase are in,")
    of: int = strawberry.field(description="of so many.")
    at: datetime

    @classmethod
    def read(cls, seen: SeenAdmission, locale: str) -> TicketAdmitted:
        one = seen.admitted
        return cls(
            event=seen.event.profile.name.within(locale) if seen.event else "",
            session_id=global_id("EventSession", one.session),
            place=one.place,
            number=one.number,
            inside=one.inside,
            of=one.of,
            at=one.at,
        )
