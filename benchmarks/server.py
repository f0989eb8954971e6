"""A measured process, seen from outside: started on its core, asked for its figures, stopped."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from app.leash import leashed
from benchmarks.machine import cores
from benchmarks.served import FIGURES

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Figures:
    """`cpu_s` since the process began; stalls of the event loop above 50 ms since figures were last asked for."""

    cpu_s: float
    memory_mb: float
    stalls: int
    longest_ms: float


class Server:
    """`start_s`: from the first instruction of the process to its first answer; `start_cpu_s`: its CPU until then."""

    def __init__(self, app: str, settings: Mapping[str, str]) -> None:
        self.app = app
        self.port = free_port()
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self.start_s = 0.0
        self.start_cpu_s = 0.0

    def start(self) -> Self:
        core = str(min(cores()[0])) if cores()[0] else "any"
        command = leashed([sys.executable, "-m", "benchmarks.served", self.app, str(self.port), core])
        began = time.perf_counter()
        self._process = subprocess.Popen(command, env={**os.environ, **self._settings}, stdout=subprocess.DEVNULL)
        while not self._answers():
            if self._process.poll() is not None or time.perf_counter() - began > _PATIENCE:
                raise RuntimeError(f"the {self.app} server did not start")
            time.sleep(0.01)
        self.start_s = time.perf_counter() - began
        self.start_cpu_s = self._ask().cpu_s
        return self

    async def figures(self) -> Figures:
        return await asyncio.to_thread(self._ask)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_PATIENCE)
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _ask(self) -> Figures:
        with urlopen(f"http://127.0.0.1:{self.port}{FIGURES}", timeout=_PATIENCE) as answer:
            return Figures(**json.load(answer))

    def _answers(self) -> bool:
        try:
            self._ask()
        except URLError:
            return False
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
