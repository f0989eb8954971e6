"""Figures of queues, for the desk and for who keeps them."""

from __future__ import annotations

from datetime import date

from app.core.clock import Clock, civil_day
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.appointments.hall.queues.model import Line, Queue, line_id
from app.domains.appointments.hall.queues.store import LineStore, QueueStore
from app.domains.appointments.hall.tickets.model import Ticket
from app.domains.appointments.hall.tickets.store import TicketStore
from app.domains.appointments.hall.waits.model import Figures, figures


class WaitService:
    def __init__(self, queues: QueueStore, lines: LineStore, tickets: TicketStore, clock: Clock) -> None:
        self._queues = queues
        self._lines = lines
        self._tickets = tickets
        self._clock = clock

    @property
    def today(self) -> date:
        return civil_day(self._clock.now())

    async def tickets_of(self, viewer: Viewer, queue: str, request: PageRequest) -> Page[Ticket]:
        """Today's numbers of a queue of the provider's, in their order; of another's none."""
        found = await self._queues.get(queue)
        mine = found is not None and found.organisation == viewer.provider("appointments")
        if found is None or not mine or found.test is not viewer.test_mode:
            return Page((), has_next=False)
        return await self._tickets.page_of(line_id(queue, self.today), request)

    async def of_day(self, day: date, request: PageRequest) -> Page[tuple[Queue, Line]]:
        """For the desk: every queue that somebody came to on that day, by venue and letter."""
        page = await self._lines.page(day, request)
        found = [(await self._queues.get(line.queue), line) for line in page.items]
        return Page(tuple((queue, line) for queue, line in found if queue), page.has_next)

    async def line_and_figures(self, queue: Queue, day: date) -> tuple[Line, Figures | None]:
        """How a queue stood on a day; no figures when nobody came."""
        line = await self._lines.on(queue, day)
        return line, figures(line, await self._tickets.all_of(line.id)) if line.version else None
