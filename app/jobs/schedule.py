"""When each job's slots are due, and the runs this worker has under way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from app.core.clock import CITY_TIME
from app.jobs.slots import Slots
from app.jobs.table import JOBS, Job
from app.wiring import City

_PATIENCE = 5.0  # seconds a stop waits for runs under way


class Schedule:
    def __init__(self, city: City, jobs: Mapping[str, Job] = JOBS, slots: Slots | None = None) -> None:
        self._city = city
        self._jobs = jobs
        self._slots = slots or Slots(city.db, city.clock)
        self._scheduler = AsyncIOScheduler(timezone=CITY_TIME)
        self._under_way: dict[tuple[str, datetime], asyncio.Task[bool]] = {}
        self._seen: dict[str, datetime] = {}
        for job in jobs.values():
            self._scheduler.add_job(self._fire, job.trigger, args=[job], misfire_grace_time=None, coalesce=True)

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """Runs under way may end; after five seconds they are cancelled, and given back for another worker to take."""
        self._scheduler.shutdown(wait=False)
        running = list(self._under_way.values())
        if running:
            await asyncio.wait(running, timeout=_PATIENCE)
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def look(self) -> int:
        """Begin what is due and was missed, what another worker left, what somebody asked for; wait for none of it."""
        for job in self._jobs.values():
            await self._fire(job)
        for name, slot in await self._slots.abandoned():
            if name in self._jobs:
                self._begin(self._jobs[name], slot)
        return 0

    async def _fire(self, job: Job) -> None:
        """The slot's time is the table's, not the moment of the call: a worker that is late means the same slot."""
        slot = job.latest(self._city.clock.now())
        if slot is not None and slot > self._seen.get(job.name, slot.min.replace(tzinfo=slot.tzinfo)):
            self._seen[job.name] = slot
            self._begin(job, slot)

    def _begin(self, job: Job, slot: datetime) -> None:
        key = (job.name, slot)
        if key in self._under_way:
            return
        work = self._slots.run_once(job.name, slot, lambda: job.work(self._city), job.lease)
        task = asyncio.create_task(work, name=f"job {job.name}")
        self._under_way[key] = task
        task.add_done_callback(lambda _: self._under_way.pop(key, None))
