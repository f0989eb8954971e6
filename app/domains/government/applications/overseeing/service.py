"""Looking over all units: what is under way, what is late, who has it; and giving back what nobody goes on with."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.numbers import parsed_number
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.government.applications.errors import ServiceApplicationUnknown
from app.domains.government.applications.history.model import State
from app.domains.government.applications.history.service import Steps
from app.domains.government.applications.model import Application
from app.domains.government.applications.store import ApplicationStore

_APPLICATION = TypeAdapter(Application)


class OverseeingService:
    def __init__(self, applications: ApplicationStore, steps: Steps, idempotency: Idempotency, clock: Clock) -> None:
        self._applications = applications
        self._steps = steps
        self._idempotency = idempotency
        self._clock = clock

    async def in_state(self, state: State, request: PageRequest) -> Page[Application]:
        """Newest first, without what people wrote."""
        return await self._applications.in_state(state, request)

    async def late(self, request: PageRequest) -> Page[Application]:
        """Overdue and under way, newest first."""
        return await self._applications.late(request)

    async def one(self, application: str) -> Application | None:
        return await self._applications.bare(application)

    async def by_number(self, number: str) -> Application | None:
        wanted = parsed_number(number)
        found = await self._applications.id_of(wanted) if wanted else None
        return await self.one(found) if found else None

    async def release(self, viewer: Viewer, application: str, reason: str, key: str) -> Application:
        """Who has taken it over is away: others of its unit may take it over again.

        Raises ServiceApplicationUnknown, NotHeld, IdempotencyConflict.
        """

        async def work(tx: Tx) -> Application:
            was = await self._applications.bare(application, tx)
            if was is None:
                raise ServiceApplicationUnknown
            released = was.released(viewer, self._clock.now(), over=True)
            return await self._steps.keep(viewer, released, was, tx, words=False, reason=reason)

        call = Call.of(viewer, "releaseApplicationAtDesk", key, application, reason)
        return await self._idempotency.once(call, _APPLICATION, work)
