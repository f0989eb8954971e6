"""What other processes changed, as it happens: one change stream per process, shared by all its listeners.

Subscriptions to a citizen's rows (`of`) get copies through bounded queues; caches (`on`) get a callback. A
stream that breaks (fail-over) resumes after the last change seen. When it cannot resume, listeners with a
callback are told to reload, and subscriptions end so that clients connect again and read what they missed.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from prometheus_client import Gauge

from app.core.mongo import Database, Document, is_unreachable

log = structlog.get_logger()
_SUBSCRIBERS = Gauge("rong_change_subscribers", "Live subscriptions fed by the change stream of this process")
_QUEUE = 100
_FIRST_DELAY, _LONGEST_DELAY = 0.05, 2.0  # seconds before a broken stream is opened again
_CURSOR_ENDED = frozenset({43, 237})  # CursorNotFound, CursorKilled: the history is still there

Changed = Callable[[Document], None]
Reload = Callable[[], Awaitable[None]]


class Changes:
    def __init__(self, db: Database, routes: Mapping[str, str | tuple[str, ...]]) -> None:
        """`routes`: collection → the field that tells whose row it is, or the fields, where it is of several."""
        self._db = db
        self._routes = routes
        self._subscriptions = True
        self._queues: dict[tuple[str, str], set[asyncio.Queue[Document | None]]] = defaultdict(set)
        self._callbacks: dict[str, list[tuple[Changed, Reload]]] = defaultdict(list)
        self._task: asyncio.Task[None] | None = None
        self._resume: object | None = None
        self._opened = asyncio.Event()
        self._delay = _FIRST_DELAY
        self._stopping = False

    def on(self, collection: str, changed: Changed, reload: Reload) -> None:
        """Feed a cache: each new or changed row of the collection; `reload` after a gap. Call before `start`."""
        self._callbacks[collection].append((changed, reload))

    @asynccontextmanager
    async def of(self, collection: str, owner: str) -> AsyncIterator[AsyncIterator[Document]]:
        """Rows of this owner inserted or changed from now on."""
        queue: asyncio.Queue[Document | None] = asyncio.Queue(_QUEUE)
        listeners = self._queues[collection, owner]
        listeners.add(queue)
        _SUBSCRIBERS.inc()
        try:
            yield _drain(queue)
        finally:
            _SUBSCRIBERS.dec()
            listeners.discard(queue)
            if not listeners:
                self._queues.pop((collection, owner), None)

    async def start(self, *, subscriptions: bool = True) -> None:
        """Open the stream; returns when changes from now on will be seen.

        Without subscriptions only what feeds caches is followed: a worker need not read each line it writes.
        """
        self._subscriptions = subscriptions
        self._task = asyncio.create_task(self._run(), name="changes")
        opened = asyncio.create_task(self._opened.wait())
        await asyncio.wait({opened, self._task}, return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()

    async def stop(self) -> None:
        self._stopping = True
        # A cancellation that meets the driver in the moment it has an answer is lost (Python 3.11's wait_for), and
        # one that breaks the closing of the stream comes out as another error: so it is said again until it is heard.
        while self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=1)
        self._end_subscriptions()

    async def _run(self) -> None:
        while not self._stopping:
            try:
                await self._follow()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("change stream broken", error=type(error).__name__)
                # Out of reach: go on after the last change seen. Refused (its history is gone): start anew, with a gap.
                if not (is_unreachable(error) or getattr(error, "code", None) in _CURSOR_ENDED):
                    self._resume = None
                if self._resume is None:
                    self._end_subscriptions()
                await asyncio.sleep(self._delay)
                self._delay = min(self._delay * 2, _LONGEST_DELAY)

    async def _follow(self) -> None:
        watched = sorted({*(self._routes if self._subscriptions else ()), *self._callbacks})
        wanted = {"ns.coll": {"$in": watched}, "operationType": {"$in": ["insert", "update", "replace"]}}
        async with self._db.watch([{"$match": wanted}], self._resume) as stream:
            self._opened.set()
            self._delay = _FIRST_DELAY
            if self._resume is None:
                await self._reload()
            # Not `async for`: its wait for the next change counts as one operation and ends at the client's time limit.
            while stream.alive and not self._stopping:
                if (change := await stream.try_next()) is not None:
                    self._resume = change["_id"]
                    self._deliver(change["ns"]["coll"], change.get("fullDocument"))

    async def _reload(self) -> None:
        """After a gap caches read everything again: between their load and the open stream nothing may be missed."""
        for listeners in self._callbacks.values():
            for _, reload in listeners:
                await reload()

    def _deliver(self, collection: str, row: Document | None) -> None:
        if row is None:  # deleted before it was looked up
            return
        for changed, _ in self._callbacks.get(collection, ()):
            changed(row)
        fields = self._routes.get(collection, ())
        for field in (fields,) if isinstance(fields, str) else fields:
            for queue in tuple(self._queues.get((collection, str(row.get(field))), ())):
                _put(queue, row)

    def _end_subscriptions(self) -> None:
        for queues in self._queues.values():
            for queue in tuple(queues):
                _put(queue, None)


def _put(queue: asyncio.Queue[Document | None], row: Document | None) -> None:
    if queue.full():  # a reader that is too slow is cut off, and reads what it missed when it connects again
        while not queue.empty():
            queue.get_nowait()
        row = None
    queue.put_nowait(row)


async def _drain(queue: asyncio.Queue[Document | None]) -> AsyncIterator[Document]:
    while (row := await queue.get()) is not None:
        yield row
