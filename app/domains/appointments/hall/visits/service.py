"""Counting visits, and having a booking follow its ticket, always in the transaction of the ticket itself."""

from __future__ import annotations

from app.core.clock import Clock, civil_day
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.appointments.booking.bookings.model import Booking, BookingState, CancelledBy
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.appointments.booking.seating.service import Seating
from app.domains.appointments.hall.tickets.model import Ticket, TicketState
from app.domains.appointments.hall.visits.model import Visit
from app.domains.appointments.hall.visits.store import VisitStore
from app.domains.appointments.times.venues.service import VenueService

_HERE = frozenset({BookingState.ARRIVED, BookingState.CALLED})
_NOT_REACHED = Said("当天没有叫到您的号。", "Your number was not called before the day ended.")


class VisitService:
    """Fulfils `tickets.service.Followed`."""

    def __init__(
        self,
        visits: VisitStore,
        bookings: BookingStore,
        seating: Seating,
        venues: VenueService,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._visits = visits
        self._bookings = bookings
        self._seating = seating
        self._venues = venues
        self._outbox = outbox
        self._clock = clock

    async def made(self, ticket: Ticket, tx: Tx) -> None:
        """Somebody came: once a day and matter that is counted, and told to whom it matters."""
        service = self._venues.directory.services.get(ticket.service or "")
        if ticket.citizen is None or service is None:
            return
        now = self._clock.now()
        visit = Visit(
            citizen=ticket.citizen,
            venue=ticket.venue,
            organisation=ticket.organisation,
            service=service.id,
            item=service.item,
            day=civil_day(now),
            at=now,
            ticket=ticket.id,
            booking=ticket.booking,
        )
        if await self._visits.add(visit, tx):
            facts = {"venue": visit.venue, "organisation": visit.organisation, "item": visit.item}
            more = {"booking": visit.booking, "ticket": visit.ticket, "day": visit.day.isoformat()}
            await self._outbox.add("visit.made", visit.citizen, tx, **facts, **more, test=ticket.test)

    async def ticket_moved(self, viewer: Viewer, ticket: Ticket, tx: Tx) -> None:
        if ticket.state is TicketState.SERVED:
            await self.made(ticket, tx)
        if ticket.booking is None or ticket.citizen is None:
            return
        was = await self._bookings.get(ticket.booking, ticket.citizen, tx)
        if was is not None and was.state in _HERE:
            await self._follow(was, ticket, tx)

    async def _follow(self, was: Booking, ticket: Ticket, tx: Tx) -> None:
        match ticket.state:
            case TicketState.CALLED:
                await self._move(was, BookingState.CALLED, tx)
            case TicketState.WAITING:
                await self._move(was, BookingState.ARRIVED, tx)
            case TicketState.LEFT:
                await self._seating.save(was.left_queue(_HERE), was, tx)
            case TicketState.SERVED:
                await self._seating.finish(was.at_counter(BookingState.SERVED, _HERE), was, tx)
            case TicketState.CLOSED:
                await self._seating.finish(self._closed(was, ticket), was, tx)
            case TicketState.ABSENT:
                pass  # until the day is over he may come back

    async def _move(self, was: Booking, to: BookingState, tx: Tx) -> None:
        if was.state is not to:
            await self._seating.save(was.at_counter(to, _HERE), was, tx)

    def _closed(self, was: Booking, ticket: Ticket) -> Booking:
        """Whoever waited until the end was let down by the venue, and is refunded; whoever missed his call was not.
        Whoever stood at a counter was served, though nobody said so.
        """
        if was.state is BookingState.CALLED:
            ended = BookingState.NO_SHOW if ticket.missed else BookingState.SERVED
            return was.at_counter(ended, _HERE)
        booked = was.at_counter(BookingState.BOOKED, _HERE)
        return booked.cancelled(CancelledBy.VENUE, self._clock.now(), _NOT_REACHED)
