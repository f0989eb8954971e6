"""What appointments ask of identity, and of who lets some people book earlier."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Protocol

from app.domains.appointments.booking.sweeping.service import SweepService
from app.domains.appointments.hall.tickets.model import TicketState
from app.domains.appointments.hall.tickets.service import TicketService
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.staff.store import StaffStore
from notifications.messages.model import Message

_REMEMBERED = 20_000


class EarlyRelease(Protocol):
    async def earlier(self, citizen: str, venue: str) -> timedelta:
        """By how much earlier this venue's times are given out to this citizen."""
        ...


class Residents:
    """Fulfils `appointments.bookings.service.People`."""

    def __init__(self, citizens: CitizenStore, early: EarlyRelease) -> None:
        self._citizens = citizens
        self._early = early
        # Whose test citizen somebody is never changes.
        self._known: OrderedDict[str, str | None] = OrderedDict()

    async def test_of(self, citizen: str) -> str | None:
        if citizen not in self._known:
            found = await self._citizens.get(citizen)
            self._known[citizen] = found.test_of if found else None
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[citizen]

    async def earlier(self, citizen: str, venue: str) -> timedelta:
        return await self._early.earlier(citizen, venue) if self._early else timedelta(0)


class StaffOfCentre:
    """Fulfils `appointments.contracts.service.Staff`."""

    def __init__(self, staff: StaffStore) -> None:
        self._staff = staff

    async def of_login(self, organisation: str, login: str) -> str | None:
        found = await self._staff.get(self._staff.id_of(organisation, login))
        serves = found is not None and found.organisation == organisation and not found.suspended
        return found.id if found is not None and serves else None


class StillTrueOfBookings:
    """Nobody is reminded of an appointment that was moved or cancelled meanwhile, nor offered a time that has gone."""

    def __init__(self, sweep: SweepService) -> None:
        self._sweep = sweep

    def by_event(self) -> Mapping[str, Callable[[Message], Awaitable[bool]]]:
        return {"appointment.reminder": self.stands, "appointment.offered": self.offered}

    async def stands(self, message: Message) -> bool:
        facts = {name: str(message.facts[name]) for name in ("booking", "day", "time")}
        return await self._sweep.still_stands(citizen=message.citizen, **facts)

    async def offered(self, message: Message) -> bool:
        return await self._sweep.still_offered(str(message.facts["booking"]), message.citizen)


class StillTrueOfTickets:
    """Nobody is told that he is called, or nearly, who has been served, or has left, meanwhile."""

    def __init__(self, tickets: TicketService) -> None:
        self._tickets = tickets

    def by_event(self) -> Mapping[str, Callable[[Message], Awaitable[bool]]]:
        return {"ticket.near": self.waits, "ticket.called": self.is_called}

    async def waits(self, message: Message) -> bool:
        return await self._tickets.state_of(str(message.facts["ticket"]), message.citizen) is TicketState.WAITING

    async def is_called(self, message: Message) -> bool:
        return await self._tickets.state_of(str(message.facts["ticket"]), message.citizen) is TicketState.CALLED
