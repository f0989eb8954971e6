"""A worker in a process of its own: the audit is sealed within seconds, heads are said, what is asked for is run."""

from __future__ import annotations

from app.core.viewer import Role, Viewer
from app.jobs.board import JobBoard
from app.jobs.slots import RunState
from tests.races.conftest import Races
from tests.support.api import soon

CLERK = Viewer(role=Role.OPS, actor="staff-1")


async def test_records_get_their_place_and_a_job_asked_for_is_run_by_the_worker(races: Races) -> None:
    city = races.town.city
    board = JobBoard(city.db, city.audit, city.clock)
    worker = races.processes.worker()
    await city.audit.record(CLERK, "card.issued", "card-of-this-test", None)

    async def sealed() -> bool:
        return await city.db["audit"].count_documents({"target": "card-of-this-test", "seq": {"$gt": 0}}) == 1

    await soon(sealed, within=60)
    asked = await board.ask(CLERK, "audit-check-whole")

    async def run() -> bool:
        (newest, *_) = await board.runs("audit-check-whole")
        return newest.id == asked.id and newest.state is RunState.DONE

    try:
        await soon(run, within=60)
    except AssertionError:
        raise AssertionError(f"{await board.runs('audit-check-whole')}\n{worker.log_text()[-3000:]}") from None
    (newest, *_) = await board.runs("audit-check-whole")
    stands = await city.audit_trail.soundness()
    assert (newest.asked_by, newest.attempt, newest.error) == ("staff-1", 1, None)
    assert newest.owner is not None
    assert stands.checked is not None
    assert stands.checked.sound
    worker.terminate()
    assert await worker.gone() < 10
