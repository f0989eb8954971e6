"""Workers that are killed while they tell of missed check-ins: each step is taken once, in order, and none left out."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from app.core.ids import new_id
from app.domains.community.care.model import CarePrivate, Rhythm, Told
from app.wiring import City
from tests.faults.conftest import Found
from tests.support.estates import Grounds, grounds, moved_in, named

_PEOPLE, _KILLS = 12, 2
_STEPS = [Told.HIMSELF, Told.CONTACT, Told.OFFICER, Told.CENTRE]
_DAILY = Rhythm(tuple(range(7)), 10 * 60)


async def _silent(city: City, where: Grounds, number: int) -> str:
    """Somebody whose round ended three hours ago, with a contact."""
    citizen, home = await moved_in(city, where, room=f"10{number % 6 + 1}")
    contact = CarePrivate("陈女士", f"139{number:08d}")
    seen = await city.services.community.together.caring.entries.enter(named(citizen), home, _DAILY, contact, new_id())
    due = city.clock.now() - timedelta(hours=3)
    await city.db["care_entries"].update_one({"_id": seen.entry.id}, {"$set": {"due_at": due, "look_at": due}})
    return seen.entry.id


async def test_workers_that_are_killed_take_each_step_once(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)
    city, where = town.city, await grounds(town.city)
    steps, entries = city.db["care_steps"], [await _silent(city, where, number) for number in range(_PEOPLE)]
    done = []
    for kill in range(_KILLS):
        lookers = [processes.script("tests.faults.care_looker") for _ in range(2)]
        async with asyncio.timeout(90):
            while await steps.count_documents({}) < (kill + 1) * _PEOPLE:  # noqa: ASYNC110  (on another process)
                await asyncio.sleep(0.002)
        for looker in lookers:
            looker.kill()
        done.append(await steps.count_documents({}))
    await city.services.community.together.caring.escalation.sweep()
    print(f"killed after {done} of {_PEOPLE * len(_STEPS)} steps")
    for entry in entries:
        rows = await steps.find({"entry": entry}).sort("at", 1).to_list(None)
        assert [Told(row["told"]) for row in rows] == _STEPS
        events = await city.db["outbox"].find({"facts.entry": entry}).to_list(None)
        told = {f"care.told_{one.name.lower()}": 1 for one in _STEPS}
        assert Counter(event["type"] for event in events if event["type"].startswith("care.told_")) == told
    posts = await city.db["care_posts"].find({}).to_list(None)
    assert Counter(post["open"] for post in posts) == {False: _PEOPLE}
    for number in range(_PEOPLE):
        asked = {"to": f"+86139{number:08d}"}
        assert len((await town.stand_ins.get("/control/sms/messages", params=asked)).json()) == 1
