"""Several processes behind one port, forked from one that has read what all of them need.

What the parent has read (modules, schemas, dictionaries, grounds) lies in the machine's memory once for all of them,
page by page, until one writes to it. What belongs to a process (its connections, its caches, its index) it makes itself
after the fork. The parent answers nobody: it replaces who died, and passes on when it is asked to stop.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import structlog

_STOP = {signal.SIGTERM, signal.SIGINT}
_HEARD = {*_STOP, signal.SIGCHLD, signal.SIGALRM}
_GROWN = 10.0  # seconds
_SOON, _LATER = 0.05, 1.0  # seconds until somebody is replaced who worked, or never did
_PDEATHSIG = 1  # PR_SET_PDEATHSIG of linux/prctl.h
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Member:
    number: int
    since: float


class Crew:
    """`work(number)` runs in each of `size` processes; what it raises ends its process, not the parent.

    Who ends is replaced; but when nobody ever lived for `grown` seconds, the first to end by itself ends all.
    """

    def __init__(self, size: int, work: Callable[[int], None], grown: float = _GROWN) -> None:
        self._work = work
        self._grown = grown
        self._missing = list(range(size))
        self._members: dict[int, _Member] = {}
        self._proven = self._stopping = False
        self._status = 0

    def run(self) -> int:
        """Until it is asked to stop (0), or none could start (what the first of them ended with)."""
        signal.signal(signal.SIGCHLD, lambda *_: None)  # not heard on every system without
        signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        self._fill()
        while self._members or not self._stopping:
            heard = signal.sigwait(_HEARD)
            if heard in _STOP:
                self._stop()
            elif heard == signal.SIGCHLD:
                self._reap()
            else:
                self._fill()
        return self._status

    def _fill(self) -> None:
        while self._missing and not self._stopping:
            self._start(self._missing.pop(0))

    def _start(self, number: int) -> None:
        parent, pid = os.getpid(), os.fork()
        if pid == 0:
            self._live(number, parent)
        self._members[pid] = _Member(number, time.monotonic())

    def _live(self, number: int, parent: int) -> NoReturn:
        """In the child. It ends here, and nothing of what the parent was about to do is done in it."""
        status = 1
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
            _end_with(parent)
            self._work(number)
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        except BaseException:
            log.exception("process failed", number=number)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _reap(self) -> None:
        while self._members:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if (member := self._members.pop(pid, None)) is not None and not self._stopping:
                self._replace(member, os.waitstatus_to_exitcode(status))

    def _replace(self, member: _Member, status: int) -> None:
        log.warning("process ended", number=member.number, status=status)
        worked = self._is_grown(member)
        self._proven = self._proven or worked or any(map(self._is_grown, self._members.values()))
        if not self._proven and status >= 0:  # and was not killed from outside
            self._status = status or 1
            self._stop()
            return
        self._missing.append(member.number)
        signal.setitimer(signal.ITIMER_REAL, _SOON if worked else _LATER)

    def _is_grown(self, member: _Member) -> bool:
        return time.monotonic() - member.since > self._grown

    def _stop(self) -> None:
        self._stopping = True
        for pid in self._members:
            os.kill(pid, signal.SIGTERM)


def _end_with(parent: int) -> None:
    """On Linux the kernel asks this process to stop when its parent ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            raise SystemExit(1)
