"""Importers killed at their work: what is in force is whole, always, and what they left is tidied up."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import timedelta

import pytest

from app.domains.life.transit.feeds.model import VersionState
from app.domains.life.transit.timetable.service import TimetableKeeper
from tests.faults.conftest import Found
from tests.support.remote import Town

KILLS = int(os.environ.get("RONG_FAULTS_KILLS", "20"))
_LONG = timedelta(days=3)


async def _written(town: Town) -> list[object]:
    """What of importing is seen from outside."""
    rows = await town.city.db["transit_versions"].find({}).sort("_id", 1).to_list(None)
    return [*rows, await town.city.db["transit_feeds"].find_one({"_id": "feed"})]


@pytest.mark.timeout(1_800)
async def test_whatever_importers_are_killed_one_whole_timetable_is_in_force(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)
    transit, chance = town.city.services.life.transit, random.Random(5)
    seen = set[str]()
    for _ in range(KILLS):
        before = await _written(town)
        victims = [processes.script("tests.faults.feed_importer") for _ in range(2)]
        async with asyncio.timeout(300):
            while await _written(town) == before:
                assert all(one.running for one in victims), [(one.exit_status, one.log_text()) for one in victims]
                await asyncio.sleep(0.02)
        await asyncio.sleep(chance.random() / 2)
        for victim in victims:
            victim.kill()
        pointer, _ = await transit.feeds.versions()
        fresh = TimetableKeeper(transit.feeds._feeds, transit.feeds._timetables)
        await fresh.load()
        assert (fresh.held is None) is (pointer is None)
        if pointer is not None and fresh.held is not None:
            assert fresh.held.version == pointer.version
            assert len(fresh.held.trips) == 11
            seen.add(pointer.version)
    # Days later: all leases are over, and nobody asks for an old version any more.
    rows = town.city.db["transit_versions"]
    for row in await rows.find({}).to_list(None):
        await rows.update_one({"_id": row["_id"]}, {"$set": {"alive_at": row["alive_at"] - _LONG}})
    await transit.feeds.tidy()
    pointer, kept = await transit.feeds.versions()
    assert pointer is not None
    assert [(one.id, one.state) for one in kept] == [(pointer.version, VersionState.READY)]
    pieces = await town.city.db["transit_pieces"].distinct("version")
    print(f"\nfeeds: {2 * KILLS} importers killed, {len(seen)} versions seen in force, {pieces} left")
    assert pieces == [pointer.version]
