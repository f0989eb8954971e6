"""The supervisor is run as people run it: as a process that gets signals. Its services are tiny Python programs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

RUNNER = """
import asyncio, json, sys
from pathlib import Path
from app.supervisor import Service, Supervisor

def check(file):
    async def exists():
        return Path(file).exists()
    return exists

def service(name, command, ready=None, patience=30.0, env=None, **more):
    check_or_url = check(ready) if ready and not ready.startswith("http") else ready
    return Service(name, command, env=env or {}, ready=check_or_url, patience=patience, **more)

services = [service(**each) for each in json.loads(sys.argv[1])]
sys.exit(asyncio.run(Supervisor(services, announce=lambda: print("ALL READY", flush=True)).run()))
"""

RECORD = """
import os, pathlib, signal, sys, time
name, journal = sys.argv[1:3]
def note(what):
    with open(journal, "a") as file:
        file.write(f"{name} {what}\\n")
def stop(*_):
    note("stops"); sys.exit(0)
signal.signal(signal.SIGTERM, stop)
note("starts"); print("hello from", name)
time.sleep(0.3)
note("is ready"); pathlib.Path(journal).with_name(name).write_text(str(os.getpid()))
"""
STAYS = RECORD + "time.sleep(600)"
DIES = RECORD + "print('no oil left'); sys.exit(7)"
STUBBORN_GRANDCHILD = """
import pathlib, signal, subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE)
child.stdout.readline()
pathlib.Path(sys.argv[2]).with_name("grandchild").write_text(str(child.pid))
time.sleep(600)
"""


class City:
    """Services in a directory, and the supervisor's process over them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.journal = directory / "journal"
        self.services: list[dict[str, Any]] = []
        self.process: subprocess.Popen[str] | None = None

    def add(self, name: str, program: str, *, ready: str | None = None, **options: Any) -> None:
        command = [sys.executable, "-c", program, name, str(self.journal)]
        file = str(self.directory / (ready or name))
        self.services.append({"name": name, "command": command, "ready": file, **options})

    def start(self) -> subprocess.Popen[str]:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUNNER, json.dumps(self.services)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self.process

    def wait_for(self, line: str) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        assert any(line in said for said in self.process.stdout), f"never said {line}"

    def notes(self) -> list[str]:
        return self.journal.read_text().splitlines()

    def pid(self, name: str) -> int:
        return int((self.directory / name).read_text())


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    city = City(tmp_path)
    yield city
    if city.process is not None:
        city.process.kill()
        city.process.communicate()


def _gone(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].startswith("Z")
    return True


def _eventually(done: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
    return done()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_services_start_in_order_and_stop_in_reverse(city: City, number: signal.Signals) -> None:
    for name in ("stand-ins", "api", "worker"):
        city.add(name, STAYS)
    process = city.start()
    city.wait_for("ALL READY")
    process.send_signal(number)
    assert process.wait(15) == 0
    ups = [f"{name} {what}" for name in ("stand-ins", "api", "worker") for what in ("starts", "is ready")]
    assert city.notes() == [*ups, "worker stops", "api stops", "stand-ins stops"]
    assert all(_gone(city.pid(name)) for name in ("stand-ins", "api", "worker"))


def test_each_line_of_output_names_its_service(city: City) -> None:
    city.add("api", STAYS)
    process = city.start()
    city.wait_for("api │ hello from api")
    process.terminate()
    assert process.wait(15) == 0


def test_when_one_dies_its_last_lines_are_shown_and_the_others_are_stopped(city: City) -> None:
    city.add("stand-ins", STAYS)
    city.add("worker", DIES)
    output, _ = city.start().communicate(timeout=15)
    assert city.process is not None
    assert city.process.returncode == 1
    assert "worker ended with status 7" in output
    assert "  no oil left" in output
    assert city.notes()[-1] == "stand-ins stops"


def test_a_service_that_dies_while_another_is_awaited_is_noticed(city: City) -> None:
    city.add("worker", RECORD + "time.sleep(1); sys.exit(3)")
    city.add("api", STAYS, ready="never")
    output, _ = city.start().communicate(timeout=15)
    assert "worker ended with status 3" in output


def test_a_service_that_never_gets_ready_is_given_up(city: City) -> None:
    city.add("api", STAYS, ready="never", patience=1.0)
    city.add("worker", STAYS)
    output, _ = city.start().communicate(timeout=15)
    assert city.process is not None
    assert city.process.returncode == 1
    assert "api was not ready within 1 s" in output
    assert not any(note.startswith("worker") for note in city.notes())


def test_a_program_that_does_not_exist_is_named(city: City) -> None:
    city.services.append({"name": "api", "command": ["/no/such/program"], "ready": "http://127.0.0.1:9/"})
    output, _ = city.start().communicate(timeout=15)
    assert "/no/such/program: No such file or directory" in output
    assert city.process is not None
    assert city.process.returncode == 1


def test_ctrl_c_before_all_are_ready_stops_what_was_started(city: City) -> None:
    city.add("stand-ins", STAYS)
    city.add("api", STAYS, ready="never")
    process = city.start()
    city.wait_for("hello from api")
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
    assert city.notes()[-2:] == ["api stops", "stand-ins stops"]


def test_no_grandchild_that_ignores_sigterm_is_left(city: City) -> None:
    city.add("api", STUBBORN_GRANDCHILD, ready="grandchild", grace=1)
    process = city.start()
    city.wait_for("ALL READY")
    process.terminate()
    assert process.wait(15) == 0
    assert _eventually(lambda: _gone(city.pid("grandchild")))


def test_a_service_that_ignores_sigterm_is_killed_after_the_grace(city: City) -> None:
    city.add("api", STAYS.replace("stop)", "signal.SIG_IGN)"), grace=1)
    process = city.start()
    city.wait_for("ALL READY")
    process.terminate()
    assert process.wait(25) == 0
    assert _gone(city.pid("api"))


def test_a_url_counts_as_ready_once_it_answers(city: City) -> None:
    serve = (
        "import http.server, sys; s = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n"
        "print('port', s.server_port, flush=True); s.serve_forever()"
    )
    with subprocess.Popen([sys.executable, "-c", serve], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline().split()[1])
        city.add("answers", STAYS)
        city.services[0]["ready"] = f"http://127.0.0.1:{port}/"
        city.add("is missing", STAYS, patience=1.0)
        city.services[1]["ready"] = f"http://127.0.0.1:{port}/nothing-here"
        output, _ = city.start().communicate(timeout=15)
        server.kill()
    assert "is missing was not ready" in output


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash exists on Linux only")
def test_a_killed_supervisor_leaves_no_service(city: City) -> None:
    city.add("api", STAYS)
    process = city.start()
    city.wait_for("ALL READY")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert _eventually(lambda: _gone(city.pid("api")))
