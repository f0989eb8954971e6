"""Calling people to a counter, one at a time, and settling what becomes of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.appointments.hall.counters.errors import CounterUnknown, NobodyWaiting
from app.domains.appointments.hall.counters.model import Counter
from app.domains.appointments.hall.counters.service import CounterService
from app.domains.appointments.hall.counters.store import CounterStore
from app.domains.appointments.hall.queues.errors import QueueUnknown
from app.domains.appointments.hall.queues.model import Line, line_id
from app.domains.appointments.hall.queues.service import QueueService
from app.domains.appointments.hall.queues.store import LineStore
from app.domains.appointments.hall.tickets.errors import TicketUnknown
from app.domains.appointments.hall.tickets.model import Ticket, venue_of
from app.domains.appointments.hall.tickets.service import Followed, TicketService
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.appointments.hall.turns.model import Turn, Waiting
from app.domains.appointments.hall.turns.service import TurnService

_TICKET = TypeAdapter(Ticket)


@dataclass(frozen=True, slots=True)
class _Here:
    """A counter, the ticket at it and its line, as read in a transaction."""

    counter: Counter
    ticket: Ticket
    line: Line


Change = Callable[[_Here, Tx], Awaitable[Ticket]]


class CallService:
    def __init__(
        self,
        stores: tuple[CounterStore, LineStore, TicketStore],
        counters: CounterService,
        queues: QueueService,
        taking: TicketService,
        turns: TurnService,
        followed: Followed,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._counters, self._lines, self._tickets = stores
        self._desks = counters
        self._queues = queues
        self._taking = taking
        self._turns = turns
        self._followed = followed
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def call_next(self, viewer: Viewer, counter: str, key: str) -> Ticket:
        """Call whose turn it is; two counters never call the same.

        Raises CounterUnknown, CounterClosed, CounterBusy, NobodyWaiting, IdempotencyConflict.
        """
        venue = self._desks.own(viewer, counter)

        async def work(tx: Tx) -> Ticket:
            here = await self._counters.get(counter, tx)
            if here is None:
                raise CounterUnknown
            here.demand_free()
            was, turn, waiting = await self._next(here, tx)
            at = self._clock.now()
            called = turn.ticket.called(counter, at, viewer.acting())
            await self._counters.save(here.calling(called.id, called.number, at), tx)
            await self._tickets.save(called, turn.ticket, tx)
            await self._lines.save(turn.line, was, tx)
            await self._turns.tell_near(turn.line, [one for one in waiting if one.id != called.id], tx)
            await self._tell_called(called, tx)
            await self._note(viewer, "ticket.called", called, tx)
            return called

        async with self._lines.one_at_a_time(venue):
            return await self._idempotency.once(Call.of(viewer, "callNext", key, counter), _TICKET, work)

    async def recall(self, viewer: Viewer, counter: str, key: str) -> Ticket:
        """Call once more whom nobody has seen. Raises CounterUnknown, NobodyCalled, IdempotencyConflict."""

        async def change(here: _Here, tx: Tx) -> Ticket:
            recalled = here.ticket.recalled(self._clock.now(), viewer.acting())
            await self._tell_called(recalled, tx)
            return recalled

        return await self._change(viewer, "recall", "ticket.called", counter, key, change, settles=False)

    async def mark_served(self, viewer: Viewer, counter: str, key: str) -> Ticket:
        """Raises CounterUnknown, NobodyCalled, IdempotencyConflict."""

        async def change(here: _Here, tx: Tx) -> Ticket:
            return here.ticket.served(self._clock.now(), viewer.acting())

        return await self._change(viewer, "markServed", "ticket.served", counter, key, change)

    async def mark_absent(self, viewer: Viewer, counter: str, key: str) -> Ticket:
        """Nobody came. Whoever comes back is called after three others, once.

        Raises CounterUnknown, NobodyCalled, IdempotencyConflict.
        """

        async def change(here: _Here, tx: Tx) -> Ticket:
            absent = here.ticket.absent(self._clock.now(), viewer.acting())
            if absent.citizen is not None:
                facts = {"ticket": absent.id, "number": absent.number, "test": absent.test}
                await self._outbox.add("ticket.absent", absent.citizen, tx, **facts)
            return absent

        return await self._change(viewer, "markAbsent", "ticket.absent", counter, key, change)

    async def send_to_counter(self, viewer: Viewer, counter: str, other: str, key: str) -> Ticket:
        """The next whom the other counter calls. Raises CounterUnknown, NobodyCalled, IdempotencyConflict."""
        venue = self._desks.own(viewer, other)

        async def change(here: _Here, tx: Tx) -> Ticket:
            target = await self._counters.get(other, tx)
            unfit = target is None or not target.open or venue != here.counter.venue or other == counter
            if target is None or unfit or here.ticket.queue not in target.queues:
                raise CounterUnknown
            return here.ticket.sent_to_counter(other, self._clock.now(), viewer.acting())

        return await self._change(viewer, "transferToCounter", "ticket.transferred", counter, key, change, other)

    async def send_to_queue(self, viewer: Viewer, counter: str, queue: str, key: str) -> Ticket:
        """Into another queue of the venue, with the same rank.

        Raises CounterUnknown, NobodyCalled, QueueUnknown, IdempotencyConflict.
        """
        other = await self._queues.own(viewer, queue)

        async def change(here: _Here, tx: Tx) -> Ticket:
            if other.venue != here.counter.venue or other.id == here.ticket.queue or not other.active:
                raise QueueUnknown
            line = await self._lines.on(other, civil_day(self._clock.now()), tx)
            await self._lines.save(line, line, tx)
            return here.ticket.sent_to_queue(other.id, line.id, self._clock.now(), viewer.acting())

        return await self._change(viewer, "transferToQueue", "ticket.transferred", counter, key, change, queue)

    async def put_back(self, viewer: Viewer, ticket: str, key: str) -> Ticket:
        """Whoever missed the call stands before the desk again.

        Raises TicketUnknown, TicketOfAnotherDay, TicketNotOpen, AlreadyReturned, IdempotencyConflict.
        """

        async def work(tx: Tx) -> Ticket:
            was = await self._own_ticket(viewer, ticket, tx)
            line = await self._lines.get(was.line, tx)
            if line is None:
                raise TicketUnknown
            return await self._taking.put_back(viewer, was, line, tx)

        async with self._lines.one_at_a_time(venue_of(ticket)):
            return await self._idempotency.once(Call.of(viewer, "putBack", key, ticket), _TICKET, work)

    async def _own_ticket(self, viewer: Viewer, ticket: str, tx: Tx) -> Ticket:
        """Raises TicketUnknown."""
        found, mine = await self._tickets.get(ticket, tx), viewer.provider("appointments")
        if found is None or found.organisation != mine or found.test is not viewer.test_mode:
            raise TicketUnknown
        return found

    async def _next(self, counter: Counter, tx: Tx) -> tuple[Line, Turn, list[Ticket]]:
        """Of those who would be next in each of its queues, whoever ranks first. Raises NobodyWaiting."""
        at, found = self._clock.now(), []
        for queue in counter.queues:
            line = await self._lines.get(line_id(queue, civil_day(at)), tx)
            waiting = await self._tickets.waiting(line.id, tx) if line else []
            turn = Waiting(waiting).call(line, at, counter.id) if line else None
            if line is not None and turn is not None:
                found.append((line, turn, waiting))
        if not found:
            raise NobodyWaiting
        return min(found, key=lambda one: (one[1].ticket.bound_to != counter.id, one[1].ticket.rank))

    async def _change(
        self,
        viewer: Viewer,
        operation: str,
        action: str,
        counter: str,
        key: str,
        change: Change,
        *content: Any,
        settles: bool = True,
    ) -> Ticket:
        """Do something with the ticket at this counter."""
        venue = self._desks.own(viewer, counter)

        async def work(tx: Tx) -> Ticket:
            here = await self._here(counter, tx)
            moved = await change(here, tx)
            await self._tickets.save(moved, here.ticket, tx)
            if settles:
                await self._counters.save(here.counter.settled(), tx)
            await self._lines.save(here.line, here.line, tx)
            await self._note(viewer, action, moved, tx)
            return moved

        async with self._lines.one_at_a_time(venue):
            return await self._idempotency.once(Call.of(viewer, operation, key, counter, *content), _TICKET, work)

    async def _here(self, counter: str, tx: Tx) -> _Here:
        """Raises CounterUnknown, NobodyCalled."""
        found = await self._counters.get(counter, tx)
        if found is None:
            raise CounterUnknown
        ticket = await self._tickets.get(found.demand_serving(), tx)
        line = await self._lines.get(ticket.line, tx) if ticket else None
        assert ticket is not None
        assert line is not None
        return _Here(found, ticket, line)

    async def _tell_called(self, ticket: Ticket, tx: Tx) -> None:
        if ticket.citizen is not None and ticket.counter is not None:
            name = self._desks.name_of(ticket.counter)
            facts = {"ticket": ticket.id, "number": ticket.number, "counter": {"zh": name.zh, "en": name.en}}
            await self._outbox.add("ticket.called", ticket.citizen, tx, **facts, test=ticket.test)

    async def _note(self, viewer: Viewer, action: str, ticket: Ticket, tx: Tx) -> None:
        await self._followed.ticket_moved(viewer, ticket, tx)
        await self._audit.record(viewer, action, ticket.id, tx, subject=ticket.citizen)
