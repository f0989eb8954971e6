"""Keeping a venue's queues, and opening and closing them for a day."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.appointments.hall.queues.errors import QueueUnknown
from app.domains.appointments.hall.queues.model import Line, Queue
from app.domains.appointments.hall.queues.store import LineStore, QueueStore
from app.domains.appointments.times.venues.errors import ServiceUnknown
from app.domains.appointments.times.venues.service import VenueService

_QUEUE, _LINE = TypeAdapter(Queue), TypeAdapter(Line)


class QueueService:
    def __init__(
        self,
        queues: QueueStore,
        lines: LineStore,
        venues: VenueService,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._queues = queues
        self._lines = lines
        self._venues = venues
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def save(self, viewer: Viewer, queue: Queue, key: str) -> Queue:
        """Make a queue, or change the one of this letter. Raises VenueUnknown, ServiceUnknown, IdempotencyConflict."""
        self._venues.own(viewer, queue.venue)
        for service in queue.services:
            found = self._venues.directory.services.get(service)
            if found is None or found.venue != queue.venue:
                raise ServiceUnknown

        async def work(tx: Tx) -> Queue:
            await self._queues.save(queue, tx)
            await self._audit.record(viewer, "queue.saved", queue.id, tx)
            return queue

        return await self._idempotency.once(Call.of(viewer, "saveQueue", key, queue), _QUEUE, work)

    async def set_open(self, viewer: Viewer, queue: str, open_: bool, key: str) -> Line:
        """Give numbers today, or no more of them. Raises QueueUnknown, IdempotencyConflict."""
        found = await self.own(viewer, queue)

        async def work(tx: Tx) -> Line:
            was = await self._lines.on(found, civil_day(self._clock.now()), tx)
            shut = was.shut(not open_)
            await self._lines.save(shut, was, tx)
            await self._audit.record(viewer, "queue.opened" if open_ else "queue.closed", found.id, tx)
            return shut

        return await self._idempotency.once(Call.of(viewer, "setQueueOpen", key, queue, open_), _LINE, work)

    async def own(self, viewer: Viewer, queue: str) -> Queue:
        """A queue of the provider's, any for the desk. Raises QueueUnknown."""
        found = await self._queues.get(queue)
        if found is None or not _may(viewer, found):
            raise QueueUnknown
        return found

    async def seen(self, queue: str, test_of: str | None) -> Queue | None:
        """One of a venue that this citizen may look at; `test_of` is whose test citizen he is."""
        found = await self._queues.get(queue)
        known = found and found.active and self._venues.venue(found.venue, test_of)
        return found if known else None

    async def of_venue(self, venue: str) -> list[Queue]:
        return [queue for queue in await self._queues.at(venue) if queue.active]

    async def for_service(self, service: str) -> Queue | None:
        """The queue that this service is called in, if it has one."""
        found = self._venues.directory.services.get(service)
        queues = await self.of_venue(found.venue) if found else []
        return next((queue for queue in queues if service in queue.services), None)


def _may(viewer: Viewer, queue: Queue) -> bool:
    if viewer.role is Role.OPS:
        return True
    return queue.organisation == viewer.provider("appointments") and queue.test is viewer.test_mode
