"""One worker process: the relay, and APScheduler with its own memory store."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from app.core.clock import CITY_TIME
from app.jobs.expiry import tell_of_expiring_cards
from app.jobs.relay import Relay
from app.jobs.slots import Job, Slots
from app.wiring import City

log = structlog.get_logger()


class Worker:
    def __init__(self, city: City) -> None:
        self._city = city
        self._relay = Relay(city.outbox, city.services.notifications.tell)
        self._slots = Slots(city.db, city.clock)
        self._scheduler = AsyncIOScheduler(timezone=CITY_TIME)
        self._jobs: dict[str, Job] = {"expiring-cards": lambda: tell_of_expiring_cards(city)}
        self._at("expiring-cards", CronTrigger(hour=9, timezone=CITY_TIME))

    def stop(self) -> None:
        self._relay.stop()

    async def run(self) -> None:
        """Until `stop`: what is claimed is finished first."""
        self._scheduler.add_job(self._take_over_abandoned, CronTrigger(minute="*", timezone=CITY_TIME))
        self._scheduler.start()
        try:
            await self._relay.run()
        finally:
            self._scheduler.shutdown(wait=False)
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)

    def _at(self, name: str, trigger: CronTrigger) -> None:
        self._scheduler.add_job(self._run_slot, trigger, args=[name], misfire_grace_time=60, coalesce=True)

    async def _run_slot(self, name: str) -> None:
        slot = datetime.now(UTC).replace(second=0, microsecond=0)
        await self._slots.run_once(name, slot, self._jobs[name])

    async def _take_over_abandoned(self) -> None:
        """Slots whose worker died: every worker looks each minute, one of them takes it."""
        for name, slot in await self._slots.abandoned():
            if name in self._jobs:
                await self._slots.run_once(name, slot, self._jobs[name])
