"""SIGTERM: what was accepted is answered, and the process is gone within ten seconds."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime

import httpx2
import pytest

from app.core.ids import new_id
from app.core.mongo import Tx
from notifications.channels.base import PushTarget, TargetKind
from notifications.devices.model import PushDevice
from notifications.devices.store import PushDeviceStore
from tests.races.conftest import Races
from tests.support.processes import Process
from tests.support.remote import Door, any_address, door

_EVERY = 0.02  # seconds: fifty requests a second
_SECONDS = 4.0


class _Visitors:
    """Ask two processes in turn, each on a connection of its own; who finds one closed goes to the other."""

    def __init__(self, going: Process, staying: Process, body: dict[str, object], token: str) -> None:
        self._urls, self._body, self._token = (going.url, staying.url), body, token
        self.seen: Counter[str] = Counter()

    async def come(self) -> None:
        visits = []
        for n in range(int(_SECONDS / _EVERY)):
            visits.append(asyncio.create_task(self._visit(n)))
            await asyncio.sleep(_EVERY)
        await asyncio.gather(*visits)

    async def _visit(self, n: int) -> None:
        try:
            self.seen[await self._ask(self._urls[n % 2])] += 1
        except httpx2.ConnectError:
            self.seen["turned away"] += 1
            self.seen[await self._ask(self._urls[1])] += 1
        except httpx2.TransportError as error:
            self.seen[f"dropped: {type(error).__name__}"] += 1

    async def _ask(self, url: str) -> str:
        headers = {"authorization": f"Bearer {self._token}", "x-forwarded-for": any_address()}
        async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=20) as http:
            answer = await http.post("/graphql", json=self._body, headers=headers)
        return "answered" if answer.status_code == 200 and "errors" not in answer.json() else f"bad: {answer.text}"


@pytest.mark.faults
async def test_a_stopping_api_answers_what_it_accepted_and_is_gone_in_ten_seconds(races: Races) -> None:
    going, staying = await races.processes.apis(2)
    person = await races.town.with_card()
    body: dict[str, object] = {"query": "{ card { number } me { name } }"}
    visitors = _Visitors(going, staying, body, person.token)
    subscriber: Door = door(going.url)

    async with subscriber.subscribed("OnDisclosed", person.token):
        coming = asyncio.create_task(visitors.come())
        await asyncio.sleep(_SECONDS / 2)
        going.terminate()
        took = await going.gone(within=15)
        await coming
    staying.terminate()
    await staying.gone()

    print(f"stop: {dict(visitors.seen)}, gone after {took:.1f} s with a subscription open")
    assert visitors.seen.keys() == {"answered", "turned away"}
    assert visitors.seen["answered"] == int(_SECONDS / _EVERY)
    assert took <= 10
    assert going.exit_status in (0, -15)


async def test_a_stopping_worker_finishes_what_it_claimed(races: Races) -> None:
    town, citizen = races.town, new_id()
    devices = PushDeviceStore(town.city.db, town.city.citizens._ring, town.city.persons)
    await devices.put(
        PushDevice(new_id(), citizen, PushTarget(TargetKind.TOKEN, f"push-{new_id()}"), "en"),
        datetime.now(UTC),
    )

    async def write(tx: Tx) -> list[str]:
        return [await town.city.outbox.add("card.issued", citizen, tx, card=new_id()) for _ in range(200)]

    ours = {"_id": {"$in": await town.city.db.transaction(write)}}
    rows = town.city.db["outbox"]
    await town.stand_ins.post("/control/fcm/faults", json={"delay_ms": 1000})
    worker = races.processes.worker()
    try:
        async with asyncio.timeout(30):
            while not await rows.count_documents({**ours, "attempt": {"$gt": 0}}):  # noqa: ASYNC110  (on another process)
                await asyncio.sleep(0.02)
        worker.terminate()
        began = time.monotonic()
        await worker.gone(within=15)
        took = time.monotonic() - began
    finally:
        await town.stand_ins.delete("/control/fcm/faults")

    claimed = await rows.find({**ours, "attempt": {"$gt": 0}}).to_list(None)
    print(f"stop: a worker finished {len(claimed)} claimed events and was gone after {took:.1f} s")
    assert {row["state"] for row in claimed} == {"done"}
    assert 0 < len(claimed) < 200
    assert took <= 10
    assert worker.exit_status == 0
    await rows.delete_many(ours)
