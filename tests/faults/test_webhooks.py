"""Workers that are killed while they send webhooks: what was sent and not noted comes again, under the same id.

RONG_FAULTS_WEBHOOKS and RONG_FAULTS_KILLS scale it.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from standardwebhooks.webhooks import Webhook

from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from notifications.webhooks.endpoints.model import WebhookEvent
from tests.faults.conftest import Found
from tests.support.processes import CityProcesses
from tests.support.remote import OPS, Town

EVENTS = int(os.environ.get("RONG_FAULTS_WEBHOOKS", "600"))
KILLS = min(int(os.environ.get("RONG_FAULTS_KILLS", "4")), 10)
CLIENT = Viewer(Role.PROVIDER_CLIENT, actor="c-1", organisation="killed", scopes=frozenset({"webhooks"}))


@dataclass
class Receiver:
    """A provider's server. While it is `mute` it takes what comes and answers nothing."""

    url: str = ""
    secret: str = ""
    mute: bool = False
    came: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
            body = await reader.readexactly(int(headers["content-length"]))
            Webhook(self.secret).verify(body, headers)
            self.came.append(headers["webhook-id"])
            if self.mute:
                await reader.read()  # until the other side is gone
            else:
                self.answered.append(headers["webhook-id"])
                writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
                await writer.drain()
        except (OSError, EOFError):
            pass  # killed in mid-sentence
        finally:
            writer.close()


@asynccontextmanager
async def receiving(town: Town) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.take, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    made = Organisation("killed", "测试单位", Kind.HOSPITAL, scopes=frozenset({"webhooks"}))
    await town.city.services.organisations.put(OPS, made)
    shown = await town.city.services.webhooks.register(CLIENT, receiver.url, list(WebhookEvent), "", new_id())
    receiver.secret = shown.secret
    yield receiver
    server.close()


async def happen(town: Town, subjects: list[str]) -> list[str]:
    """An event for each subject named; their ids, in order."""

    async def work(tx: Tx) -> list[str]:
        facts = {"organisation": "killed", "purpose": "gate"}
        return [await town.city.outbox.add("disclosure.made", "c", tx, disclosure=one, **facts) for one in subjects]

    return await town.city.db.transaction(work)


async def until(look: Callable[[], Awaitable[bool]], within: float = 90) -> None:
    async with asyncio.timeout(within):
        while not await look():  # noqa: ASYNC110  (on another process)
            await asyncio.sleep(0.02)


async def leases_end(town: Town) -> None:
    """What killed workers held is free: a minute later, without waiting for it."""
    now = town.city.clock.now()
    await town.city.db["webhook_endpoints"].update_many({}, {"$set": {"free_at": now}})
    await town.city.db["outbox"].update_many({"state": "pending"}, {"$set": {"due_at": now}})


async def delivered(town: Town) -> int:
    return int(await town.city.db["webhook_deliveries"].count_documents({"state": "delivered"}))


async def test_a_worker_killed_between_sending_and_noting_it_sends_again_under_the_same_id(
    found: Found, database_uri: str
) -> None:
    processes, town = await found(database_uri)
    async with receiving(town) as receiver:
        receiver.mute = True
        first, second = await happen(town, ["d1", "d1"])
        worker = processes.worker()
        await until(lambda: _is(len(receiver.came) == 1))
        worker.kill()
        receiver.mute = False
        await leases_end(town)
        processes.worker()
        await until(lambda: _count(town, 2))

    assert receiver.came == [first, first, second]
    assert receiver.answered == [first, second]


@pytest.mark.timeout(600)
async def test_with_workers_killed_again_and_again_nothing_is_lost_and_each_subject_keeps_its_order(
    found: Found, database_uri: str
) -> None:
    processes, town = await found(database_uri)
    async with receiving(town) as receiver:
        subjects = [f"d{n % 10}" for n in range(EVENTS)]
        ids = [one for start in range(0, EVENTS, 50) for one in await happen(town, subjects[start : start + 50])]
        for kill in range(1, KILLS + 1):
            await _work_until(processes, town, EVENTS * kill // (KILLS + 1))
        workers = [processes.worker() for _ in range(2)]
        await until(lambda: _count(town, EVENTS), within=300)
        for worker in workers:
            worker.kill()

    repeats = len(receiver.answered) - len(set(receiver.answered))
    print(f"\nwebhooks: {EVENTS} events, {KILLS} times both workers killed, {repeats} repeats under the same id")
    assert set(receiver.answered) == set(ids)
    assert repeats <= KILLS * 8
    subject_of, first_times = dict(zip(ids, subjects, strict=True)), defaultdict(list)
    for one in dict.fromkeys(receiver.answered):
        first_times[subject_of[one]].append(one)
    assert all(told == sorted(told) for told in first_times.values())


async def _work_until(processes: CityProcesses, town: Town, count: int) -> None:
    """Two workers until so many are delivered; then both are killed at once."""
    workers = [processes.worker() for _ in range(2)]
    await until(lambda: _count(town, count), within=120)
    for worker in workers:
        worker.kill()
    await leases_end(town)


async def _count(town: Town, wanted: int) -> bool:
    return await delivered(town) >= wanted


async def _is(true: bool) -> bool:
    return true
