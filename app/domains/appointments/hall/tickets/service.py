"""Taking a number, giving it back, coming back after a missed call, and watching it move."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.changes import Changes
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.appointments.hall.queues.errors import QueueUnknown
from app.domains.appointments.hall.queues.model import Lane, Line, Queue
from app.domains.appointments.hall.queues.store import LineStore, QueueStore
from app.domains.appointments.hall.tickets.errors import TicketHeld, TicketUnknown, TooManyNumbers
from app.domains.appointments.hall.tickets.model import (
    Priority,
    Step,
    TakenBy,
    Ticket,
    TicketState,
    ticket_id,
    venue_of,
)
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.appointments.hall.turns.model import Place, Standing
from app.domains.appointments.hall.turns.service import TurnService
from app.domains.identity.citizens.model import Citizen
from app.domains.identity.citizens.store import CitizenStore
from virtual_card.cards.errors import NotVerified

_TICKET = TypeAdapter(Ticket)
T = TypeVar("T")
MOST_NUMBERS = 5
# Groups of `citizens.tags` that go before others by law.
_TAGS = {"disabled": Priority.DISABILITY, "military": Priority.MILITARY, "veteran": Priority.MILITARY}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a number is asked for. `citizen` is None for who has no card; `attested` is what the desk saw of him."""

    taken_by: TakenBy
    citizen: Citizen | None = None
    service: str | None = None
    attested: Priority | None = None
    booking: str | None = None
    booked_for: datetime | None = None
    own_number: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A ticket, and where it stands (None when it does not wait)."""

    ticket: Ticket
    place: Place | None
    queue: Queue


class Followed(Protocol):
    """What follows a ticket, in the same transaction: its booking, and the count of visits."""

    async def ticket_moved(self, viewer: Viewer, ticket: Ticket, tx: Tx) -> None: ...


class TicketService:
    def __init__(
        self,
        queues: QueueStore,
        lines: LineStore,
        tickets: TicketStore,
        turns: TurnService,
        citizens: CitizenStore,
        followed: Followed,
        changes: Changes,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._queues = queues
        self._lines = lines
        self._tickets = tickets
        self._turns = turns
        self._citizens = citizens
        self._followed = followed
        self._changes = changes
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def take(self, viewer: Viewer, queue: str, service: str | None, key: str) -> Ticket:
        """A number by phone, for the subject.

        Raises QueueUnknown, QueueClosed, QueueFull, TicketHeld, TooManyNumbers, NotVerified, IdempotencyConflict.
        """
        call = Call.of(viewer, "takeNumber", key, queue, service)
        citizen = await self._citizens.get(viewer.citizen())
        if citizen is None or not citizen.verified:
            raise NotVerified
        found = await self._reached(queue, citizen)
        return await self.issue(viewer, found, Wanted(TakenBy.PHONE, citizen, service), call)

    async def issue(self, viewer: Viewer, queue: Queue, wanted: Wanted, call: Call) -> Ticket:
        """A number for whom the caller has made out.

        Raises QueueUnknown (it is not for this service), QueueClosed, QueueFull, TicketHeld, TooManyNumbers.
        """
        if wanted.service is not None and wanted.service not in queue.services:
            raise QueueUnknown
        standing = await self._turns.standing(queue)

        async def work(tx: Tx) -> Ticket:
            return await self.add(viewer, standing, wanted, tx)

        async with self._lines.one_at_a_time(queue.venue):
            return await self._idempotency.once(call, _TICKET, work)

    async def add(self, viewer: Viewer, standing: Standing, wanted: Wanted, tx: Tx) -> Ticket:
        """As `issue`, within a transaction; `standing` is what the estimate is made of."""
        queue, now = standing.queue, self._clock.now()
        line = await self._lines.on(queue, civil_day(now), tx)
        if wanted.booked_for is None:  # whoever booked is expected
            queue.demand_open(line, now)
        await self._demand_none(line, wanted, tx)
        made = _ticket(viewer, queue, line, wanted, now)
        place = standing.if_taken(made)
        ticket = replace(made, estimate=place.wait, near_told=place.ahead == 0)
        await self._lines.save(line.issuing(ticket.lane, queue.quota), line, tx)
        await self._tickets.add(ticket, tx)
        await self._audit.record(viewer, "ticket.taken", ticket.id, tx, subject=ticket.citizen)
        return ticket

    async def one_at_a_time(self, venue: str, work: Awaitable[T]) -> T:
        """Work that adds a number, in its turn (see `LineStore.one_at_a_time`)."""
        async with self._lines.one_at_a_time(venue):
            return await work

    async def leave(self, viewer: Viewer, ticket: str, key: str) -> Ticket:
        """Give a number back. Raises TicketUnknown, TicketNotOpen, IdempotencyConflict."""

        async def work(tx: Tx) -> Ticket:
            was, line = await self._mine(viewer, ticket, tx)
            left = was.left(self._clock.now(), viewer.acting())
            await self._keep(viewer, left, was, line, tx, "ticket.left")
            await self._turns.tell_near(line, await self._tickets.waiting(line.id, tx), tx)
            return left

        async with self._lines.one_at_a_time(venue_of(ticket)):
            return await self._idempotency.once(Call.of(viewer, "leaveQueue", key, ticket), _TICKET, work)

    async def come_back(self, viewer: Viewer, ticket: str, key: str) -> Ticket:
        """After a missed call, once. Raises TicketUnknown, TicketOfAnotherDay, TicketNotOpen, AlreadyReturned."""

        async def work(tx: Tx) -> Ticket:
            was, line = await self._mine(viewer, ticket, tx)
            return await self.put_back(viewer, was, line, tx)

        async with self._lines.one_at_a_time(venue_of(ticket)):
            return await self._idempotency.once(Call.of(viewer, "returnToQueue", key, ticket), _TICKET, work)

    async def put_back(self, viewer: Viewer, was: Ticket, line: Line, tx: Tx) -> Ticket:
        """Raises TicketOfAnotherDay, TicketNotOpen, AlreadyReturned."""
        now = self._clock.now()
        was.demand_of(civil_day(now))
        back = was.came_back(line.calls, now, viewer.acting())
        await self._keep(viewer, back, was, line, tx, "ticket.returned")
        return back

    async def mine(self, viewer: Viewer) -> list[Shown]:
        """The subject's numbers of today, newest first."""
        today = civil_day(self._clock.now())
        return [await self._shown(one) for one in await self._tickets.on_day(viewer.citizen(), today)]

    async def one(self, viewer: Viewer, ticket: str) -> Shown | None:
        found = await self._tickets.of(ticket, viewer.citizen())
        return await self._shown(found) if found else None

    async def state_of(self, ticket: str, citizen: str) -> TicketState | None:
        """Whether what is told of it still holds."""
        found = await self._tickets.of(ticket, citizen)
        return found.state if found else None

    @asynccontextmanager
    async def live(self, viewer: Viewer, ticket: str) -> AsyncIterator[AsyncIterator[Shown]]:
        """How it stands now, and after each change of its line. Nothing, when it is not the viewer's."""
        found = await self._tickets.of(ticket, viewer.citizen())
        async with self._changes.of("queue_lines", found.venue if found else "") as rows:
            yield self._follow(viewer, ticket, rows)

    async def _follow(
        self, viewer: Viewer, ticket: str, rows: AsyncIterator[dict[str, object]]
    ) -> AsyncIterator[Shown]:
        last = await self.one(viewer, ticket)
        if last is None:
            return
        yield last
        async for row in rows:
            if not last.ticket.open and last.ticket.state is not TicketState.ABSENT:
                return
            if row["_id"] == last.ticket.line or row["queue"] == last.ticket.queue:
                shown = await self.one(viewer, ticket)
                if shown is not None and shown != last:
                    yield shown
                    last = shown

    async def _shown(self, ticket: Ticket) -> Shown:
        queue = await self._queues.get(ticket.queue)
        if queue is None:
            raise QueueUnknown
        waits = ticket.state is TicketState.WAITING
        return Shown(ticket, (await self._turns.standing(queue)).place(ticket.id) if waits else None, queue)

    async def _reached(self, queue: str, citizen: Citizen) -> Queue:
        """Raises QueueUnknown: of a test venue only its own test citizens know."""
        found = await self._queues.get(queue)
        if found is None or citizen.test_of != (found.organisation if found.test else None):
            raise QueueUnknown
        return found

    async def _demand_none(self, line: Line, wanted: Wanted, tx: Tx) -> None:
        """Raises TicketHeld, TooManyNumbers. Whoever takes a number changes the line: two at once cannot pass here."""
        if wanted.citizen is None:
            return
        taken = await self._tickets.in_line(line.id, wanted.citizen.id, tx)
        if held := next((one for one in taken if one.open), None):
            raise TicketHeld(number=held.number)
        if wanted.booking is None and sum(one.booking is None for one in taken) >= MOST_NUMBERS:
            raise TooManyNumbers(most=MOST_NUMBERS)

    async def _mine(self, viewer: Viewer, ticket: str, tx: Tx) -> tuple[Ticket, Line]:
        """Raises TicketUnknown."""
        found = await self._tickets.of(ticket, viewer.citizen(), tx)
        line = await self._lines.get(found.line, tx) if found else None
        if found is None or line is None:
            raise TicketUnknown
        return found, line

    async def _keep(self, viewer: Viewer, now: Ticket, was: Ticket, line: Line, tx: Tx, action: str) -> None:
        await self._tickets.save(now, was, tx)
        await self._lines.save(line, line, tx)
        await self._followed.ticket_moved(viewer, now, tx)
        await self._audit.record(viewer, action, was.id, tx, subject=was.citizen)


def priority_of(citizen: Citizen | None, attested: Priority | None, queue: Queue, at: datetime) -> Priority | None:
    """Why this person goes before others, if at all: by what the city knows, or what the desk has seen."""
    if citizen is None:
        return attested
    by_tag = next((_TAGS[tag] for tag in citizen.tags if tag in _TAGS), None)
    by_age = Priority.AGE if citizen.has_reached(queue.priority_age, civil_day(at)) else None
    return attested or by_tag or by_age


def _ticket(viewer: Viewer, queue: Queue, line: Line, wanted: Wanted, now: datetime) -> Ticket:
    priority = priority_of(wanted.citizen, wanted.attested, queue, now)
    lane = Lane.BOOKED if wanted.booked_for else Lane.PRIORITY if priority else Lane.ORDINARY
    return Ticket(
        id=ticket_id(queue.venue, line.day, line.next_number),
        number=line.next_number,
        queue=queue.id,
        line=line.id,
        venue=queue.venue,
        organisation=queue.organisation,
        day=line.day,
        citizen=wanted.citizen.id if wanted.citizen else None,
        lane=lane,
        rank=wanted.booked_for or now,
        taken_at=now,
        taken_by=wanted.taken_by,
        state=TicketState.WAITING,
        history=(Step(TicketState.WAITING, now, viewer.acting()),),
        priority=priority,
        service=wanted.service,
        booking=wanted.booking,
        own_number=wanted.own_number,
        test=queue.test,
    )
