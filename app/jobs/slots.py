"""Scheduled jobs in many workers, each slot run once.

APScheduler runs in every worker with its own memory store; who inserts the slot's claim document runs the job, renews
its lease while it works, and writes down how it ended. A claim whose owner died is taken over when its lease ends; a
run that failed is tried again; an owner that lost its lease is cancelled, and its fence keeps it from settling.

    inserted ──> running ──> done
                  │   ^ └──> failed, for the last time
           failed │   │ lease over: the owner died, the wait is over, or somebody asked
                  v   │
                 waiting
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import Database, DatabaseFault, Document, DuplicateKey
from app.core.traces import frames_of

log = structlog.get_logger()
_LEASE = timedelta(minutes=2)
_KEPT = timedelta(days=30)
_GIVEN_UP = timedelta(days=1)
MOST_ATTEMPTS = 8
_MAY_BE_TRIED = {"$lt": MOST_ATTEMPTS}  # who had it may have been killed by it each time

Work = Callable[[], Awaitable[None]]


class RunState(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One slot of a job. `owner` is host and process; `asked_by` is the member of staff who wanted it now."""

    id: str
    job: str
    slot: datetime
    state: RunState
    owner: str | None
    begun_at: datetime | None
    ended_at: datetime | None
    seconds: float | None
    attempt: int
    error: str | None
    asked_by: str | None


@dataclass(frozen=True, slots=True)
class _Claim:
    id: str
    fence: str
    lease: timedelta
    attempt: int


class Slots:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._slots = db["slots"]
        self._clock = clock
        self._owner = f"{socket.gethostname()}:{os.getpid()}"

    async def run_once(
        self, job: str, slot: datetime, work: Work, lease: timedelta = _LEASE, *, asked_by: str | None = None
    ) -> bool:
        """Run the job for this slot unless another worker has it or had it. False also when the lease was lost.

        How it ended stands in the slot; a fault of the work is logged and written down, not raised.
        """
        claim = await self._begin(job, slot, lease, asked_by) or await self._take_over(job, slot, lease)
        if claim is None:
            return False
        began = time.monotonic()
        try:
            kept = await self._work(claim, work)
        except asyncio.CancelledError:
            await asyncio.shield(self._settle(claim, {"lease_until": self._clock.now()}))
            raise
        except Exception as fault:
            log.error("job failed", job=job, attempt=claim.attempt, traceback=frames_of(fault))
            return await self._failed(claim, type(fault).__name__, began)
        return kept and await self._end(claim, RunState.DONE, began, None)

    async def ask(self, job: str, by: str) -> Run:
        """Have a worker run it now, beside its schedule; a run that was asked for and waits still is the same."""
        now = self._clock.now()
        waits = {"job": job, "asked_by": by, "attempt": 0, "done_at": None}
        if (waiting := await self._slots.find_one(waits)) is not None:
            return run_of(waiting, now)
        row = {**_fresh(job, now, now, by), "attempt": 0, "lease_until": now}
        await self._slots.insert_one(row)
        return run_of(row, now)

    async def abandoned(self) -> list[tuple[str, datetime]]:
        """(job, slot) of claims to be taken: their owner's lease ended before the job did, or their time has come."""
        now = self._clock.now()
        recent = {"done_at": None, "lease_until": {"$lte": now, "$gt": now - _GIVEN_UP}, "attempt": _MAY_BE_TRIED}
        rows = await self._slots.find(recent).limit(100).to_list(None)
        return [(row["job"], row["slot"]) for row in rows]

    async def of(self, job: str, slot: datetime) -> Run | None:
        row = await self._slots.find_one({"_id": _name(job, slot)})
        return run_of(row, self._clock.now()) if row else None

    async def runs(self, job: str, most: int = 1) -> list[Run]:
        """The job's newest runs first."""
        rows = await self._slots.find({"job": job}).sort("slot", -1).limit(most).to_list(None)
        return [run_of(row, self._clock.now()) for row in rows]

    async def _begin(self, job: str, slot: datetime, lease: timedelta, asked_by: str | None) -> _Claim | None:
        now, fence = self._clock.now(), new_id()
        row = {**_fresh(job, slot, now, asked_by), "fence": fence, "owner": self._owner, "begun_at": now, "attempt": 1}
        try:
            await self._slots.insert_one({**row, "lease_until": now + lease})
        except DuplicateKey:
            return None
        return _Claim(row["_id"], fence, lease, 1)

    async def _take_over(self, job: str, slot: datetime, lease: timedelta) -> _Claim | None:
        now, fence = self._clock.now(), new_id()
        abandoned = {"_id": _name(job, slot), "done_at": None, "lease_until": {"$lte": now}, "attempt": _MAY_BE_TRIED}
        change = {"fence": fence, "owner": self._owner, "begun_at": now, "lease_until": now + lease}
        taken = await self._slots.update_one(abandoned, {"$set": change, "$inc": {"attempt": 1}})
        if not taken.modified_count:
            return None
        row = await self._slots.find_one({"_id": abandoned["_id"], "fence": fence})
        return _Claim(row["_id"], fence, lease, row["attempt"]) if row else None

    async def _work(self, claim: _Claim, work: Work) -> bool:
        """The work beside the renewing of its lease; whether the lease held to the end. Raises what the work raises."""
        working = asyncio.ensure_future(work())
        keeping = asyncio.create_task(self._keep(claim))
        try:
            await asyncio.wait({working, keeping}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                log.warning("lease lost", slot=claim.id)
                return False
            await working
            return True
        finally:
            keeping.cancel()
            working.cancel()
            await asyncio.gather(working, keeping, return_exceptions=True)

    async def _keep(self, claim: _Claim) -> None:
        """Renew the lease until it is lost: another took it, or the database was out of reach for as long."""
        lease = claim.lease.total_seconds()
        held_until = time.monotonic() + lease
        while time.monotonic() < held_until:
            await asyncio.sleep(lease / 4)
            try:
                if not await self._settle(claim, {"lease_until": self._clock.now() + claim.lease}):
                    return
                held_until = time.monotonic() + lease
            except DatabaseFault as fault:
                log.warning("lease not renewed", slot=claim.id, error=type(fault).__name__)

    async def _failed(self, claim: _Claim, error: str, began: float) -> bool:
        """The first failure is tried again at the next look, later ones after growing waits, the last is the end."""
        if claim.attempt >= MOST_ATTEMPTS:
            return await self._end(claim, RunState.FAILED, began, error)
        wait = timedelta(minutes=2 ** (claim.attempt - 2)) if claim.attempt > 1 else timedelta(0)
        tried = {"error": error, "seconds": time.monotonic() - began, "lease_until": self._clock.now() + wait}
        return await self._settle(claim, {**tried, "fence": None})

    async def _end(self, claim: _Claim, state: RunState, began: float, error: str | None) -> bool:
        seconds = round(time.monotonic() - began, 3)
        ended = {"done_at": self._clock.now(), "outcome": state.value, "seconds": seconds, "error": error}
        return await self._settle(claim, ended)

    async def _settle(self, claim: _Claim, change: Document) -> bool:
        mine = {"_id": claim.id, "fence": claim.fence, "done_at": None}
        return bool((await self._slots.update_one(mine, {"$set": change})).matched_count)


def _name(job: str, slot: datetime) -> str:
    return f"{job}@{slot.isoformat(timespec='milliseconds' if slot.microsecond else 'seconds')}"


def _fresh(job: str, slot: datetime, now: datetime, asked_by: str | None) -> Document:
    row = {"_id": _name(job, slot), "job": job, "slot": slot, "asked_by": asked_by}
    return {**row, "done_at": None, "tidy_at": now + _KEPT}


def _state(row: Document, now: datetime) -> RunState:
    if row["done_at"] is not None:
        return RunState(row["outcome"])
    if row["lease_until"] > now and row.get("fence") is not None:
        return RunState.RUNNING
    return RunState.WAITING if row["attempt"] < MOST_ATTEMPTS else RunState.FAILED


def run_of(row: Document, now: datetime) -> Run:
    return Run(
        id=row["_id"],
        job=row["job"],
        slot=row["slot"],
        state=_state(row, now),
        owner=row.get("owner"),
        begun_at=row.get("begun_at"),
        ended_at=row["done_at"],
        seconds=row.get("seconds"),
        attempt=row["attempt"],
        error=row.get("error"),
        asked_by=row.get("asked_by"),
    )
