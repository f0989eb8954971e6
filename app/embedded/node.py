"""One database process: started on a leash, asked, stopped, killed, started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pymongo
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from app.embedded.engines import HOST, EmbeddedDatabaseError, Engine, command_of
from app.leash import leashed

PATIENCE = 30.0  # seconds until a database that does not answer counts as failed
STOPPING = 10.0  # seconds between asking and killing


class Node:
    """A database process and its data directory; can be killed and started again on the same port."""

    def __init__(
        self,
        data: Path,
        engine: Engine,
        spawner: ThreadPoolExecutor,
        port: int | None,
        options: Sequence[str] = (),
    ) -> None:
        self.data = data
        self.engine = engine
        self.log = data.with_suffix(".log")
        self._state = data.with_suffix(".json")
        self._spawner = spawner
        self._options = tuple(options)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = port or self._port_of_last_time() or _free_port()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._end_orphan()
        # The leash is tied to the thread that forks: it must be one that lives as long as the database shall.
        self._process = self._spawner.submit(self._spawn).result()
        self._state.write_text(json.dumps({"pid": self._process.pid, "port": self.port}))
        self.wait("an answer", lambda: bool(self.hello()))

    def ask_to_stop(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def stop(self) -> None:
        """Ask it to end, and kill it when it does not."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def hello(self) -> dict[str, Any]:
        """What it says of itself; empty when it does not answer."""
        try:
            with pymongo.timeout(1):
                return self.command("hello")
        except PyMongoError:
            return {}

    def command(self, *command: Any, **options: Any) -> dict[str, Any]:
        """Run an administrative command on this very node."""
        client: MongoClient[dict[str, Any]] = MongoClient(
            HOST, self.port, directConnection=True, serverSelectionTimeoutMS=300
        )
        with pymongo.timeout(10), client:
            return client.admin.command(*command, **options)

    def wait(self, what: str, done: Callable[[], bool]) -> None:
        """Wait until `done`. Raises EmbeddedDatabaseError when the process ends first or time runs out."""
        end = time.monotonic() + PATIENCE
        while not done():
            if self.pid is None or time.monotonic() > end:
                raise EmbeddedDatabaseError(f"{self.engine}: no {what}; see {self.log}\n{_last_lines(self.log)}")
            time.sleep(0.02)

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [*command_of(self.engine, self.data, self.port), *self._options]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches us, and we stop it in order.
            return subprocess.Popen(  # noqa: S603
                leashed(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data.parent,
                start_new_session=True,
            )

    def _last_time(self) -> dict[str, int]:
        with suppress(OSError, ValueError):
            return dict(json.loads(self._state.read_text()))
        return {}

    def _port_of_last_time(self) -> int | None:
        port = self._last_time().get("port")
        return port if port and _is_free(port) else None

    def _end_orphan(self) -> None:
        """End the process a crashed run left, and only that one: its command line names our directory."""
        pid = self._last_time().get("pid")
        end = time.monotonic() + STOPPING
        while pid and str(self.data) in _command_line(pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM if time.monotonic() < end else signal.SIGKILL)
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _command_line(pid: int) -> str:
    """How that process was started; empty when there is none."""
    if sys.platform == "linux":
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    ask = ["/bin/ps", "-p", str(pid), "-o", "command="]
    return subprocess.run(ask, capture_output=True, text=True, check=False).stdout  # noqa: S603


def _last_lines(log: Path, count: int = 5) -> str:
    with suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    return ""
