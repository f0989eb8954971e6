"""A broadcast whose workers are killed again and again: everybody has it once, and no phone is told of two messages.

RONG_FAULTS_TOLD and RONG_FAULTS_KILLS scale it.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from app.core.ids import new_id
from notifications.broadcasts.model import Audience, Broadcast, BroadcastState
from notifications.broadcasts.service import NewBroadcast
from notifications.channels.base import PushTarget, TargetKind
from notifications.devices.model import PushDevice
from notifications.devices.store import PushDeviceStore
from notifications.templates.model import Texts
from tests.faults.conftest import Found
from tests.support.remote import OPS, Town

PEOPLE = int(os.environ.get("RONG_FAULTS_TOLD", "3000"))
KILLS = min(int(os.environ.get("RONG_FAULTS_KILLS", "6")), 20)
WORDS = {locale: Texts("停水通知", "周五停水。No water on Friday.", "停水通知") for locale in ("zh-CN", "en")}
_AT_ONCE = 50


async def _crowd(town: Town) -> list[str]:
    """Everybody has one phone; its token is his id."""
    people, now = [new_id() for _ in range(PEOPLE)], town.city.clock.now()
    rows = [{"_id": one, "assurance": "real_name", "created_at": now, "tags": ["told"]} for one in people]
    await town.city.db["citizens"].insert_many(rows)
    devices = PushDeviceStore(town.city.db, town.city.ring, town.city.persons)

    async def phone(citizen: str) -> None:
        await devices.put(PushDevice(new_id(), citizen, PushTarget(TargetKind.TOKEN, citizen), "zh-CN"), now)

    for start in range(0, PEOPLE, _AT_ONCE):
        await asyncio.gather(*(phone(one) for one in people[start : start + _AT_ONCE]))
    return people


async def _started(town: Town) -> Broadcast:
    service = town.city.services.broadcasts
    wanted = NewBroadcast("停水通知", Audience(tags=("told",)), 1_000, texts=WORDS)
    made = await service.create(OPS, wanted, new_id())
    return await service.start(OPS, made.id, new_id())


async def _now(town: Town, broadcast: Broadcast) -> Broadcast:
    found = await town.city.services.broadcasts.one(OPS, broadcast.id)
    assert found is not None
    return found


async def _lines(town: Town, broadcast: Broadcast) -> int:
    return int(await town.city.db["inbox"].count_documents({"message": broadcast.id}))


async def _lease_ends(town: Town, broadcast: Broadcast) -> None:
    """What a killed worker held is free: half a minute later, without waiting for it."""
    free = {"$set": {"due_at": town.city.clock.now()}}
    await town.city.db["broadcasts"].update_one({"_id": broadcast.id}, free)


async def _pushes(town: Town) -> Sequence[dict[str, Any]]:
    told: Sequence[dict[str, Any]] = (await town.stand_ins.get("/control/fcm/messages")).json()["messages"]
    return told


@pytest.mark.timeout(900)
async def test_with_workers_killed_again_and_again_everybody_has_it_once(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)
    people, chance = await _crowd(town), random.Random(11)
    running, began = await _started(town), time.monotonic()

    reached = []
    for kill in range(1, KILLS + 1):
        worker = processes.worker()
        async with asyncio.timeout(120):
            while await _lines(town, running) < PEOPLE * kill // (KILLS + 2):  # noqa: ASYNC110  (on another process)
                await asyncio.sleep(0.02)
        await asyncio.sleep(chance.random() * 0.8)  # while it writes, while it rings, or between two chunks
        worker.kill()
        reached.append(await _lines(town, running))
        await _lease_ends(town, running)
    processes.worker()
    async with asyncio.timeout(300):
        while (await _now(town, running)).state is not BroadcastState.DONE:  # noqa: ASYNC110  (on another process)
            await asyncio.sleep(0.2)

    done, pushes = await _now(town, running), await _pushes(town)
    rows = await town.city.db["inbox"].find({"message": running.id}).to_list(None)
    lines = Counter(row["citizen"] for row in rows)
    repeats = sum(push["submitted"] for push in pushes) - len(pushes)
    print(
        f"\nbroadcast: {PEOPLE} people, workers killed at {reached} inboxes, {time.monotonic() - began:.0f} s; "
        f"{len(pushes)} pushes delivered, {repeats} repeats dropped by the channel"
    )
    assert lines == Counter(people)
    assert (done.total, done.sent) == (PEOPLE, PEOPLE)
    assert Counter(push["token"] for push in pushes) == Counter(people)
    shown = {push["token"]: push["data"]["message_id"] for push in pushes}
    assert shown == {row["citizen"]: row["_id"] for row in rows}
    assert await town.city.db["deliveries"].count_documents({"key": running.id}) == PEOPLE
