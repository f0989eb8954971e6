"""A slot's life: tried again when its run failed, its lease renewed while the work goes on, given back at a stop."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.core.mongo import Database
from app.jobs.slots import MOST_ATTEMPTS, RunState, Slots
from tests.stores.support import shaped, stored
from tests.support.api import soon
from tests.support.fakes import MovableClock

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def slots(db: Database, clock: MovableClock) -> Slots:
    return Slots(await shaped(db, "slots"), clock)


async def _fails() -> None:
    raise RuntimeError("the text of this is for nobody")


async def _works() -> None:
    return None


async def test_how_a_run_ended_is_written_down_with_who_ran_it(slots: Slots) -> None:
    assert await slots.run_once("job", NINE, _works)
    (run,) = await slots.runs("job")
    assert (run.job, run.slot, run.state, run.attempt, run.error) == ("job", NINE, RunState.DONE, 1, None)
    assert run.owner is not None
    assert run.owner.rpartition(":")[2].isdigit()
    assert run.seconds is not None
    assert run.begun_at is not None
    assert run.ended_at is not None
    assert run.begun_at <= run.ended_at


async def test_a_run_that_failed_is_tried_again_at_the_next_look_and_then_after_growing_waits(
    slots: Slots, clock: MovableClock
) -> None:
    assert await slots.run_once("job", NINE, _fails)
    (run,) = await slots.runs("job")
    assert (run.state, run.error) == (RunState.WAITING, "RuntimeError")
    assert await slots.abandoned() == [("job", NINE)]
    assert await slots.run_once("job", NINE, _fails)
    assert await slots.abandoned() == [], "the second try has a wait after it"
    clock.advance(minutes=1)
    assert await slots.abandoned() == [("job", NINE)]
    assert await slots.run_once("job", NINE, _works)
    (run,) = await slots.runs("job")
    assert (run.state, run.attempt, run.error) == (RunState.DONE, 3, None)


async def test_after_the_last_try_a_run_has_failed(slots: Slots, clock: MovableClock) -> None:
    for _ in range(MOST_ATTEMPTS):
        assert await slots.run_once("job", NINE, _fails)
        clock.advance(hours=2)
    assert not await slots.run_once("job", NINE, _works)
    assert await slots.abandoned() == []
    (run,) = await slots.runs("job")
    assert (run.state, run.attempt, run.error) == (RunState.FAILED, MOST_ATTEMPTS, "RuntimeError")


async def test_what_a_stopping_worker_had_begun_is_given_back_at_once(slots: Slots) -> None:
    running = asyncio.create_task(slots.run_once("job", NINE, asyncio.Event().wait))  # type: ignore[arg-type]
    await soon(lambda: slots.runs("job"))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await slots.abandoned() == [("job", NINE)]


async def test_the_lease_of_a_long_work_is_renewed(slots: Slots, clock: MovableClock) -> None:
    finish = asyncio.Event()
    running = asyncio.create_task(
        slots.run_once("job", NINE, finish.wait, timedelta(seconds=1))  # type: ignore[arg-type]
    )
    await soon(lambda: slots.runs("job"))
    for _ in range(10):
        await asyncio.sleep(0.25)
        assert await slots.abandoned() == []
    finish.set()
    assert await running is True


async def test_whose_lease_is_lost_is_cancelled(db: Database, slots: Slots, clock: MovableClock) -> None:
    ended: list[str] = []

    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    running = asyncio.create_task(slots.run_once("job", NINE, long, timedelta(seconds=1)))
    await soon(lambda: slots.runs("job"))
    await db["slots"].update_one({}, {"$set": {"fence": "another's"}})
    assert await running is False
    assert ended == ["cancelled"]
    assert [row["fence"] for row in await stored(db, "slots")] == ["another's"]


async def test_a_run_asked_for_waits_for_a_worker_and_says_who_asked(slots: Slots) -> None:
    asked = await slots.ask("job", "staff-1")
    assert (asked.state, asked.asked_by, asked.attempt) == (RunState.WAITING, "staff-1", 0)
    ((job, slot),) = await slots.abandoned()
    assert await slots.run_once(job, slot, _works)
    (run,) = await slots.runs("job")
    assert (run.id, run.state, run.asked_by) == (asked.id, RunState.DONE, "staff-1")
