"""The jobs as ops see them: what each does, how it went, when it runs next; and a run asked for now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.mongo import Database
from app.core.viewer import Viewer
from app.jobs.errors import JobUnknown
from app.jobs.slots import Run, Slots
from app.jobs.table import JOBS, Job
from app.wiring import City

_RUNS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class JobLine:
    job: Job
    last: Run | None
    next_at: datetime | None


class JobBoard:
    def __init__(self, db: Database, audit: Audit, clock: Clock, jobs: Mapping[str, Job] = JOBS) -> None:
        self._slots = Slots(db, clock)
        self._audit = audit
        self._clock = clock
        self._jobs = jobs

    async def lines(self) -> list[JobLine]:
        """Every job of the table, in its order."""
        now = self._clock.now()
        return [JobLine(job, await self._last(name), job.next_after(now)) for name, job in self._jobs.items()]

    async def runs(self, name: str) -> list[Run]:
        """The newest twenty runs of a job. Raises JobUnknown."""
        return await self._slots.runs(self._named(name).name, _RUNS_SHOWN)

    async def ask(self, viewer: Viewer, name: str) -> Run:
        """Have a worker run it within seconds, beside its schedule. Raises JobUnknown."""
        job = self._named(name)
        asked = await self._slots.ask(job.name, viewer.acting())
        await self._audit.record(viewer, "job.asked", job.name, None, slot=asked.slot)
        return asked

    async def run_here(self, city: City, viewer: Viewer, name: str) -> Run:
        """Run it in this process, now, and tell how it went. Raises JobUnknown."""
        job, slot = self._named(name), self._clock.now()
        await self._audit.record(viewer, "job.asked", job.name, None, slot=slot)
        await self._slots.run_once(name, slot, lambda: job.work(city), job.lease, asked_by=viewer.acting())
        run = await self._slots.of(name, slot)
        assert run is not None
        return run

    async def _last(self, name: str) -> Run | None:
        return next(iter(await self._slots.runs(name)), None)

    def _named(self, name: str) -> Job:
        if name not in self._jobs:
            raise JobUnknown(name)
        return self._jobs[name]
