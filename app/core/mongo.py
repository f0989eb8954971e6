"""The database: the one place that knows the driver.

PyMongo's asyncio client is the default; Motor can be chosen (`RONG_MONGODB_DRIVER=motor`). They differ in three
calls (sessions, aggregation, change streams), and these are hidden here; stores never see which one runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from bson.codec_options import CodecOptions
from gridfs import AsyncGridFSBucket
from prometheus_client import Counter
from pymongo import AsyncMongoClient, IndexModel, UpdateOne, monitoring
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteConcernError,
    WTimeoutError,
)

from app.core.collections import COLLECTIONS, Index, Series, Shape
from app.core.paging import PageRequest
from app.settings import Driver, Settings

Document: TypeAlias = dict[str, Any]
Collection: TypeAlias = AsyncCollection[Document]
Tx: TypeAlias = AsyncClientSession
T = TypeVar("T")

DuplicateKey = DuplicateKeyError
_DUPLICATE, _CONFLICT = 11_000, 112
_DAY = 86_400
_TRANSIENT = "TransientTransactionError"
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


def series_options(series: Series) -> dict[str, Any]:
    """A time series as the driver wants it; its rows come by the hour."""
    form = {"timeField": series.time, "metaField": series.meta, "granularity": "hours"}
    return {"timeseries": form, "expireAfterSeconds": series.kept_days * _DAY}


async def page_rows(
    collection: Collection, which: Mapping[str, Any], request: PageRequest, *, by: str = "_id", newest: bool = True
) -> list[Document]:
    """The rows of a keyset page and one more, which tells that more follow (`Page.cut`); an index serves `which`, then
    `by`. `newest` first, or in rising order.
    """
    beyond = {} if request.after is None else {by: {"$lt" if newest else "$gt": request.after}}
    found = collection.find({**which, **beyond}).sort(by, -1 if newest else 1).limit(request.first + 1)
    return await found.to_list(None)


async def insert_rows(collection: Collection, rows: Sequence[Document], tx: Tx) -> None:
    """Many rows by one command, or none. Raises DuplicateKey, as the insertion of one row does."""
    if not rows:
        return
    try:
        await collection.insert_many(rows, session=tx)
    except BulkWriteError as error:
        first: Document = next(iter((error.details or {}).get("writeErrors", ())), {})
        if first.get("code") != _DUPLICATE:
            raise
        raise DuplicateKeyError("a row is there already", _DUPLICATE, first) from None


@contextmanager
def rivals_look_again() -> Iterator[None]:
    """Around writing a row that a rival may have written since this transaction began: then the whole transaction runs
    again, and sees it. For rows that whoever comes first makes and all others change (a day's sum, an account).
    """
    try:
        yield
    except DuplicateKeyError as taken:
        raise OperationFailure("a rival was first", _CONFLICT, {"errorLabels": [_TRANSIENT]}) from taken


def is_unreachable(error: BaseException) -> bool:
    """Whether the database did not answer in time: the caller may try again with the same idempotency key."""
    if isinstance(error, PyMongoError) and (error.timeout or error.has_error_label(_TRANSIENT)):
        return True
    return isinstance(error, _UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A question to one collection that can be asked together with others (`Database.gather`): `read` makes of a row
    what it is.
    """

    collection: str
    pipeline: Sequence[Document]
    read: Callable[[Document], T]


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
            raise KeyError(f"collection {collection!r} is not in the table of app/core/collections")
        found: Collection = self._db[collection]
        return found

    def files(self, bucket: str) -> Any:
        """A bucket of GridFS: its collections `BUCKET.files` and `BUCKET.chunks` stand in the table, too."""
        if self._driver is Driver.PYMONGO:
            return AsyncGridFSBucket(self._db, bucket)
        from motor.motor_asyncio import AsyncIOMotorGridFSBucket  # noqa: PLC0415  (optional dependency)

        return AsyncIOMotorGridFSBucket(self._db, bucket)

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

    async def update_each(
        self, collection: str, changes: Sequence[tuple[Document, Document]], tx: Tx | None = None
    ) -> int:
        """Many guarded updates of one row each (filter, change) by one command; how many rows were changed."""
        if not changes:
            return 0
        done = await self[collection].bulk_write([UpdateOne(*change) for change in changes], ordered=False, session=tx)
        return int(done.modified_count)

    async def aggregate(self, collection: str, pipeline: Sequence[Document], tx: Tx | None = None) -> list[Document]:
        found = self[collection].aggregate(list(pipeline), session=tx)
        cursor: Any = found if self._driver is Driver.MOTOR else await found
        rows: list[Document] = await cursor.to_list(None)
        return rows

    async def gather(self, parts: Sequence[Part[Any]]) -> list[list[Any]]:
        """Many questions by one command; the answers in the order of the questions."""
        if not parts:
            return []
        asked = [_told_apart(number, part) for number, part in enumerate(parts)]
        others = [
            {"$unionWith": {"coll": part.collection, "pipeline": pipeline}}
            for part, pipeline in zip(parts[1:], asked[1:], strict=True)
        ]
        found: list[list[Any]] = [[] for _ in parts]
        for row in await self.aggregate(parts[0].collection, [*asked[0], *others]):
            found[row["part"]].append(parts[row["part"]].read(row["row"]))
        return found

    @asynccontextmanager
    async def watch(self, pipeline: Sequence[Document], resume_after: Any = None) -> AsyncIterator[Any]:
        """A change stream over the whole database, full documents included."""
        opened: Any = self._db.watch(
            list(pipeline), full_document="updateLookup", resume_after=resume_after, max_await_time_ms=1000
        )
        # Entering is what opens Motor's stream: iterating alone would miss what changes before the first look.
        async with opened if self._driver is Driver.MOTOR else await opened as stream:
            yield stream

    async def has_all(self) -> bool:
        """Whether every collection is there, by one command; of indexes it says nothing."""
        return set(await self._db.list_collection_names()) >= COLLECTIONS.keys()

    async def prepare(self) -> None:
        """Make collections and indexes that are missing. Safe to run by every process at once."""
        present = set(await self._db.list_collection_names())
        at_once = asyncio.Semaphore(_PREPARED_AT_ONCE)

        async def made(name: str, shape: Shape) -> None:
            async with at_once:
                if name not in present:
                    await self._create(name, shape.series)
                if shape.indexes:
                    await self._db[name].create_indexes([index_model(index) for index in shape.indexes])

        await asyncio.gather(*(made(name, shape) for name, shape in COLLECTIONS.items()))
        await self._prune_plain_series()

    async def _create(self, name: str, series: Series | None) -> None:
        options = series_options(series) if series else {}
        try:
            await self._db.create_collection(name, **options)
        except PyMongoError as error:
            if getattr(error, "code", None) == 48 or "already exists" in str(error):  # NamespaceExists: another process
                return
            if not series or is_unreachable(error):
                raise
            await self._create(name, None)

    async def _prune_plain_series(self) -> None:
        """A database without time series keeps the same rows in a collection like any other, whether it said so or
        took no notice; there an index drops what is old.
        """
        series = {name: shape.series for name, shape in COLLECTIONS.items() if shape.series}
        async for found in await self._db.list_collections(filter={"name": {"$in": sorted(series)}}):
            if found["type"] != "timeseries" and (one := series[found["name"]]) is not None:
                await self._db[found["name"]].create_index(one.time, expireAfterSeconds=one.kept_days * _DAY)

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


def _told_apart(number: int, part: Part[Any]) -> list[Document]:
    return [*part.pipeline, {"$project": {"_id": 0, "part": {"$literal": number}, "row": "$$ROOT"}}]


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
