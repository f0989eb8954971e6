"""What culture asks of the rest of the city."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from app.core.clock import Clock
from app.core.mongo import Part, Tx
from app.core.said import UNSAID, Said
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.service import OrganisationService
from app.domains.identity.rights.erasures.model import Hindrance
from app.domains.life.culture.library.reminding.service import LoanReminders
from app.domains.life.culture.tickets.model import Purchase, PurchaseState
from app.domains.life.culture.tickets.reminding.service import TicketReminders
from app.domains.life.culture.tickets.store import PurchaseStore
from app.domains.life.culture.waiting.model import Wait
from app.domains.life.culture.waiting.store import WaitStore
from app.domains.life.home.model import Due, DueKind
from notifications.messages.model import Message


class CultureHouses:
    """Fulfils `life.culture.venues.service.Houses`."""

    def __init__(self, organisations: OrganisationService) -> None:
        self._organisations = organisations

    def name_of(self, organisation: str) -> str | None:
        node = self._organisations.tree.get(organisation)
        return node.name if node else None


class ReaderNames:
    """Fulfils `life.culture.library.service.Names`."""

    def __init__(self, citizens: CitizenStore) -> None:
        self._citizens = citizens

    async def real_name(self, citizen: str) -> str | None:
        found = await self._citizens.get(citizen)
        return found.name if found is not None and found.verified else None


class StillTrueOfLoans:
    """Nobody is reminded of what he has brought back or renewed meanwhile."""

    def __init__(self, reminders: LoanReminders) -> None:
        self._reminders = reminders

    def by_event(self) -> Mapping[str, Callable[[Message], Awaitable[bool]]]:
        return {"loan.due_soon": self.due}

    async def due(self, message: Message) -> bool:
        return await self._reminders.still_due(message.citizen)


class StillTrueOfEventTickets:
    """Nobody is reminded of what he has returned, or of a time that is another by now."""

    def __init__(self, reminders: TicketReminders) -> None:
        self._reminders = reminders

    def by_event(self) -> Mapping[str, Callable[[Message], Awaitable[bool]]]:
        return {"event_ticket.reminder": self.stands}

    async def stands(self, message: Message) -> bool:
        return await self._reminders.still_true(message.citizen, message.facts)


class TicketHinders:
    """Fulfils `rights.erasures.service.Hinders`: nobody loses what he paid for without having been told."""

    def __init__(self, purchases: PurchaseStore, clock: Clock) -> None:
        self._purchases = purchases
        self._clock = clock

    async def hindrances(self, citizen: str, tx: Tx | None) -> list[Hindrance]:
        there = await self._purchases.has_paid(citizen, self._clock.now(), tx)
        return [Hindrance.TICKETS_PAID] if there else []


class DueTicketOffers:
    """Fulfils `life.home.service.DueRoom`: places that are kept for one who waited."""

    def __init__(self, waits: WaitStore, most: int = 5) -> None:
        self._waits = waits
        self._most = most

    def asks(self, citizen: str, now: datetime) -> Part[tuple[Wait, Said]]:
        return self._waits.offers(citizen, self._most)

    def due(self, found: Sequence[tuple[Wait, Said]], now: datetime) -> list[Due]:
        offers = [(one, name) for one, name in found if not one.lapsed(now)]
        return [Due(DueKind.EVENT_TICKET_OFFERED, one.id, name, UNSAID, one.until) for one, name in offers]


class DueEventTickets:
    """Fulfils `life.home.service.DueRoom`: tickets to pay, and tickets of what is to come."""

    def __init__(self, purchases: PurchaseStore, most: int = 5) -> None:
        self._purchases = purchases
        self._most = most

    def asks(self, citizen: str, now: datetime) -> Part[tuple[Purchase, Said]]:
        return self._purchases.coming(citizen, now, 2 * self._most)

    def due(self, found: Sequence[tuple[Purchase, Said]], now: datetime) -> list[Due]:
        return [
            _due(one, name)
            for one, name in found
            if one.ends_at > now and one.state_at(now) is not PurchaseState.LAPSED
        ]


def _due(one: Purchase, name: Said) -> Due:
    if one.state is PurchaseState.HELD:
        return Due(DueKind.EVENT_TICKET_TO_PAY, one.id, name, UNSAID, one.hold_until, one.total)
    return Due(DueKind.EVENT_TICKET, one.id, name, UNSAID, one.starts_at)
