"""At the door: whoever shows his card's code checks in for his booking, or draws a number.

The code is verified as everywhere: it is good once, and the citizen sees in his ledger who looked.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.appointments.booking.bookings.model import Booking, BookingState
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.seating.service import Seating
from app.domains.appointments.hall.arrivals.errors import (
    AlreadyCheckedIn,
    CameTooEarly,
    CameTooLate,
    NoBookingToday,
    WrongVenue,
)
from app.domains.appointments.hall.arrivals.model import EARLY, LATE, CheckedIn, Coming, coming, meant
from app.domains.appointments.hall.queues.errors import QueueClosed, QueueFull, QueueUnknown
from app.domains.appointments.hall.queues.service import QueueService
from app.domains.appointments.hall.tickets.model import Priority, TakenBy, Ticket
from app.domains.appointments.hall.tickets.service import TicketService, Wanted
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.appointments.hall.turns.service import TurnService
from app.domains.appointments.hall.visits.service import VisitService
from app.domains.appointments.times.venues.model import Venue, VenueKind
from app.domains.appointments.times.venues.service import VenueService
from app.domains.identity.citizens.model import Citizen
from app.domains.identity.citizens.store import CitizenStore
from virtual_card.cards.errors import NoCard
from virtual_card.codes.model import Purpose
from virtual_card.codes.service import CodeService
from virtual_card.disclosures.store import DisclosureStore

_CHECKED_IN, _TICKET = TypeAdapter(CheckedIn), TypeAdapter(Ticket)
_MEDICAL = (VenueKind.HOSPITAL, VenueKind.VACCINATION)


@dataclass(frozen=True, slots=True)
class Door:
    """What is needed to make out who comes."""

    codes: CodeService
    disclosures: DisclosureStore
    citizens: CitizenStore

    async def admit(self, viewer: Viewer, venue: Venue, code: str, key: str) -> Citizen:
        """Raises what `CodeService.verify` raises."""
        purpose = Purpose.HOSPITAL if venue.kind in _MEDICAL else Purpose.SERVICE_HALL
        verified = await self.codes.verify(viewer, code, purpose, key)
        made = await self.disclosures.made_by(verified.id, viewer.provider())
        citizen = await self.citizens.get(made.citizen) if made else None
        if citizen is None:
            raise NoCard
        return citizen


class ArrivalService:
    def __init__(
        self,
        door: Door,
        venues: VenueService,
        queues: QueueService,
        tickets: TicketService,
        ticket_store: TicketStore,
        turns: TurnService,
        bookings: BookingStore,
        seating: Seating,
        visits: VisitService,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._door = door
        self._venues = venues
        self._queues = queues
        self._tickets = tickets
        self._ticket_store = ticket_store
        self._turns = turns
        self._bookings = bookings
        self._seating = seating
        self._visits = visits
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def check_in(self, viewer: Viewer, venue: str, code: str, key: str) -> CheckedIn:
        """Raises VenueUnknown, NoBookingToday, CameTooEarly, CameTooLate, AlreadyCheckedIn, WrongVenue, QueueUnknown,
        TicketHeld, IdempotencyConflict, and what `CodeService.verify` raises.
        """
        here, call = self._venues.own(viewer, venue), Call.of(viewer, "checkIn", key, venue, code)
        before = await self._idempotency.replay(call, _CHECKED_IN)
        if before is not None:
            return before
        citizen = await self._door.admit(viewer, here, code, key)
        booking = await self._booked(here, citizen)
        late = coming(booking, self._clock.now()) is Coming.LATE
        queue = await self._queues.for_service(booking.service)
        if queue is None:
            raise QueueUnknown
        standing = await self._turns.standing(queue)
        wanted = Wanted(
            TakenBy.CHECK_IN,
            citizen,
            booking.service,
            booking=booking.id,
            booked_for=None if late else booking.starts_at,
            own_number=booking.own_number,
        )

        async def work(tx: Tx) -> CheckedIn:
            try:
                ticket = await self._tickets.add(viewer, standing, wanted, tx)
            except (QueueClosed, QueueFull):
                raise CameTooLate(until=booking.starts_at + LATE) from None
            arrived = booking.at_counter(BookingState.ARRIVED, frozenset({BookingState.BOOKED}))
            await self._seating.save(arrived, booking, tx)
            await self._visits.made(ticket, tx)
            await self._audit.record(viewer, "booking.arrived", booking.id, tx, subject=citizen.id)
            return CheckedIn(ticket, booking.id, late)

        return await self._tickets.one_at_a_time(queue.venue, self._idempotency.once(call, _CHECKED_IN, work))

    async def draw(
        self, viewer: Viewer, queue: str, code: str | None, attested: Priority | None, service: str | None, key: str
    ) -> Ticket:
        """A number at the kiosk: by the card's code, or on paper for who has no card (`attested` is what the desk saw).

        Raises QueueUnknown, QueueClosed, QueueFull, TicketHeld, TooManyNumbers, IdempotencyConflict, and what
        `CodeService.verify` raises.
        """
        call = Call.of(viewer, "drawNumber", key, queue, code, attested, service)
        found = await self._queues.own(viewer, queue)
        before = await self._idempotency.replay(call, _TICKET)
        if before is not None:
            return before
        venue = self._venues.own(viewer, found.venue)
        citizen = await self._door.admit(viewer, venue, code, key) if code else None
        return await self._tickets.issue(viewer, found, Wanted(TakenBy.KIOSK, citizen, service, attested), call)

    async def _booked(self, venue: Venue, citizen: Citizen) -> Booking:
        """Raises NoBookingToday, AlreadyCheckedIn, WrongVenue, CameTooEarly."""
        now = self._clock.now()
        today = [one for one in await self._bookings.open_of(citizen.id) if one.day == civil_day(now)]
        here = [one for one in today if one.venue == venue.id]
        booking = meant([one for one in here if one.state is BookingState.BOOKED], now)
        if booking is None:
            await self._explain(venue, citizen, today)
            raise NoBookingToday
        if coming(booking, now) is Coming.EARLY:
            raise CameTooEarly(opens_at=booking.starts_at - EARLY)
        return booking

    async def _explain(self, venue: Venue, citizen: Citizen, today: list[Booking]) -> None:
        """Why there is nothing to check in for. What is booked elsewhere is said to who keeps that place, too, only.

        Raises AlreadyCheckedIn, WrongVenue.
        """
        held = await self._ticket_store.open_of(citizen.id)
        if mine := next((one for one in held if one.venue == venue.id and one.booking is not None), None):
            raise AlreadyCheckedIn(number=mine.number)
        for booking in today:
            other = self._venues.directory.venues.get(booking.venue)
            known = other is not None and other.organisation == venue.organisation and other.id != venue.id
            if other is not None and known and booking.state is BookingState.BOOKED:
                raise WrongVenue(venue=other.id, starts_at=booking.starts_at)
