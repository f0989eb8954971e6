"""A ticket's code: 128 random bits that mean nothing outside, of which the hash is kept. It says nothing of its holder.

The door needs the city for it: a ticket is used once, whichever of the doors of a house reads it, and a door without
network could not know what another has read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.errors import Outcome
from app.domains.life.culture.admission.errors import (
    AdmissionNotYet,
    AdmissionOver,
    TicketCodeExpired,
    TicketCodeMalformed,
    TicketCodeUnknown,
    TicketCodeUsed,
    TicketNotGood,
    TicketUsed,
)
from app.domains.life.culture.events.model import EventSession
from app.domains.life.culture.tickets.model import Purchase, PurchaseState, Ticket, TicketState
from virtual_card.codes.errors import CodeMalformed
from virtual_card.codes.online import hash_online_code, new_online_code

PREFIX = "RONGYP:"
LIFE = timedelta(seconds=60)
# When the app renews a code, the one before stays good for a moment: it may be under a scanner right now.
OVERLAP = timedelta(seconds=10)
_DOORS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class ShownTicketCode:
    """As the phone shows it."""

    text: str
    ticket: str
    place: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TicketCode:
    """As the city keeps it."""

    hash: str
    purchase: str
    ticket: str
    citizen: str
    organisation: str
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the door is told: which event and place, and how many of this purchase are in; not who it is."""

    ticket: str
    event: str
    session: str
    place: str
    number: str
    inside: int
    of: int
    at: datetime


def new_code() -> str:
    return new_online_code(PREFIX)


def hash_of(text: str) -> str:
    """Raises TicketCodeMalformed."""
    try:
        return hash_online_code(text, PREFIX)
    except CodeMalformed:
        raise TicketCodeMalformed from None


def refusal(code: TicketCode | None, organisation: str) -> Outcome:
    """Why the guarded update did not take this code."""
    if code is None or code.organisation != organisation:
        return TicketCodeUnknown()
    return TicketCodeUsed() if code.used_at is not None else TicketCodeExpired()


def demand_good(purchase: Purchase, ticket: str) -> Ticket:
    """Raises TicketNotGood, TicketUsed."""
    found = purchase.ticket(ticket)
    if found is None or purchase.state is not PurchaseState.GOOD or found.state is TicketState.RETURNED:
        raise TicketNotGood
    if found.used_at is not None:
        raise TicketUsed(found.used_at)
    return found


def demand_doors_open(session: EventSession, now: datetime) -> None:
    """Two hours before it begins, until it is over. Raises AdmissionNotYet, AdmissionOver."""
    opens_at = session.starts_at - _DOORS
    if now < opens_at:
        raise AdmissionNotYet(opens_at)
    if session.ends_at <= now:
        raise AdmissionOver


def admitted(purchase: Purchase, ticket: Ticket, now: datetime) -> Admitted:
    inside = sum(one.state is TicketState.USED for one in purchase.tickets)
    return Admitted(
        ticket.id, purchase.event, purchase.session, ticket.place, purchase.number, inside, len(purchase.places), now
    )
