"""A broadcast to a whole city: messages a second, the worker's memory, and how soon a pause and a cancellation hold.

The worker is a process of its own, as a city runs it; phones are rung over HTTP at a stand-in for FCM on this machine.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from app.core.data_keys import DataKeys
from app.core.ids import new_id
from app.core.mongo import Document
from app.core.person_keys import FIELD, PersonKey
from app.core.sealed import KEY_BYTES, KeyRing
from app.embedded import EmbeddedDatabase
from app.leash import leashed
from app.wiring import City, build
from benchmarks import bed
from benchmarks.bed import Row
from benchmarks.machine import cores
from benchmarks.server import free_port
from mocks.service_account import write_service_account
from notifications.broadcasts.model import Audience, Broadcast, BroadcastState
from notifications.broadcasts.service import NewBroadcast
from notifications.templates.model import Texts

_PHONES = 10  # one in so many people has one that takes pushes, and lives in a district of its own
_BATCH = 5_000
_FASTEST = 1_000
_HOLDS_WHEN_STILL_FOR = 3.0
_ALL, _WITH_PHONES, _FEW = Audience(), Audience(districts=("350102",)), Audience(districts=("350103",), age_to=12)
_WORDS = {locale: Texts("停水通知", "周五停水。No water on Friday.", "停水通知") for locale in ("zh-CN", "en")}


async def broadcasts(citizens: int) -> list[Row]:
    if sys.platform != "linux":
        return [("broadcast", "can be measured on Linux only", "")]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rong-broadcast-")))
        database = stack.enter_context(EmbeddedDatabase(folder))
        stand_ins = free_port()
        settings = _settings(database.uri, folder, stand_ins)
        city = build(bed.settings_of(settings))
        await city.start(follow=False)
        try:
            await _settle(city, citizens)
            stack.enter_context(_running(["mocks", "--port", str(stand_ins)], settings))
            _wait_for(f"http://127.0.0.1:{stand_ins}/healthz")
            worker = stack.enter_context(_running(["worker"], settings))
            if places := cores()[0]:
                os.sched_setaffinity(worker.pid, places)
            return await _measured(city, worker.pid, citizens)
        finally:
            await city.stop()


def _settings(uri: str, folder: Path, stand_ins: int) -> dict[str, str]:
    at = f"http://127.0.0.1:{stand_ins}"
    return {
        **bed.settings_for(uri, "broadcast", folder),
        "RONG_FCM_URL": at,
        "RONG_FCM_CREDENTIALS": str(write_service_account(folder, at)),
        "RONG_LOG_LEVEL": "ERROR",
    }


def _running(command: list[str], settings: dict[str, str]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **settings}
    return _Ended(leashed([sys.executable, "-m", "app.cli", *command]), env=environment, stdout=subprocess.DEVNULL)


class _Ended(subprocess.Popen[bytes]):
    """A process that is stopped when its block is left."""

    def __exit__(self, *_: object) -> None:
        self.terminate()
        self.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"nobody answers at {url}")


async def _settle(city: City, citizens: int) -> None:
    """Rows as the stores write them, without their round trips."""
    ring = KeyRing.from_settings(city.settings)
    await DataKeys(city.db, ring, city.clock).load()
    numbers = iter(range(citizens))
    while some := list(itertools.islice(numbers, _BATCH)):
        await city.db["citizens"].insert_many([_citizen(city, number) for number in some])
        reached = [(number, os.urandom(KEY_BYTES)) for number in some if number % _PHONES == 0]
        await city.db["person_keys"].insert_many([_key(city, ring, *one) for one in reached])
        await city.db["push_devices"].insert_many([_phone(city, ring, *one) for one in reached])


def _id(number: int) -> str:
    return f"00000000-{number:012d}"


def _citizen(city: City, number: int) -> Document:
    return {
        "_id": _id(number),
        "assurance": "real_name",
        "created_at": city.clock.now(),
        "areas": ["35", "3501", "350103" if number % _PHONES else "350102"],
        "birth_month": f"{1930 + number % 90}-01",
    }


def _key(city: City, ring: KeyRing, number: int, raw: bytes) -> Document:
    return {
        "_id": _id(number),
        "key": ring.seal(raw, record=_id(number), field=FIELD),
        "made_at": city.clock.now(),
    }


def _phone(city: City, ring: KeyRing, number: int, raw: bytes) -> Document:
    session, token = new_id(), f"bench-token-{number:030d}"
    return {
        "_id": session,
        "token_hash": ring.keyed_hash(token, kind="push token"),
        "tidy_at": city.clock.now() + timedelta(days=60),
        "citizen": _id(number),
        "kind": "token",
        "token": PersonKey(_id(number), ring, raw).seal_text(token, record=session, field="push token"),
        "locale": "zh-CN",
        "seen_at": city.clock.now(),
    }


async def _measured(city: City, worker: int, citizens: int) -> list[Row]:
    await _whole(city, worker, _FEW)  # whatever is loaded and opened once is there
    before = _memory(worker)
    name = f"broadcast to {citizens:,}, one in {_PHONES} rung"
    whole = await _whole(city, worker, _ALL)
    rung = await _whole(city, worker, _WITH_PHONES)
    paused, cancelled = await _stopped(city, "pause"), await _stopped(city, "cancel")
    grown = max(whole.memory, rung.memory) - before
    return [
        _speed(name, whole),
        _speed(f"broadcast to {rung.sent:,}, all of them rung", rung),
        ("memory of the worker over both", f"{before:.0f} MB, at most +{grown:.0f} MB", "≤ +50 MB"),
        ("a pause holds after", f"{paused:.2f} s", "≤ 2 s"),
        ("a cancellation holds after", f"{cancelled:.2f} s", "≤ 2 s"),
    ]


@dataclass(frozen=True, slots=True)
class _Run:
    """`cpu` of the worker, in seconds; `memory` of the worker at its most, in MB."""

    sent: int
    seconds: float
    cpu: float
    memory: float


def _speed(name: str, run: _Run) -> Row:
    said = f"{run.sent / run.seconds:,.0f} messages a second ({run.seconds:.0f} s), "
    return name, said + f"{run.cpu / run.sent * 1000:.2f} ms of the worker's CPU each", f"pace {_FASTEST:,}/s"


async def _started(city: City, audience: Audience) -> Broadcast:
    service = city.services.broadcasts
    made = await service.create(bed.OPS, NewBroadcast("停水通知", audience, _FASTEST, texts=_WORDS), new_id())
    return await service.start(bed.OPS, made.id, new_id())


async def _whole(city: City, worker: int, audience: Audience) -> _Run:
    began, spent, most = time.perf_counter(), _cpu(worker), 0.0
    running = await _started(city, audience)
    while True:
        await asyncio.sleep(0.2)
        most = max(most, _memory(worker))
        now = await city.services.broadcasts.one(bed.OPS, running.id)
        if now is not None and now.state is BroadcastState.DONE:
            return _Run(now.sent, time.perf_counter() - began, _cpu(worker) - spent, most)


async def _stopped(city: City, how: str) -> float:
    """From the call until the last line that was still written."""
    running = await _started(city, _ALL)
    while not await _lines(city, running):  # noqa: ASYNC110  (on another process)
        await asyncio.sleep(0.1)
    await asyncio.sleep(3)
    service = city.services.broadcasts
    stop = service.pause if how == "pause" else service.cancel
    began = time.perf_counter()
    await stop(bed.OPS, running.id, new_id())
    count, last = await _lines(city, running), time.perf_counter()
    while time.perf_counter() - last < _HOLDS_WHEN_STILL_FOR:
        now = await _lines(city, running)
        if now != count:
            count, last = now, time.perf_counter()
        await asyncio.sleep(0.05)
    return last - began


async def _lines(city: City, broadcast: Broadcast) -> int:
    rows: list[dict[str, Any]] = await city.db.aggregate(
        "inbox", [{"$match": {"_id": {"$gt": broadcast.id}, "message": broadcast.id}}, {"$count": "n"}]
    )
    return int(rows[0]["n"]) if rows else 0


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from _family(int(child))


def _memory(pid: int) -> float:
    """MB, resident."""
    pages = (int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in _family(pid))
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _cpu(pid: int) -> float:
    """Seconds."""
    ticks = 0
    for one in _family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
