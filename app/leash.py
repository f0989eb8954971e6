"""Ties a child process to this one: on Linux the kernel ends the child when we end, however we end."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

# Runs in the child before its program does, and is replaced by it: the process id stays. A preexec_fn would do
# the same but is unsafe in a process with threads. 1 is PR_SET_PDEATHSIG.
_LEASH = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"{sys.argv[2]}: {error.strerror}")
"""


def leashed(command: Sequence[str]) -> list[str]:
    """That command, on the leash. The thread that starts it must live as long as the child shall."""
    return [sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), *command]
