"""When a queue's day is over, whoever is left in it is told, and its counters are closed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Role, Viewer
from app.domains.appointments.hall.counters.model import Counter
from app.domains.appointments.hall.counters.store import CounterStore
from app.domains.appointments.hall.queues.model import Line, Queue
from app.domains.appointments.hall.queues.store import LineStore, QueueStore
from app.domains.appointments.hall.tickets.model import Ticket, TicketState
from app.domains.appointments.hall.tickets.service import Followed
from app.domains.appointments.hall.tickets.store import TicketStore

_WORKER = Viewer(role=Role.OPS, actor="worker")
# Whoever waits when the hours are over is served still; a counter that nobody closed does not keep him for ever.
_GRACE = timedelta(hours=3)
_AT_ONCE = 20


class ClosingService:
    def __init__(
        self,
        db: Database,
        stores: tuple[QueueStore, LineStore, TicketStore, CounterStore],
        followed: Followed,
        outbox: Outbox,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._queues, self._lines, self._tickets, self._counters = stores
        self._followed = followed
        self._outbox = outbox
        self._audit = audit
        self._clock = clock

    async def close_what_is_over(self) -> int:
        """Close lines whose day is over. How many tickets were left over in them. Safe to repeat."""
        closed = 0
        for line in await self._lines.open_until(civil_day(self._clock.now())):
            queue = await self._queues.get(line.queue)
            if queue is not None and await self._over(queue, line):
                closed += await self._close(line)
        return closed

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city stands in no queue. Safe to repeat, and before bookings are ended."""
        for ticket in await self._tickets.open_of(citizen):
            await self._db.transaction(partial(self._leave, by, ticket.id))

    async def _leave(self, by: Viewer, ticket: str, tx: Tx) -> None:
        was = await self._tickets.get(ticket, tx)
        line = await self._lines.get(was.line, tx) if was else None
        if was is None or line is None or was.state not in (TicketState.WAITING, TicketState.ABSENT):
            return  # whoever stands at a counter is settled there
        now = self._clock.now()
        waits = was.state is TicketState.WAITING
        ended = was.left(now, by.acting()) if waits else was.closed(now, by.acting())
        await self._tickets.save(ended, was, tx)
        await self._lines.save(line, line, tx)
        await self._followed.ticket_moved(by, ended, tx)
        await self._audit.record(by, "ticket.left", was.id, tx, subject=was.citizen)

    async def _over(self, queue: Queue, line: Line) -> bool:
        now = self._clock.now()
        if line.day < civil_day(now):
            return True
        counters = await self._counters.open_for(queue.id)
        return queue.hours.over(now) and (not counters or queue.hours.over(now - _GRACE))

    async def _close(self, line: Line) -> int:
        count = 0
        while left := await self._db.transaction(lambda tx: self._some(line.id, tx)):
            count += left
        await self._close_counters(line)
        return count

    async def _close_counters(self, line: Line) -> None:
        """Whoever went home without closing his counter, or without saying that the last number is served; one that is
        at work for another queue stays open.
        """
        before = line.day < civil_day(self._clock.now())
        for counter in await self._counters.open_for(line.queue):
            if civil_day(counter.opened_at) <= line.day and (before or not await self._at_work(counter)):
                await self._db.transaction(partial(self._counters.save, counter.settled().closed()))

    async def _at_work(self, counter: Counter) -> bool:
        at_it = await self._tickets.get(counter.serving) if counter.serving else None
        return at_it is not None and at_it.open

    async def _some(self, line: str, tx: Tx) -> int:
        """A few of those left over; the last time, the line itself."""
        was = await self._lines.get(line, tx)
        if was is None:
            return 0
        left = (await self._tickets.left_over(line, tx))[:_AT_ONCE]
        for ticket in left:
            await self._end(ticket, tx)
        await self._lines.save(was.shut(True), was, tx, done=not left)
        return len(left)

    async def _end(self, was: Ticket, tx: Tx) -> None:
        ended = was.closed(self._clock.now(), _WORKER.acting())
        await self._tickets.save(ended, was, tx)
        await self._followed.ticket_moved(_WORKER, ended, tx)
        if was.citizen is not None and was.state is not TicketState.CALLED:  # who was called has been there
            await self._outbox.add("ticket.closed", was.citizen, tx, ticket=was.id, number=was.number, test=was.test)
        await self._audit.record(_WORKER, "ticket.closed", was.id, tx, subject=was.citizen)
