"""How lines stand: who is called when, and who is told that his turn is near."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.core.clock import Clock, civil_day
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.domains.appointments.hall.counters.model import Counter
from app.domains.appointments.hall.counters.store import CounterStore
from app.domains.appointments.hall.queues.model import Line, Queue
from app.domains.appointments.hall.queues.store import LineStore
from app.domains.appointments.hall.tickets.model import Ticket, TicketState
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.appointments.hall.turns.model import NEAR, Pace, Standing, Waiting

LOOKED_BACK = timedelta(hours=1)
# A line that nobody touches moves on with the clock (what was served an hour ago is of no account any more).
_FRESH = timedelta(seconds=15)


class TurnService:
    def __init__(
        self, lines: LineStore, tickets: TicketStore, counters: CounterStore, outbox: Outbox, clock: Clock
    ) -> None:
        self._lines = lines
        self._tickets = tickets
        self._counters = counters
        self._outbox = outbox
        self._clock = clock
        self._seen: dict[str, Standing] = {}

    async def standing(self, queue: Queue) -> Standing:
        """Today's line of a queue. All who look at the same version of it share one reading."""
        now = self._clock.now()
        line = await self._lines.on(queue, civil_day(now))
        seen = self._seen.get(queue.id)
        if seen is not None and seen.line == line and timedelta() <= now - seen.at < _FRESH and seen.queue == queue:
            return seen
        self._seen[queue.id] = read = await self._read(queue, line, now)
        return read

    async def _read(self, queue: Queue, line: Line, now: datetime) -> Standing:
        tickets = await self._tickets.open_in(line.id)
        served = await self._tickets.served_since(line.id, now - LOOKED_BACK)
        called = tuple(one for one in tickets if one.state is TicketState.CALLED)
        pace = _pace([*tickets, *served], served, await self._counters.open_for(queue.id), now)
        waiting = Waiting(one for one in tickets if one.state is TicketState.WAITING)
        return Standing(queue, line, tuple(waiting.in_order(line, now, pace.step)), called, pace, now)

    async def tell_near(self, line: Line, waiting: Sequence[Ticket], tx: Tx) -> None:
        """Whoever has come so far that two at most go before him is told so, once."""
        order = Waiting(waiting).in_order(line, self._clock.now())
        near = [one for _, one in zip(range(NEAR + 1), order, strict=False) if not one.near_told]
        if not near:
            return
        await self._tickets.mark_near(near, tx)
        for one in near:
            if one.citizen is not None:
                facts = {"ticket": one.id, "number": one.number, "test": one.test}
                await self._outbox.add("ticket.near", one.citizen, tx, **facts)


def _pace(seen: Sequence[Ticket], served: Sequence[Ticket], counters: Sequence[Counter], now: datetime) -> Pace:
    busy = [_elapsed(one, now) for one in counters if one.called_at is not None]
    share = sum(1 / len(one.queues) for one in counters) / len(counters) if counters else 1.0
    took = [one.took for one in served if one.took is not None]
    came = (one.lane for one in seen if one.taken_at > now - LOOKED_BACK)
    return Pace.measured(took, busy, len(counters) - len(busy), share, came)


def _elapsed(counter: Counter, now: datetime) -> float:
    return (now - counter.called_at).total_seconds() if counter.called_at else 0.0
