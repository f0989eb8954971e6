"""Many events in the outbox, a push channel in bad weather, and workers that are killed at their work.

Used small by the races and large by the faults; what it measured is in `Figures`.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.core.ids import new_id
from app.core.mongo import Tx
from app.domains.identity.citizens.model import Citizen
from app.wiring import City
from notifications.channels.base import PushTarget, TargetKind
from notifications.devices.model import PushDevice
from notifications.devices.store import PushDeviceStore
from tests.support.processes import CityProcesses, Process
from tests.support.remote import Town

_PEOPLE = 50
_BATCH = 100
_WEATHER: tuple[dict[str, Any], ...] = (
    {},
    {"delay_ms": 60},
    {"status": 503, "share": 0.3},
    {},
    {"drop": True, "after": True, "share": 0.2},
    {"status": 429, "share": 0.2, "retry_after": 1},
)


@dataclass
class Figures:
    events: int
    kills: int
    seconds: float
    inbox: int
    most_in_inbox: int
    """How often the message that came most often stands in the inbox."""
    pushes: int
    """Pairs of token and message id that the channel delivered, each once."""
    submitted: int
    """How often the channel was asked to, repeats included."""
    states: dict[str, int]
    most_attempts: int

    def __str__(self) -> str:
        return (
            f"{self.events} events, {self.kills} kills in {self.seconds:.0f} s "
            f"({self.events / self.seconds:.0f}/s): {self.inbox} in the inbox, {self.pushes} pushes delivered, "
            f"{self.submitted - self.pushes} repeats dropped by the channel, states {self.states}, "
            f"most attempts at one event {self.most_attempts}"
        )


class Deluge:
    """`impatient`: leases of killed workers and waits end at once, so that a small run is a matter of seconds."""

    def __init__(self, processes: CityProcesses, town: Town, events: int, kills: int, *, impatient: bool) -> None:
        self._processes, self._town = processes, town
        self._outbox = town.city.db["outbox"]
        self._events, self._kills, self._impatient = events, kills, impatient
        self._ids: list[str] = []
        self._workers: list[Process] = []

    async def run(self, within: float) -> Figures:
        people = await _reachable_people(self._town.city)
        await self._pour(people)
        began = time.monotonic()
        weather = asyncio.create_task(self._weather())
        try:
            async with asyncio.timeout(within):
                await self._work()
        finally:
            weather.cancel()
            with suppress(asyncio.CancelledError):
                await weather
            await self._town.stand_ins.delete("/control/fcm/faults")
            for worker in self._workers:
                worker.kill()
        return await self._figures(time.monotonic() - began)

    async def _pour(self, people: list[str]) -> None:
        for start in range(0, self._events, _BATCH):
            some = range(start, min(start + _BATCH, self._events))

            async def write(tx: Tx, some: range = some) -> list[str]:
                add = self._town.city.outbox.add
                return [await add("card.issued", people[n % len(people)], tx, card=new_id()) for n in some]

            self._ids += await self._town.city.db.transaction(write)

    async def _work(self) -> None:
        self._workers = [self._processes.worker() for _ in range(2)]
        for killed in range(self._kills):
            await self._progress((killed + 1) / (self._kills + 1))
            self._workers.pop(0).kill()  # the one that has worked longest
            self._workers.append(self._processes.worker())
        await self._progress(1.0)

    async def _progress(self, share: float) -> None:
        """Wait until that share of the events is told."""
        while await self._outbox.count_documents({"_id": {"$in": self._ids}, "state": "done"}) < share * self._events:
            if self._impatient:
                now = self._town.city.clock.now()
                waiting = {"_id": {"$in": self._ids}, "state": "pending", "due_at": {"$gt": now}}
                await self._outbox.update_many(waiting, {"$set": {"due_at": now}})
            await asyncio.sleep(0.5 if self._events > 1000 else 0.2)

    async def _weather(self) -> None:
        while True:
            for faults in _WEATHER:
                await self._town.stand_ins.post("/control/fcm/faults", json=faults)
                await asyncio.sleep(1)

    async def _figures(self, seconds: float) -> Figures:
        db = self._town.city.db
        ours = {"$match": {"message": {"$in": self._ids}}}
        told = await db.aggregate("inbox", [ours, {"$group": {"_id": "$message", "n": {"$sum": 1}}}])
        rows = await self._outbox.find({"_id": {"$in": self._ids}}, {"state": 1, "attempt": 1}).to_list(None)
        pushes = (await self._town.stand_ins.get("/control/fcm/messages")).json()["messages"]
        mine = [push for push in pushes if push["data"]["message_id"] in set(self._ids)]
        return Figures(
            events=self._events,
            kills=self._kills,
            seconds=seconds,
            inbox=len(told),
            most_in_inbox=max((row["n"] for row in told), default=0),
            pushes=len({(push["token"], push["data"]["message_id"]) for push in mine}),
            submitted=sum(push["submitted"] for push in mine),
            states=dict(Counter(row["state"] for row in rows)),
            most_attempts=max(row["attempt"] for row in rows),
        )


async def _reachable_people(city: City) -> list[str]:
    """Citizens with a phone each."""
    devices, people = PushDeviceStore(city.db, city.ring, city.persons), [new_id() for _ in range(_PEOPLE)]

    async def settle(tx: Tx) -> None:
        for citizen in people:
            await city.citizens.add(Citizen(citizen, city.clock.now()), tx)

    await city.db.transaction(settle)
    for citizen in people:
        await devices.put(
            PushDevice(new_id(), citizen, PushTarget(TargetKind.TOKEN, f"push-{new_id()}"), "en"),
            datetime.now(UTC),
        )
    return people
