"""A re-sealing that is killed again and again is gone on with, and nothing that was sealed is lost."""

from __future__ import annotations

import asyncio
from collections import Counter

from app.core.data_keys import DataKeys
from app.core.sealed import KeyRing, key_of
from tests.faults.conftest import Found
from tests.support.processes import CityProcesses
from tests.support.remote import Town

_ROWS = 2_000


async def _ring(processes: CityProcesses, town: Town) -> KeyRing:
    ring = KeyRing.from_settings(processes.settings(), town.city.clock)
    await DataKeys(town.city.db, ring, town.city.clock).load()
    return ring


async def _left(town: Town) -> Counter[str | None]:
    rows = await town.city.db["staff"].find({}).to_list(None)
    return Counter(key_of(row["name"]) for row in rows)


async def test_a_resealing_that_is_killed_is_gone_on_with(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)
    ring = await _ring(processes, town)
    rows = [
        {"_id": f"s{n:05d}", "name": ring.seal_text(str(n), record=f"s{n:05d}", field="name")} for n in range(_ROWS)
    ]
    await town.city.db["staff"].insert_many(rows)
    made = await town.city.data_keys.rotate()
    # The lead is over: tests do not wait a minute for it.
    await town.city.db["data_keys"].update_one({"_id": made.id}, {"$set": {"seals_from": town.city.clock.now()}})

    done = []
    for _ in range(3):
        before = (await _left(town))["data-0002"]
        process = processes.script("tests.faults.resealer")
        async with asyncio.timeout(60):
            while (await _left(town))["data-0002"] < before + 200:  # noqa: ASYNC110  (on another process)
                await asyncio.sleep(0.02)
        process.kill()
        done.append((await _left(town))["data-0002"])
    left = await town.city.data_keys.progress("data-0002")

    ring = await _ring(processes, town)
    await town.city.data_keys.load()
    finished = await town.city.resealing.run()
    opened = {row["_id"]: row["name"] for row in await town.city.db["staff"].find({}).to_list(None)}
    print(f"killed after {done} of {_ROWS} values; the last run sealed {finished.rows}")
    assert left is not None
    assert left.collection == "staff"
    assert finished.clean
    assert 0 < finished.rows <= _ROWS - done[0]
    assert await _left(town) == {"data-0002": _ROWS}
    assert all(
        ring.open_text(name, record=staff, field="name") == str(int(staff[1:])) for staff, name in opened.items()
    )
