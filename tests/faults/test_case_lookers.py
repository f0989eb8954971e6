"""Workers that are killed while they look at cases: each mark is told once, and none is left out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time, timedelta

from app.domains.voice.cases.clocks.model import Shift
from app.domains.voice.cases.clocks.rules.model import PUBLISHED, RuleCode
from app.domains.voice.cases.model import Case
from tests.faults.conftest import Found
from tests.support.case_work import SEAT, CaseWork, governed
from tests.support.remote import Town

_CASES, _KILLS = 40, 2


async def _half_gone(work: CaseWork) -> Case:
    """An urgent case of which half the time is gone, and nobody was told."""
    now, case = work.city.clock.now(), await work.filed()
    always = replace(PUBLISHED[RuleCode.URGENT], shift=Shift(time(0), time(0)))
    accepted = case.accepted(always.started(now - timedelta(hours=2, minutes=5)), True, SEAT, now)
    sent = accepted.dispatched("team-1", ("team-1", "lights", "district"), (), "rule", SEAT, now)
    return await work.kept(sent, case)


async def _told(town: Town) -> int:
    return await town.city.db["case_escalations"].count_documents({})


async def test_workers_that_are_killed_tell_each_mark_once(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)
    await governed(town.city)
    work = CaseWork(town.city)
    cases = [await _half_gone(work) for _ in range(_CASES)]
    done = []
    for kill in range(_KILLS):
        lookers = [processes.script("tests.faults.case_looker") for _ in range(2)]
        async with asyncio.timeout(60):
            while await _told(town) < (kill + 1) * 8:  # noqa: ASYNC110  (on another process)
                await asyncio.sleep(0.002)
        for looker in lookers:
            looker.kill()
        done.append(await _told(town))
    await town.city.services.voice.time.look()
    print(f"killed after {done} of {_CASES}")
    for case in cases:
        db, events = town.city.db, [what for what, _ in await work.events(case)]
        raised = await db["outbox"].count_documents({"type": "case.raised", "facts.case": case.id})
        rows = await db["case_escalations"].count_documents({"case": case.id})
        assert (events.count("warned"), rows, raised) == (1, 1, 1)
