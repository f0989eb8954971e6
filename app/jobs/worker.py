"""One worker process: its loops, and what runs by the clock."""

from __future__ import annotations

import asyncio

from app.jobs.consumers import each_of
from app.jobs.loops import Loop
from app.jobs.relay import Relay
from app.jobs.sampling import sampling
from app.jobs.schedule import Schedule
from app.wiring import City

_LOOK = 5.0


def loops_of(city: City) -> list[Loop]:
    """What each worker does all the time."""
    relay = Relay(
        city.outbox, each_of(city.dispatcher.tell, city.services.webhook_deliveries.take, city.service_use.take)
    )
    return [
        Loop("relay", relay.round, idle=0.2),
        Loop("webhooks", city.courier.round, idle=0.5),
        Loop("broadcasts", city.broadcaster.round, idle=0.5),
        Loop("exports", city.services.exports.make_next, idle=2.0),
        Loop("audit", city.audit_chain.seal, idle=0.5),
        sampling(city),
    ]


class Worker:
    def __init__(self, city: City) -> None:
        self._schedule = Schedule(city)
        self._loops = [*loops_of(city), Loop("jobs", self._schedule.look, idle=_LOOK)]
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Finish what is claimed, claim no more."""
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop`: what is claimed is finished first."""
        self._schedule.start()
        try:
            await asyncio.gather(*(loop.run(self._stopping) for loop in self._loops))
        finally:
            await self._schedule.stop()
