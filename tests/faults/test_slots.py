"""A worker that is killed while it holds a scheduled slot: another one takes it over, and each slot is done once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from app.jobs.slots import Slots
from tests.faults.conftest import Found
from tests.support.remote import Town

SLOT = datetime(2026, 1, 5, 9, tzinfo=UTC)
LEASE = 2.0


async def _begun(town: Town, job: str) -> int:
    row = await town.city.db["counters"].find_one({"_id": job})
    return int(row["begun"]) if row else 0


async def _run(town: Town, slots: Slots, job: str, slot: datetime) -> bool:
    async def work() -> None:
        await town.city.db["counters"].update_one({"_id": job}, {"$inc": {"begun": 1, "done": 1}}, upsert=True)

    return await slots.run_once(job, slot, work, timedelta(seconds=LEASE))


async def test_a_slot_whose_worker_was_killed_is_taken_over_once(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)
    workers = [Slots(town.city.db, town.city.clock) for _ in range(8)]
    holder = processes.script("tests.faults.slot_holder", "report", SLOT.isoformat(), str(LEASE))
    async with asyncio.timeout(30):
        while not await _begun(town, "report"):  # noqa: ASYNC110  (on another process)
            await asyncio.sleep(0.05)

    while_held = [await _run(town, one, "report", SLOT) for one in workers]
    await asyncio.sleep(LEASE * 1.5)
    renewed = [await _run(town, one, "report", SLOT) for one in workers]
    holder.kill()
    await asyncio.sleep(LEASE + 0.2)
    abandoned = await workers[0].abandoned()
    taken_over = await asyncio.gather(*(_run(town, one, "report", SLOT) for one in workers))
    late = [await _run(town, one, "report", SLOT) for one in workers]

    row = await town.city.db["counters"].find_one({"_id": "report"})
    assert not any(while_held)
    assert not any(renewed), "whoever is at work keeps his lease"
    assert abandoned == [("report", SLOT)]
    assert sum(taken_over) == 1
    assert not any(late)
    assert row is not None
    assert (row["begun"], row["done"]) == (2, 1)


async def test_of_many_workers_one_runs_each_slot(found: Found, database_uri: str) -> None:
    _, town = await found(database_uri)
    workers = [Slots(town.city.db, town.city.clock) for _ in range(8)]
    slots = [SLOT + timedelta(minutes=n) for n in range(10)]

    ran = await asyncio.gather(*(_run(town, one, "tidy", slot) for slot in slots for one in workers))

    row = await town.city.db["counters"].find_one({"_id": "tidy"})
    assert sum(ran) == len(slots)
    assert row is not None
    assert row["done"] == len(slots)
