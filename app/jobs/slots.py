"""Scheduled jobs in many workers, each slot run once.

APScheduler runs in every worker with its own memory store; who inserts the slot's claim document runs the job.
A claim whose owner died is taken over when its lease ends, and the owner's fence keeps a late riser from settling it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import Database, DuplicateKey

log = structlog.get_logger()
_LEASE = timedelta(minutes=2)
_KEPT = timedelta(days=30)
_GIVEN_UP = timedelta(days=1)

Job = Callable[[], Awaitable[None]]


class Slots:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._slots = db["slots"]
        self._clock = clock
        self._owner = new_id()

    async def run_once(self, job: str, slot: datetime, work: Job, lease: timedelta = _LEASE) -> bool:
        """Run the job for this slot unless another worker has it or had it. `work` must end within the lease."""
        claim = f"{job}@{slot.isoformat(timespec='seconds')}"
        fence = new_id()
        if not (await self._begin(claim, fence, lease) or await self._take_over(claim, fence, lease)):
            return False
        await work()
        mine = {"_id": claim, "fence": fence}
        await self._slots.update_one(mine, {"$set": {"done_at": self._clock.now()}})
        return True

    async def abandoned(self) -> list[tuple[str, datetime]]:
        """(job, slot) of claims whose lease ended before the job did."""
        now = self._clock.now()
        recent = {"done_at": None, "lease_until": {"$lte": now, "$gt": now - _GIVEN_UP}}
        rows = await self._slots.find(recent).limit(100).to_list(None)
        named = (row["_id"].rpartition("@") for row in rows)
        return [(job, datetime.fromisoformat(slot)) for job, _, slot in named]

    async def _begin(self, claim: str, fence: str, lease: timedelta) -> bool:
        now = self._clock.now()
        row = {"_id": claim, "fence": fence, "owner": self._owner, "begun_at": now, "done_at": None}
        try:
            await self._slots.insert_one({**row, "lease_until": now + lease, "tidy_at": now + _KEPT})
        except DuplicateKey:
            return False
        return True

    async def _take_over(self, claim: str, fence: str, lease: timedelta) -> bool:
        now = self._clock.now()
        abandoned = {"_id": claim, "done_at": None, "lease_until": {"$lte": now}}
        change = {"fence": fence, "owner": self._owner, "lease_until": now + lease}
        return bool((await self._slots.update_one(abandoned, {"$set": change})).modified_count)
