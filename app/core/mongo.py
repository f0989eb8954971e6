"""The database: the one place that knows the driver.

PyMongo's asyncio client is the default; Motor can be chosen (`RONG_MONGODB_DRIVER=motor`). They differ in three
calls (sessions, aggregation, change streams), and these are hidden here; stores never see which one runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeAlias, TypeVar

from bson.codec_options import CodecOptions
from prometheus_client import Counter
from pymongo import AsyncMongoClient, IndexModel, UpdateOne, monitoring
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import (
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteConcernError,
    WTimeoutError,
)

from app.core.collections import COLLECTIONS, Index, Shape
from app.settings import Driver, Settings

Document: TypeAlias = dict[str, Any]
Collection: TypeAlias = AsyncCollection[Document]
Tx: TypeAlias = AsyncClientSession
T = TypeVar("T")

DuplicateKey = DuplicateKeyError
DatabaseFault = PyMongoError
_UNREACHABLE = (
    ConnectionFailure,
    ServerSelectionTimeoutError,
    NetworkTimeout,
    ExecutionTimeout,
    WTimeoutError,
    WriteConcernError,
)

_COMMANDS = Counter("rong_database_commands_total", "Commands sent to the database", ["command"])
_IGNORED = frozenset({"hello", "isMaster", "ismaster", "endSessions", "ping", "killCursors"})
command_log: ContextVar[list[str] | None] = ContextVar("command_log", default=None)


@cache
def _counted(command: str) -> Counter:
    """Finding a labelled child costs more than counting, and commands are few."""
    return _COMMANDS.labels(command)


class _CommandCount(monitoring.CommandListener):
    """Counts commands for `/metrics`, and lists them for a test that asks by setting `command_log`."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in _IGNORED:
            return
        _counted(event.command_name).inc()
        log = command_log.get()
        if log is not None:
            log.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


def index_model(index: Index) -> IndexModel:
    """An index of the table as the driver wants it."""
    options: dict[str, Any] = {"unique": True} if index.unique else {}
    if index.expire_after is not None:
        options["expireAfterSeconds"] = index.expire_after
    if index.partial is not None:
        options["partialFilterExpression"] = dict(index.partial)
    return IndexModel(list(index.keys), **options)


def is_unreachable(error: BaseException) -> bool:
    """Whether the database did not answer in time: the caller may try again with the same idempotency key."""
    if isinstance(error, PyMongoError) and (error.timeout or error.has_error_label("TransientTransactionError")):
        return True
    return isinstance(error, _UNREACHABLE)


# Making a collection is mostly waiting for the journal.
_PREPARED_AT_ONCE = 8


class Database:
    """A database handle: collections by name, transactions, aggregation and change streams alike on both drivers."""

    def __init__(self, client: Any, name: str, driver: Driver) -> None:
        self._client = client
        self._driver = driver
        # Times come back aware: the rest of the program never meets a naive datetime.
        self._db = client.get_database(name, codec_options=CodecOptions(tz_aware=True))
        self.name = name

    def __getitem__(self, collection: str) -> Collection:
        if collection not in COLLECTIONS:
            raise KeyError(f"collection {collection!r} is not in the table of app/core/collections.py")
        found: Collection = self._db[collection]
        return found

    async def transaction(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work(tx)` in a transaction. Under conflict it runs again: make ids before, call nothing outside.

        Both drivers would try for two minutes; the time limit of one operation holds for the whole of it.
        """
        started = self._client.start_session()
        try:
            async with asyncio.timeout(self._client.options.timeout):
                async with await started if self._driver is Driver.MOTOR else started as session:
                    done: T = await session.with_transaction(work)
                    return done
        except TimeoutError:
            raise NetworkTimeout("the transaction did not end in time") from None

    async def update_each(self, collection: str, changes: Sequence[tuple[Document, Document]]) -> int:
        """Many guarded updates of one row each (filter, change) by one command; how many rows were changed."""
        if not changes:
            return 0
        done = await self[collection].bulk_write([UpdateOne(*change) for change in changes], ordered=False)
        return int(done.modified_count)

    async def aggregate(self, collection: str, pipeline: Sequence[Document], tx: Tx | None = None) -> list[Document]:
        found = self[collection].aggregate(list(pipeline), session=tx)
        cursor: Any = found if self._driver is Driver.MOTOR else await found
        rows: list[Document] = await cursor.to_list(None)
        return rows

    @asynccontextmanager
    async def watch(self, pipeline: Sequence[Document], resume_after: Any = None) -> AsyncIterator[Any]:
        """A change stream over the whole database, full documents included."""
        opened: Any = self._db.watch(
            list(pipeline), full_document="updateLookup", resume_after=resume_after, max_await_time_ms=1000
        )
        # Entering is what opens Motor's stream: iterating alone would miss what changes before the first look.
        async with opened if self._driver is Driver.MOTOR else await opened as stream:
            yield stream

    async def prepare(self) -> None:
        """Make collections and indexes that are missing. Safe to run by every process at once."""
        present = set(await self._db.list_collection_names())
        at_once = asyncio.Semaphore(_PREPARED_AT_ONCE)

        async def made(name: str, shape: Shape) -> None:
            async with at_once:
                if name not in present:
                    await self._create(name)
                if shape.indexes:
                    await self._db[name].create_indexes([index_model(index) for index in shape.indexes])

        await asyncio.gather(*(made(name, shape) for name, shape in COLLECTIONS.items()))

    async def _create(self, name: str) -> None:
        try:
            await self._db.create_collection(name)
        except PyMongoError as error:  # another process was first
            if getattr(error, "code", None) != 48 and "already exists" not in str(error):  # NamespaceExists
                raise

    async def ping(self) -> None:
        """Raises when no writable primary answers."""
        answer = await self._client.admin.command("hello")
        if not answer.get("isWritablePrimary", answer.get("ismaster")):
            raise ConnectionFailure("no writable primary")

    async def drop(self) -> None:
        await self._client.drop_database(self.name)

    async def close(self) -> None:
        closed = self._client.close()
        if closed is not None:
            await closed


def connect(settings: Settings, *, timeout_ms: int | None = None) -> Database:
    """A client for these settings. Nothing is sent until first used."""
    # motor is an optional dependency: it is imported only where it was chosen.
    options: dict[str, Any] = {
        "w": "majority",
        "journal": True,
        "timeoutMS": timeout_ms or settings.mongodb_timeout_ms,
        "serverSelectionTimeoutMS": 8_000,
        "tz_aware": True,
        "event_listeners": [_CommandCount()],
        "appname": "rong",
    }
    client = _client_class(settings.mongodb_driver)(settings.mongodb_uri.get_secret_value(), **options)
    return Database(client, settings.mongodb_database, settings.mongodb_driver)


def _client_class(driver: Driver) -> Any:
    if driver is Driver.PYMONGO:
        return AsyncMongoClient
    from motor.motor_asyncio import AsyncIOMotorClient  # noqa: PLC0415  (optional dependency)

    return AsyncIOMotorClient
