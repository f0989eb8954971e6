"""Runs the city's processes under one parent: started in order, watched, stopped in reverse.

Own code, because honcho's Manager starts everything at once and knows no readiness: an API that comes up before
its database and stand-ins would greet a newcomer with errors.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
from rich.console import Console
from rich.text import Text

from app.leash import leashed

COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green")
GRACE = 10.0  # seconds between SIGTERM and SIGKILL
REMEMBERED = 20  # last lines shown when a service dies
LINE_LIMIT = 1 << 20  # bytes; a longer line is shown in pieces

Check = Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class Service:
    """One process. `ready` is asked until it says yes: a URL that answers below 400, or a check of its own.

    One that `ends` is a step: the next one starts when it has ended well. `grace` lies between SIGTERM and SIGKILL.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Check | str | None = None
    patience: float = 60.0
    ends: bool = False
    grace: float = GRACE


class ServiceFailed(Exception):
    """A service ended, or was not ready in time. `last_lines` is what it said last."""

    def __init__(self, service: str, reason: str, last_lines: Sequence[str]) -> None:
        super().__init__("\n".join([f"{service} {reason}", *(f"  {line}" for line in last_lines)]))
        self.service = service
        self.last_lines = list(last_lines)


class Running:
    """A started service: its process, the relay of its output, and the last lines of it."""

    def __init__(self, service: Service, process: asyncio.subprocess.Process, show: Callable[[str], None]) -> None:
        self.service = service
        self.process = process
        self._show = show
        self._lines: deque[str] = deque(maxlen=REMEMBERED)
        self._relay = asyncio.create_task(self._relay_output())

    async def wait_until_ready(self) -> None:
        """Raises ServiceFailed when it ends first or its patience runs out."""
        end = time.monotonic() + self.service.patience
        while not await self._is_ready():
            if self.process.returncode is not None:
                raise await self.ended()
            if time.monotonic() > end:
                raise self._failed(f"was not ready within {self.service.patience:g} s")
            await asyncio.sleep(0.05)

    async def wait_until_done(self) -> None:
        """Raises ServiceFailed when it ends badly or not within its patience."""
        try:
            await asyncio.wait_for(asyncio.shield(self.process.wait()), self.service.patience)
        except TimeoutError:
            raise self._failed(f"was not done within {self.service.patience:g} s") from None
        if self.process.returncode != 0:
            raise await self.ended()

    async def ended(self) -> ServiceFailed:
        """Waits for the end of the process, and tells it."""
        code = await self.process.wait()
        with suppress(TimeoutError):  # a grandchild may hold the pipe open
            await asyncio.wait_for(asyncio.shield(self._relay), 1)
        return self._failed(f"was ended by signal {-code}" if code < 0 else f"ended with status {code}")

    async def stop(self) -> None:
        """SIGTERM to its whole process group; SIGKILL to what is left of it."""
        self._signal(signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), self.service.grace)
        self._signal(signal.SIGKILL)
        await self.process.wait()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._relay, 1)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # macOS: PermissionError for a group of zombies
            os.killpg(self.process.pid, number)

    async def _is_ready(self) -> bool:
        if self.process.returncode is not None:
            return False
        match self.service.ready:
            case None:
                return True
            case str(url):
                return await _answers(url)
            case check:
                return await check()

    async def _relay_output(self) -> None:
        assert self.process.stdout is not None
        while line := await self._next_line(self.process.stdout):
            self._lines.append(line)
            self._show(line)

    @staticmethod
    async def _next_line(output: asyncio.StreamReader) -> str:
        """A line without its end (a space for an empty one); empty at the end of the output."""
        try:
            raw = await output.readuntil(b"\n")
        except asyncio.IncompleteReadError as end:
            raw = end.partial
        except asyncio.LimitOverrunError as overrun:
            raw = await output.read(overrun.consumed)
        return raw.decode(errors="replace").rstrip("\r\n") or (" " if raw else "")

    def _failed(self, reason: str) -> ServiceFailed:
        return ServiceFailed(self.service.name, reason, self._lines)


class Supervisor:
    """Start the services in order, `announce` when all are ready, and stay until asked to stop or one ends."""

    def __init__(
        self,
        services: Sequence[Service],
        *,
        console: Console | None = None,
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        self._services = services
        self._console = console or Console()
        self._announce = announce
        self._running: list[Running] = []
        self._width = max((len(service.name) for service in services), default=0)

    async def run(self) -> int:
        """The exit status: 0 after Ctrl-C or SIGTERM, 1 when a service failed."""
        stop = self._stop_on_signals()
        life = asyncio.create_task(self._live())
        asked = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({life, asked}, return_when=asyncio.FIRST_COMPLETED)
            return self._verdict(life)
        finally:
            await _cancel(life, asked)
            await self._stop_all()

    async def _live(self) -> None:
        for service in self._services:
            running = await self._start(service)
            if service.ends:
                await self._unless_one_ends(running.wait_until_done(), but=running)
                self._running.remove(running)
            else:
                await self._unless_one_ends(running.wait_until_ready())
        self._announce()
        await self._unless_one_ends(asyncio.Event().wait())

    async def _start(self, service: Service) -> Running:
        process = await asyncio.create_subprocess_exec(
            *leashed(service.command),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **service.env},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_LIMIT,
            start_new_session=True,  # Ctrl-C reaches us alone, and we stop them in order
        )
        running = Running(service, process, self._printer(service))
        self._running.append(running)
        return running

    async def _unless_one_ends(self, work: Awaitable[object], *, but: Running | None = None) -> None:
        """Raises ServiceFailed as soon as any started service ends (`but` one, whose end is awaited)."""
        ends = [asyncio.create_task(running.ended()) for running in self._running if running is not but]
        main = asyncio.ensure_future(work)
        try:
            await asyncio.wait({main, *ends}, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                if end.done():
                    raise end.result()
            main.result()
        finally:
            await _cancel(main, *ends)

    def _verdict(self, life: asyncio.Task[None]) -> int:
        if not life.done():
            return 0
        failure = life.exception()
        if not isinstance(failure, ServiceFailed | OSError):
            life.result()
        self._console.print(Text(str(failure), style="bold red"))
        return 1

    async def _stop_all(self) -> None:
        while self._running:
            await self._running.pop().stop()

    def _stop_on_signals(self) -> asyncio.Event:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        return stop

    def _printer(self, service: Service) -> Callable[[str], None]:
        colour = COLOURS[self._services.index(service) % len(COLOURS)]
        prefix = Text(f"{service.name:>{self._width}} │ ", style=colour)

        def show(line: str) -> None:
            self._console.print(prefix + Text.from_ansi(line), soft_wrap=True)

        return show


async def _answers(url: str) -> bool:
    """Whether that address answers now, with anything below 400."""
    try:
        async with httpx2.AsyncClient(timeout=2, trust_env=False) as client:
            return (await client.get(url)).status_code < 400
    except httpx2.HTTPError:
        return False


async def _cancel(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
