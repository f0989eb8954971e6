"""Opening counters for queues, and closing them."""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import BadInput
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.appointments.hall.counters.errors import CounterUnknown
from app.domains.appointments.hall.counters.model import MOST_QUEUES, Counter
from app.domains.appointments.hall.counters.store import CounterStore
from app.domains.appointments.hall.queues.errors import QueueUnknown
from app.domains.appointments.hall.queues.model import Line, line_id
from app.domains.appointments.hall.queues.service import QueueService
from app.domains.appointments.hall.queues.store import LineStore
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.appointments.times.venues.errors import ResourceUnknown
from app.domains.appointments.times.venues.service import VenueService

_COUNTER = TypeAdapter(Counter)


class CounterService:
    def __init__(
        self,
        counters: CounterStore,
        queues: QueueService,
        lines: LineStore,
        tickets: TicketStore,
        venues: VenueService,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._counters = counters
        self._queues = queues
        self._lines = lines
        self._tickets = tickets
        self._venues = venues
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def open(self, viewer: Viewer, counter: str, queues: list[str], key: str) -> Counter:
        """Open a counter for these queues, or for others than before.

        Raises CounterUnknown, CounterBusy, QueueUnknown, IdempotencyConflict.
        """
        if not 1 <= len(queues) <= MOST_QUEUES:
            raise BadInput(field="queues")
        venue = self.own(viewer, counter)
        found = [await self._queues.own(viewer, queue) for queue in dict.fromkeys(queues)]
        if any(queue.venue != venue for queue in found):
            raise QueueUnknown
        opened = Counter(
            counter, venue, viewer.provider(), tuple(q.id for q in found), self._clock.now(), viewer.acting()
        )

        async def work(tx: Tx) -> Counter:
            was = await self._counters.get(counter, tx)
            if was is not None and was.open:
                was.demand_settled()
            await self._counters.save(replace(opened, version=was.version if was else 0), tx)
            await self._touch({*opened.queues, *(was.queues if was and was.open else ())}, tx)
            await self._audit.record(viewer, "counter.opened", counter, tx)
            return opened

        return await self._idempotency.once(Call.of(viewer, "openCounter", key, counter, queues), _COUNTER, work)

    async def close(self, viewer: Viewer, counter: str, key: str) -> Counter:
        """Those who were sent to it stand in their lines again. Raises CounterUnknown, CounterBusy."""
        self.own(viewer, counter)

        async def work(tx: Tx) -> Counter:
            was = await self._counters.get(counter, tx)
            if was is None:
                raise CounterUnknown
            closed = was.closed()
            await self._counters.save(closed, tx)
            for line in await self._touch(set(was.queues), tx):
                for ticket in await self._tickets.waiting(line.id, tx):
                    if ticket.bound_to == counter:
                        await self._tickets.save(replace(ticket, bound_to=None), ticket, tx)
            await self._audit.record(viewer, "counter.closed", counter, tx)
            return closed

        return await self._idempotency.once(Call.of(viewer, "closeCounter", key, counter), _COUNTER, work)

    async def at(self, viewer: Viewer, venue: str) -> list[Counter]:
        """Of a venue of the provider's; of another's none."""
        mine = any(one.id == venue for one in self._venues.kept_by(viewer))
        return await self._counters.at(venue) if mine else []

    async def open_at(self, venue: str) -> list[Counter]:
        """For the desk."""
        return [counter for counter in await self._counters.at(venue) if counter.open]

    def name_of(self, counter: str) -> Said:
        found = self._venues.directory.resources.get(counter)
        return found.name if found else Said(counter)

    def own(self, viewer: Viewer, counter: str) -> str:
        """The venue of a counter of the provider's. Raises CounterUnknown."""
        try:
            return self._venues.own_resource(viewer, counter).venue
        except ResourceUnknown:
            raise CounterUnknown from None

    async def _touch(self, queues: set[str], tx: Tx) -> list[Line]:
        """Whoever looks at these lines looks again."""
        today = civil_day(self._clock.now())
        lines = [line for queue in sorted(queues) if (line := await self._lines.get(line_id(queue, today), tx))]
        await self._lines.touch(lines, tx)
        return lines
