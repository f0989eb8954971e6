"""The database: the one place that knows the driver, and the one table of collections, shard keys and indexes.

PyMongo's asyncio client is the default; Motor can be chosen (`RONG_MONGODB_DRIVER=motor`). They differ in three
calls (sessions, aggregation, change streams), and these are hidden here; stores never see which one runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Index:
    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    expire_after: int | None = None
    partial: Mapping[str, Any] | None = None

    def model(self) -> IndexModel:
        options: dict[str, Any] = {"unique": True} if self.unique else {}
        if self.expire_after is not None:
            options["expireAfterSeconds"] = self.expire_after
        if self.partial is not None:
            options["partialFilterExpression"] = dict(self.partial)
        return IndexModel(list(self.keys), **options)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed value of a row: where it stands, to which field and record it is bound, and who `owner` is when it is
    a citizen's (the path of his id: it is sealed under his own key). When keys rotate, what stands here is sealed anew.
    """

    path: str
    field: str
    owner: str | None = None
    record: str = "_id"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a collection is spread over shards and found again, and what of it is sealed.

    A unique index starts with the shard key.
    """

    shard_key: tuple[str, ...]
    indexes: tuple[Index, ...] = ()
    sealed: tuple[Sealed, ...] = ()


_BY_ID = ("_id",)
_TIDY = Index((("tidy_at", 1),), expire_after=0)

COLLECTIONS: dict[str, Shape] = {
    # core
    "audit": Shape(
        _BY_ID,
        (
            Index((("seq", 1), ("_id", 1))),  # the chain, and what is not in it yet
            Index((("subject", 1), ("at", -1), ("_id", -1))),
            Index((("actor", 1), ("at", -1), ("_id", -1))),
            Index((("action", 1), ("at", -1), ("_id", -1))),
            Index((("at", -1), ("_id", -1))),
        ),
    ),
    "audit_chain": Shape(_BY_ID),
    "audit_heads": Shape(_BY_ID, (Index((("at", -1),)),)),
    "audit_reasons": Shape(_BY_ID, sealed=(Sealed("reason", "reason"),)),
    "counters": Shape(_BY_ID),
    "data_keys": Shape(_BY_ID),
    "idempotency": Shape(_BY_ID, (_TIDY,), (Sealed("reply", "reply"),)),
    "limits": Shape(_BY_ID, (_TIDY,)),
    "outbox": Shape(
        _BY_ID,
        (
            Index((("state", 1), ("due_at", 1), ("_id", 1))),
            Index((("state", 1), ("_id", 1))),
            Index((("citizen", 1), ("state", 1), ("_id", 1))),
            _TIDY,
        ),
    ),
    "person_keys": Shape(_BY_ID, sealed=(Sealed("key", "person key"),)),
    "signing_keys": Shape(_BY_ID, sealed=(Sealed("private", "private"),)),
    "slots": Shape(_BY_ID, (Index((("done_at", 1), ("lease_until", 1))), Index((("job", 1), ("slot", -1))), _TIDY)),
    "tallies": Shape(_BY_ID, (_TIDY,)),
    # identity
    "citizens": Shape(
        _BY_ID,
        (
            Index((("division", 1), ("birth_month", 1), ("_id", 1))),
            Index((("birth_month", 1), ("_id", 1))),
            Index((("tags", 1), ("_id", 1))),
            Index((("services", 1), ("_id", 1))),
        ),
        tuple(Sealed(field, field, owner="_id") for field in ("phone", "name", "id_number")),
    ),
    "phones": Shape(_BY_ID, (Index((("citizen", 1),)),)),
    "real_names": Shape(_BY_ID, (Index((("citizen", 1),)),)),
    "otp_challenges": Shape(_BY_ID, (_TIDY,), (Sealed("phone", "phone"),)),
    "sessions": Shape(_BY_ID, (Index((("holder", 1), ("_id", -1))), _TIDY)),
    "revocations": Shape(_BY_ID, (Index((("at", 1),)), _TIDY)),
    "verifications": Shape(_BY_ID, (Index((("citizen", 1), ("_id", -1))),)),
    "verification_locks": Shape(_BY_ID, (_TIDY,)),
    "photos": Shape(_BY_ID, sealed=(Sealed("photo", "photo", owner="_id"),)),
    "guardianships": Shape(
        ("guardian",),
        (
            Index((("guardian", 1), ("ward", 1)), unique=True, partial={"open": True}),
            Index((("guardian", 1), ("_id", 1))),
            Index((("ward", 1), ("_id", 1))),
        ),
    ),
    "organisations": Shape(_BY_ID, (Index((("path", 1),)), Index((("parent", 1), ("_id", 1))))),
    "credit_codes": Shape(_BY_ID),
    "applications": Shape(
        _BY_ID,
        (Index((("state", 1), ("_id", -1))),),
        tuple(Sealed(field, field) for field in ("contact_name", "contact_phone", "purpose", "answer")),
    ),
    "clients": Shape(_BY_ID, (Index((("organisation", 1), ("_id", 1))),)),
    "staff": Shape(
        _BY_ID,
        (Index((("organisation", 1), ("_id", 1))),),
        tuple(Sealed(name, name) for name in ("name", "login", "totp")),
    ),
    "staff_tries": Shape(_BY_ID, (Index((("staff", 1),)), _TIDY)),
    "desk_sessions": Shape(_BY_ID, (_TIDY,)),
    # a citizen's right
    "data_exports": Shape(
        ("citizen",),
        (
            Index((("citizen", 1),), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", -1))),
            Index((("state", 1), ("due_at", 1), ("_id", 1))),
        ),
    ),
    "export_chunks": Shape(
        _BY_ID, (Index((("citizen", 1), ("_id", 1))), _TIDY), (Sealed("data", "export", owner="citizen"),)
    ),
    "corrections": Shape(
        ("citizen",),
        (Index((("citizen", 1), ("_id", -1))), Index((("state", 1), ("_id", -1)))),
        tuple(Sealed(name, f"correction {name}", owner="citizen") for name in ("wanted", "reason", "answer")),
    ),
    "erasures": Shape(
        ("citizen",),
        (
            Index((("citizen", 1),), unique=True, partial={"open": True}),
            Index((("citizen", 1), ("_id", -1))),
            Index((("state", 1), ("due_at", 1), ("_id", 1))),
            Index((("state", 1), ("_id", -1))),
        ),
    ),
    # virtual card
    "cards": Shape(
        ("holder",),
        (
            Index((("holder", 1),), unique=True, partial={"live": True}),
            Index((("holder", 1), ("_id", -1))),
            Index((("state", 1), ("status_index", 1))),
            Index((("state", 1), ("valid_until", 1))),
        ),
    ),
    "card_numbers": Shape(_BY_ID),
    "test_citizens": Shape(("organisation",), (Index((("organisation", 1), ("place", 1)), unique=True),)),
    "codes": Shape(_BY_ID, (Index((("card", 1), ("purpose", 1), ("expires_at", 1))), _TIDY)),
    "disclosures": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("_id", -1))),
            Index((("organisation", 1), ("test", 1), ("_id", -1))),
            Index((("dispute.state", 1), ("_id", -1)), partial={"dispute.state": "open"}),
        ),
        (
            Sealed("dispute.reason", "dispute", owner="citizen"),
            Sealed("dispute.answer", "answer", owner="citizen"),
        ),
    ),
    # notifications
    "inbox": Shape(
        ("citizen",),
        (
            Index((("citizen", 1), ("message", 1)), unique=True),
            Index((("citizen", 1), ("_id", -1))),
            Index((("citizen", 1), ("read_at", 1), ("_id", 1))),
        ),
        (Sealed("sealed", "values", owner="citizen", record="message"),),
    ),
    "preferences": Shape(_BY_ID),
    "webhook_endpoints": Shape(
        ("organisation",),
        (
            Index((("organisation", 1), ("place", 1)), unique=True),
            Index((("organisation", 1), ("_id", 1))),
            Index((("state", 1), ("due_at", 1), ("_id", 1))),
        ),
        (Sealed("secret", "webhook secret"), Sealed("old_secret", "webhook secret")),
    ),
    "webhook_deliveries": Shape(
        _BY_ID,
        (
            Index((("endpoint", 1), ("state", 1), ("due_at", 1), ("event", 1))),
            Index((("endpoint", 1), ("state", 1), ("subject", 1), ("event", 1))),
            Index((("endpoint", 1), ("state", 1), ("at", 1))),
            Index((("endpoint", 1), ("event", -1))),
            Index((("endpoint", 1), ("state", 1), ("event", -1))),
            _TIDY,
        ),
    ),
    "push_devices": Shape(
        _BY_ID,
        (Index((("citizen", 1), ("_id", 1))), Index((("token_hash", 1),)), _TIDY),
        (Sealed("token", "push token", owner="citizen"),),
    ),
    "early_reports": Shape(_BY_ID, (_TIDY,)),
    "deliveries": Shape(
        _BY_ID,
        (
            Index((("message", 1),)),
            Index((("sender", 1), ("key", 1))),
            Index((("seq", -1),)),
            Index((("outcome", 1), ("seq", -1))),
        ),
    ),
    "broadcasts": Shape(_BY_ID, (Index((("state", 1), ("due_at", 1), ("_id", 1))), Index((("owner", 1), ("_id", -1))))),
    "digests": Shape(_BY_ID, (_TIDY,)),
    "notices": Shape(
        _BY_ID,
        (Index((("organisation", 1), ("_id", -1))), Index((("citizen", 1), ("_id", 1)))),
        (Sealed("sealed", "values", owner="citizen"),),
    ),
    "templates": Shape(
        ("owner",),
        (
            Index((("owner", 1), ("code", 1), ("version", 1)), unique=True),
            Index((("owner", 1), ("_id", -1))),
            Index((("state", 1), ("_id", -1))),
        ),
    ),
}

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


def is_unreachable(error: BaseException) -> bool:
    """Whether the database did not answer in time: the caller may try again with the same idempotency key."""
    if isinstance(error, PyMongoError) and (error.timeout or error.has_error_label("TransientTransactionError")):
        return True
    return isinstance(error, _UNREACHABLE)


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
            raise KeyError(f"collection {collection!r} is not in the table of app/core/mongo.py")
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
        for name, shape in COLLECTIONS.items():
            if name not in present:
                await self._create(name)
            if shape.indexes:
                await self._db[name].create_indexes([index.model() for index in shape.indexes])

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
