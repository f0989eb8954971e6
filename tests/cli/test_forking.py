"""Processes forked from one: who dies is replaced, who is asked to stop stops them all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

_PATIENCE = 60.0
_SCRIPT = """
import os, signal, sys
import structlog
from app.cli.forking import Crew

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))

def say(*what):
    os.write(1, (" ".join(map(str, what)) + "\\n").encode())  # at once, and whole

def work(number):
    say(number, os.getpid())
    {work}

sys.exit(Crew({size}, work, grown={grown}).run())
"""
_WAITS = "signal.pause()"
Begin = Callable[..., subprocess.Popen[str]]


@pytest.fixture(name="begin")
def begun() -> Iterator[Begin]:
    every: list[subprocess.Popen[str]] = []

    def begin(work: str, size: int = 2, grown: float = 0.0) -> subprocess.Popen[str]:
        script = _SCRIPT.format(work=work, size=size, grown=grown)
        every.append(subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True))
        return every[-1]

    yield begin
    for one in every:
        if one.poll() is None:
            one.kill()
        one.communicate(timeout=_PATIENCE)


def _started(crew: subprocess.Popen[str], count: int) -> dict[int, int]:
    """Number → process, of those who say next that they have begun."""
    assert crew.stdout is not None
    return dict(tuple(map(int, crew.stdout.readline().split())) for _ in range(count))  # type: ignore[misc]


def test_each_has_its_number_and_a_process_of_its_own(begin: Begin) -> None:
    crew = begin(_WAITS, size=3)
    found = _started(crew, 3)
    assert sorted(found) == [0, 1, 2]
    assert len({crew.pid, *found.values()}) == 4


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSEGV])
@pytest.mark.parametrize("grown", [0.0, 1e9])
def test_who_is_killed_is_replaced_under_the_same_number(begin: Begin, sent: signal.Signals, grown: float) -> None:
    crew = begin(_WAITS, grown=grown)
    found = _started(crew, 2)
    os.kill(found[1], sent)
    [(number, process)] = _started(crew, 1).items()
    assert number == 1
    assert process not in found.values()
    assert crew.poll() is None


@pytest.mark.parametrize("work", ["raise RuntimeError('x')", "sys.exit(4)", "return"])
def test_who_worked_and_ended_in_whatever_way_is_replaced(begin: Begin, work: str) -> None:
    crew = begin(work, size=1)
    assert len({_started(crew, 1)[0] for _ in range(3)}) == 3


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_stops_them_all(begin: Begin, sent: signal.Signals) -> None:
    crew = begin(_WAITS)
    found = _started(crew, 2)
    crew.send_signal(sent)
    assert crew.wait(_PATIENCE) == 0
    assert not any(map(_lives, found.values()))


def test_when_none_can_start_the_first_failure_ends_all(begin: Begin) -> None:
    crew = begin("sys.exit(3) if number else signal.pause()", grown=1e9)
    found = _started(crew, 2)
    assert crew.wait(_PATIENCE) == 3
    assert not any(map(_lives, found.values()))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part")
def test_when_the_parent_is_killed_they_end_too(begin: Begin) -> None:
    crew = begin(_WAITS)
    _started(crew, 2)
    crew.kill()
    assert crew.stdout is not None
    assert crew.stdout.read() == ""  # read to the end: nobody holds the other end of the pipe


def test_a_process_hears_its_own_signals(begin: Begin) -> None:
    """What the parent keeps from itself is not kept from them."""
    rings = "signal.setitimer(signal.ITIMER_REAL, 0.05); signal.pause()"
    crew = begin(f"signal.signal(signal.SIGALRM, lambda *_: say(9, 9)); {rings}", size=1)
    _started(crew, 1)
    assert _started(crew, 1) == {9: 9}


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
