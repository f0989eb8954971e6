"""Sending a broadcast, chunk by chunk, at its pace: in one worker at a time, taken over when that one dies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.tallies import Counting, uncounted
from app.core.viewer import Role, Viewer
from notifications.broadcasts.model import Broadcast, BroadcastState
from notifications.broadcasts.service import Population, tally
from notifications.broadcasts.store import BroadcastStore
from notifications.messages.model import Message
from notifications.preferences.model import PROVIDER, Topic

_LEASE = timedelta(seconds=30)
_LOOK = 1.0  # seconds between looks whether a slow chunk may still go on
_MOST_AT_ONCE = 500
# So often the same people are tried while a channel refuses: then the outbox goes on with them, and the run without.
_MOST_TRIES = 5
_SUSPENDED_REST = timedelta(minutes=5)
# A run gives way after so long, so that a stop is quick and several broadcasts take turns.
_SLICE = 5.0


class Deliver(Protocol):
    """`Dispatcher.deliver`."""

    def __call__(self, messages: Sequence[Message], *, leave: bool = False) -> Coroutine[Any, Any, int]: ...


class Broadcaster:
    """Runs broadcasts in a worker, any number of workers: each broadcast in one of them at a time."""

    def __init__(
        self,
        db: Database,
        broadcasts: BroadcastStore,
        population: Population,
        deliver: Deliver,
        speaks: Callable[[str], bool],
        audit: Audit,
        clock: Clock,
        count: Counting = uncounted,
    ) -> None:
        """`speaks` tells whether an organisation may speak still: what a suspended one had to say waits."""
        self._db = db
        self._broadcasts = broadcasts
        self._population = population
        self._deliver = deliver
        self._speaks = speaks
        self._audit = audit
        self._clock = clock
        self._count = count

    async def round(self) -> int:
        """Run a broadcast for some seconds; how many people were served."""
        claimed = await self._broadcasts.claim(self._clock.now(), _LEASE)
        return await self._run(*claimed) if claimed else 0

    async def _run(self, broadcast: Broadcast, fence: str) -> int:
        served, began = 0, time.monotonic()
        while time.monotonic() - began < _SLICE:
            chunk_began = time.monotonic()
            cursor, count = await self._chunk(broadcast, fence)
            if not count:
                return served
            broadcast, served = replace(broadcast, cursor=cursor, tries=0), served + count
            await asyncio.sleep(max(0.0, count / broadcast.pace - (time.monotonic() - chunk_began)))
        await self._broadcasts.hold(broadcast.id, fence, self._clock.now())
        return served

    async def _chunk(self, broadcast: Broadcast, fence: str) -> tuple[str, int]:
        """The next second's worth of people: the last of them, and how many. None: it ended, was stopped, or waits."""
        most = min(_MOST_AT_ONCE, broadcast.pace)
        test_of = broadcast.owner if broadcast.test else None
        people = await self._population.page(
            broadcast.audience, test_of, after=broadcast.cursor, before=broadcast.until, most=most
        )
        # Asked right before sending: a pause is felt within one chunk, which is one second.
        if not await self._broadcasts.hold(broadcast.id, fence, self._clock.now() + _LEASE):
            return broadcast.cursor, 0
        if broadcast.owner is not None and not self._speaks(broadcast.owner):
            await self._broadcasts.hold(broadcast.id, fence, self._clock.now() + _SUSPENDED_REST)
            return broadcast.cursor, 0
        if not people:
            await self._finish(broadcast, fence)
            return broadcast.cursor, 0
        messages = [self._message(broadcast, citizen) for citizen in people]
        wait = await self._while_held(broadcast, fence, self._deliver(messages, leave=broadcast.tries >= _MOST_TRIES))
        if wait is None:
            return broadcast.cursor, 0
        if wait:
            # A channel is down, or one phone's: the same people again later; who was rung is not rung again.
            await self._broadcasts.put_off(broadcast.id, fence, self._clock.now() + timedelta(seconds=wait))
            return broadcast.cursor, 0
        await self._broadcasts.advance(broadcast.id, fence, people[-1], len(people))
        return people[-1], len(people)

    async def _while_held(self, broadcast: Broadcast, fence: str, delivering: Coroutine[Any, Any, int]) -> int | None:
        """What it answers, however slow a channel is: the lease is kept up meanwhile.

        None when the broadcast was paused, cancelled or taken over: what is under way is broken off. Who was rung and
        not noted yet may be rung again by the next run, under the same message id.
        """
        task = asyncio.ensure_future(delivering)
        try:
            while not (await asyncio.wait({task}, timeout=_LOOK))[0]:
                if not await self._broadcasts.hold(broadcast.id, fence, self._clock.now() + _LEASE):
                    return None
            return task.result()
        finally:
            while not task.done():  # a cancellation can be lost in the driver: it is said until it is heard
                task.cancel()
                await asyncio.wait({task}, timeout=_LOOK)

    async def _finish(self, broadcast: Broadcast, fence: str) -> None:
        found = await self._broadcasts.get(broadcast.id)
        if found is None or found.state is not BroadcastState.RUNNING:
            return
        done = found.moved(BroadcastState.DONE, self._clock.now(), None)

        async def work(tx: Tx) -> bool:
            if not await self._broadcasts.finish(done, fence, tx):
                return False
            ended = Viewer(role=Role.OPS, actor=broadcast.made_by, organisation=broadcast.owner)
            await self._audit.record(ended, "broadcast.done", done.id, tx, sent=done.sent)
            return True

        if await self._db.transaction(work):
            tally(self._count, done)

    def _message(self, broadcast: Broadcast, citizen: str) -> Message:
        source = f"{PROVIDER}{broadcast.owner}" if broadcast.owner else Topic.NEWS.value
        return Message(
            id=new_id(),
            key=broadcast.id,
            citizen=citizen,
            event="broadcast.sent",
            source=source,
            urgency=broadcast.urgency,
            template=broadcast.template,
            facts={},
            at=self._clock.now(),
            test=broadcast.test,
        )
