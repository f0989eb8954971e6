"""A department's back end is down for ten minutes while five hundred people apply and workers are killed: nothing
is lost between us and it, and none is there twice.

RONG_FAULTS_HANDOVERS and RONG_FAULTS_KILLS scale it. The hand-over's waits, its patience and the ten minutes run a
hundred times faster than in life (`RONG_HANDOVER_PACE`); what is killed, refused and lost is not simulated.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.core.viewer import Assurance, Role, Viewer
from app.domains.government.catalogue.model import Offer
from tests.faults.conftest import Found
from tests.support.applying import handed_in, offered
from tests.support.processes import CityProcesses
from tests.support.remote import Town

MATTERS = int(os.environ.get("RONG_FAULTS_HANDOVERS", "500"))
KILLS = min(int(os.environ.get("RONG_FAULTS_KILLS", "4")), 10)
PACE = 100
DOWN = 600 / PACE
SYSTEM, OTHER = "gjj", "ybj"
_EACH = 20
_AT_ONCE = 8


async def until(look: Callable[[], Awaitable[bool]], within: float) -> None:
    async with asyncio.timeout(within):
        while not await look():  # noqa: ASYNC110  (on another process)
            await asyncio.sleep(0.1)


async def applicants(town: Town, count: int) -> list[Viewer]:
    people = [await town.account() for _ in range(count)]
    return [Viewer(Role.CITIZEN, actor=p.id, subject=p.id, assurance=Assurance.REAL_NAME) for p in people]


async def hand_in(town: Town, people: list[Viewer], offer: Offer, count: int) -> None:
    """So many applications, some at a time, of people in turn."""
    left = iter(range(count))

    async def one_after_the_other() -> None:
        for n in left:
            await handed_in(town.city, people[n % len(people)], offer)

    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))


async def faults(town: Town, system: str, **how: Any) -> None:
    answer = await town.stand_ins.post(f"/control/departments/{system}/faults", json=how)
    answer.raise_for_status()


async def taken_there(town: Town, system: str) -> list[dict[str, Any]]:
    answer = await town.stand_ins.get("/control/departments/messages", params={"system": system})
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


async def settled(town: Town, system: str) -> int:
    return int(await town.city.db["handovers"].count_documents({"system": system, "state": "settled"}))


async def leases_end(town: Town) -> None:
    """What killed workers held is free: a minute and a half later, without waiting for it."""
    now = town.city.clock.now()
    await town.city.db["handovers"].update_many({"open": True}, {"$set": {"free_at": now}})
    await town.city.db["outbox"].update_many({"state": "pending"}, {"$set": {"due_at": now}})


async def killing(processes: CityProcesses, town: Town, seconds: float) -> int:
    """Two workers, killed together again and again over so long; how often."""
    kills = 0
    for _ in range(KILLS):
        workers = [processes.worker() for _ in range(2)]
        await asyncio.sleep(max(seconds / KILLS, 2.5))
        for worker in workers:
            worker.kill()
            kills += 1
        await leases_end(town)
    return kills


@pytest.mark.timeout(900)
async def test_a_department_down_for_ten_minutes_loses_nothing_and_gets_nothing_twice(
    found: Found, database_uri: str
) -> None:
    processes, town = await found(database_uri)
    processes.env["RONG_HANDOVER_PACE"] = str(PACE)
    api = await processes.api()
    processes.env["RONG_BASE_URL"] = api.url
    await town.stand_ins.post("/control/departments/stories", json={"pace_ms": 50, "doubled": True})
    offer, other = await offered(town.city, system=SYSTEM), await offered(town.city, system=OTHER)
    people = await applicants(town, -(-MATTERS // _EACH))

    await faults(town, SYSTEM, drop=True)
    began = asyncio.get_running_loop().time()
    kills = asyncio.create_task(killing(processes, town, DOWN))
    await asyncio.gather(hand_in(town, people, offer, MATTERS), hand_in(town, people, other, 10))
    assert await settled(town, SYSTEM) == 0, "it was down all the while"
    await asyncio.sleep(max(0, DOWN - (asyncio.get_running_loop().time() - began)))
    down = asyncio.get_running_loop().time() - began

    # It comes back, and at first loses a third of its answers on the way.
    await faults(town, SYSTEM, drop=True, after=True, share=0.3)
    killed = await kills
    workers = [processes.worker() for _ in range(2)]
    await leases_end(town)
    await asyncio.sleep(5)
    await faults(town, SYSTEM)
    await until(lambda: _all(town, MATTERS), within=420)
    for worker in workers:
        worker.kill()

    there = await taken_there(town, SYSTEM)
    ours = {row["_id"] async for row in town.city.db["handovers"].find({"system": SYSTEM}, {"_id": 1})}
    rows = town.city.db["service_applications"].find({"number": {"$in": sorted(ours)}})
    states = Counter([row["state"] async for row in rows])
    tries = sum(one["submitted"] for one in there)
    print(
        f"\nhand-over: {MATTERS} applications, the department down for {down:.0f} s (pace {PACE}: "
        f"{down * PACE / 60:.0f} min), {killed} workers killed; {tries} tries reached it"
    )
    assert {one["number"] for one in there} == ours
    assert len(ours) == MATTERS
    assert len(there) == MATTERS
    assert {tuple(one["errands"]) for one in there} == {("submit",)}
    assert states == {"delivered": MATTERS}
    assert await settled(town, OTHER) == 10, "the other department was not held up"
    assert await town.city.db["handover_differences"].count_documents({"open": True}) == 0


async def _all(town: Town, wanted: int) -> bool:
    return await settled(town, SYSTEM) >= wanted
