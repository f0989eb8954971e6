"""Where the tests' database lies: in memory if the machine has plenty, for nothing of it is to outlive the run."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")
_NAME = "rong-test-"
_ENOUGH = 6 * 2**30
"""Bytes: each of several processes needs about one thousandth part of a thousand million."""


@contextmanager
def quick_folder(otherwise: Callable[[], Path]) -> Iterator[Path]:
    """A folder in memory, which is gone at the end; on a machine without enough of it, the one that `otherwise` makes.

    A write waits until it is on the disk: that is most of the time of a test that writes.
    """
    if not _enough():
        yield otherwise()
        return
    _sweep()
    with tempfile.TemporaryDirectory(prefix=f"{_NAME}{os.getpid()}-", dir=_MEMORY, ignore_cleanup_errors=True) as made:
        yield Path(made)


def _enough() -> bool:
    """Linux tells what is left for all; elsewhere there is no such folder."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ENOUGH:
        return False
    left = re.search(r"^MemAvailable:\s*(\d+) kB", Path("/proc/meminfo").read_text(), re.M)
    return left is not None and int(left[1]) * 1024 >= _ENOUGH


def _sweep() -> None:
    """A run that was killed left its folder behind, and memory is dear."""
    for folder in _MEMORY.glob(f"{_NAME}*"):
        owner = folder.name.removeprefix(_NAME).partition("-")[0]
        if not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)
