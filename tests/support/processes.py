"""A city in real processes, for tests that need several of them, kill them, or read their logs.

The processes are those of production (`rong api`, `rong worker`, `rong mocks`), on free ports, against a database
that the test started. Each writes its log to a file of the test's folder.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx2

from app.leash import leashed
from app.secrets_file import fresh_secrets
from app.settings import Settings
from mocks.service_account import write_service_account

_RONG = [sys.executable, "-m", "app.cli"]
_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_ports(count: int) -> int:
    """The first of so many in a row."""
    while True:
        first = free_port()
        with suppress(OSError, OverflowError), ExitStack() as held:
            for port in range(first, first + count):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


class Process:
    """One started process of the city; `url` is where it answers (a worker answers nowhere)."""

    def __init__(self, command: list[str], env: Mapping[str, str], log: Path, url: str = "", ready: str = "") -> None:
        self.url = url
        self._ready = ready
        self._log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                leashed(command), env=dict(env), stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=_ROOT
            )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def children(self) -> set[int]:
        """The processes that it started and that live (Linux)."""
        return set(map(int, Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()))

    @property
    def exit_status(self) -> int | None:
        return self._process.poll()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()

    def terminate(self) -> None:
        """Ask it to end (SIGTERM), and return at once."""
        self._process.send_signal(signal.SIGTERM)

    async def gone(self, within: float = 20.0) -> float:
        """Seconds until it has ended. Raises TimeoutError."""
        began = time.monotonic()
        while self.running:
            if time.monotonic() - began > within:
                raise TimeoutError("the process is still there")
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    async def is_ready(self, url: str | None = None) -> None:
        """At its own URL, or there. Raises AssertionError with the end of its log: it has ended, or takes too long."""
        end = time.monotonic() + _PATIENCE
        async with httpx2.AsyncClient(trust_env=False, timeout=2) as http:
            while True:
                assert self.running, f"ended with {self.exit_status}:\n{self.log_text()[-3000:]}"
                assert time.monotonic() < end, f"not ready in time:\n{self.log_text()[-3000:]}"
                with suppress(httpx2.HTTPError):
                    if (await http.get((url or self.url) + self._ready)).status_code == 200:
                        return
                await asyncio.sleep(0.05)

    def log_text(self) -> str:
        return self._log.read_text(errors="replace")


class CityProcesses:
    """Starts and stops the processes of one city; they share secrets, database and stand-ins."""

    def __init__(self, folder: Path, uri: str, database: str, **changed: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        stand_ins = f"http://127.0.0.1:{free_port()}"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("RONG_", "MONGODB_"))},
            **fresh_secrets(),
            "RONG_ENVIRONMENT": "development",
            "RONG_BASE_URL": "http://city.test",
            "RONG_MONGODB_URI": uri,
            "RONG_MONGODB_DATABASE": database,
            "RONG_SMS_URL": f"{stand_ins}/sms",
            "RONG_REGISTRY_URL": f"{stand_ins}/registry",
            "RONG_DEPARTMENTS_URL": f"{stand_ins}/departments",
            "RONG_DEPARTMENTS_SYSTEMS": '["gjj", "ybj"]',
            "RONG_EXCHANGE_URL": f"{stand_ins}/exchange",
            "RONG_HEALTH_URL": f"{stand_ins}/fhir",
            "RONG_CHARGES_URL": f"{stand_ins}/payments",
            "RONG_GATEWAY_URL": f"{stand_ins}/gateway",
            "RONG_FCM_CREDENTIALS": str(write_service_account(folder, stand_ins)),
            "RONG_FCM_URL": stand_ins,
            "RONG_LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
            **changed,
        }
        self.stand_ins = stand_ins
        self.all: list[Process] = []

    def settings(self) -> Settings:
        """The same city, for a look from the test's own process."""
        named = {name[5:].lower(): value for name, value in self.env.items() if name.startswith("RONG_")}
        # Lists and tables are JSON in an environment.
        values = {name: json.loads(value) if value[:1] in ("[", "{") else value for name, value in named.items()}
        return Settings.model_validate(values)

    async def mocks(self) -> Process:
        port = self.stand_ins.rpartition(":")[2]
        return await self._started("mocks", [*_RONG, "mocks", "--port", port], self.stand_ins, "/healthz")

    async def api(self, *options: str) -> Process:
        command = [*_RONG, "api", "--port", port := str(free_port()), *options]
        return await self._started("api", command, f"http://127.0.0.1:{port}", "/readyz")

    async def apis(self, count: int) -> list[Process]:
        return list(await asyncio.gather(*(self.api() for _ in range(count))))

    async def crew(self, count: int) -> list[str]:
        """So many API processes from one, which reads for all of them what they hold alike: that takes most of the time
        of a start. Where each answers by itself."""
        own = free_ports(count)
        api = await self.api("--processes", str(count), "--own-ports", str(own))
        urls = [f"http://127.0.0.1:{own + number}" for number in range(count)]
        await asyncio.gather(*(api.is_ready(url) for url in urls))
        return urls

    def worker(self) -> Process:
        """Ready when it is ready: what it has to do waits for it in the outbox."""
        return self._begun("worker", [*_RONG, "worker"])

    def script(self, name: str, *arguments: str) -> Process:
        """A module of the tests, run with this city's settings."""
        return self._begun(name.rpartition(".")[2], [sys.executable, "-m", name, *arguments])

    def logs(self) -> list[Path]:
        return sorted(self.folder.glob("*.log"))

    async def stop(self) -> None:
        for process in self.all:
            if process.running:
                process.terminate()
        for process in self.all:
            try:
                await process.gone()
            except TimeoutError:
                process.kill()

    async def _started(self, name: str, command: list[str], url: str, ready: str) -> Process:
        process = self._begun(name, command, url, ready)
        await process.is_ready()
        return process

    def _begun(self, name: str, command: list[str], url: str = "", ready: str = "") -> Process:
        log = self.folder / f"{len(self.all):02d}-{name}.log"
        process = Process(command, self.env, log, url, ready)
        self.all.append(process)
        return process
