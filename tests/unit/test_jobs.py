"""When a job is due, what a loop does with a fault, and that the schedule means the table's times."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from app.core.messages import LOCALES
from app.jobs.loops import Loop
from app.jobs.schedule import Schedule
from app.jobs.slots import Slots
from app.jobs.table import JOBS, Job, at
from app.wiring import City
from tests.support.fakes import MovableClock


async def _nothing(city: City) -> None:
    return None


NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine o'clock in the city."""


@pytest.mark.parametrize(
    ("trigger", "catch_up", "now", "due"),
    [
        (at(hour=9), timedelta(hours=1), NINE, NINE),
        (at(hour=9), timedelta(hours=1), NINE - timedelta(seconds=1), None),
        (at(hour=9), timedelta(hours=1), NINE + timedelta(minutes=59), NINE),
        (at(hour=9), timedelta(hours=1), NINE + timedelta(hours=2), None),
        (at(hour=9), timedelta(days=1), NINE + timedelta(hours=23), NINE),
        (at(minute="*"), timedelta(hours=1), NINE + timedelta(seconds=59), NINE),
        (at(minute="*"), timedelta(hours=1), NINE + timedelta(seconds=60), NINE + timedelta(minutes=1)),
        (at(minute="*/10"), timedelta(hours=1), NINE + timedelta(minutes=19), NINE + timedelta(minutes=10)),
        (at(day=2, hour=9), timedelta(days=1), NINE + timedelta(hours=3), NINE),
        (at(day_of_week="mon", hour=9), timedelta(days=1), NINE + timedelta(hours=3), NINE),
        (at(day=1, hour=9), timedelta(days=1), NINE + timedelta(hours=3), None),
    ],
)
def test_the_newest_slot_is_due_until_it_is_too_late_to_make_up_for(
    trigger: object, catch_up: timedelta, now: datetime, due: datetime | None
) -> None:
    assert Job("job", trigger, _nothing, catch_up=catch_up).latest(now) == due


def test_the_next_run_is_after_now() -> None:
    job = Job("job", at(hour=9), _nothing)
    assert job.next_after(NINE + timedelta(seconds=1)) == NINE + timedelta(days=1)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_job_says_what_it_does_in_both_languages(locale: str) -> None:
    for name, job in JOBS.items():
        assert job.name == name
        assert len(job.says(locale)) > 5
    assert len({job.says(locale) for job in JOBS.values()}) == len(JOBS)


async def test_a_loop_goes_on_after_faults_and_finishes_its_round_at_a_stop() -> None:
    stopping, rounds = asyncio.Event(), []

    async def one() -> int:
        rounds.append("begun")
        if len(rounds) < 4:
            raise RuntimeError("the text of this is for nobody")
        stopping.set()
        await asyncio.sleep(0.01)
        rounds.append("finished")
        return 1

    await asyncio.wait_for(Loop("test", one, idle=0.001).run(stopping), 10)
    assert rounds == ["begun"] * 4 + ["finished"]


async def test_a_loop_that_found_something_does_not_rest() -> None:
    stopping, left = asyncio.Event(), [3]

    async def one() -> int:
        left[0] -= 1
        if left[0] == 0:
            stopping.set()
        return left[0]

    await asyncio.wait_for(Loop("test", one, idle=3600).run(stopping), 10)
    assert left == [0]


class Ran:
    """Slots that run everything at once, and remember what."""

    def __init__(self, *abandoned: tuple[str, datetime]) -> None:
        self.left = list(abandoned)
        self.runs: list[tuple[str, datetime]] = []

    async def run_once(self, job: str, slot: datetime, work: object, lease: timedelta) -> bool:
        self.runs.append((job, slot))
        return True

    async def abandoned(self) -> list[tuple[str, datetime]]:
        return self.left


class Clockwork:
    """As much of a city as a schedule asks of it."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock


async def test_a_look_begins_what_is_due_once_and_what_others_left() -> None:
    clock = MovableClock()
    clock.advance(seconds=(NINE - datetime.now(UTC)).total_seconds() + 30)
    jobs = {name: Job(name, at(hour=9), _nothing) for name in ("one", "other")}
    ran = Ran(("one", NINE - timedelta(hours=5)), ("job-of-another-version", NINE))
    schedule = Schedule(cast(City, Clockwork(clock)), jobs, cast(Slots, ran))
    for _ in range(3):
        await schedule.look()
        await asyncio.sleep(0)
        ran.left = []
    assert sorted(ran.runs) == [("one", NINE - timedelta(hours=5)), ("one", NINE), ("other", NINE)]
    clock.advance(days=1)
    await schedule.look()
    await asyncio.sleep(0)
    tomorrow = NINE + timedelta(days=1)
    assert ran.runs[3:] == [("one", tomorrow), ("other", tomorrow)]
