"""What a process holds of the machine's memory: Python's garbage, and what the C library keeps (glibc only).

A process with threads gets an arena for each of them, and none gives back what the others could use: a hundred
megabytes, in an API process that has drawn some pictures and built its index.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_ARENAS, _MAPPED = -8, -3  # M_ARENA_MAX, M_MMAP_THRESHOLD of malloc.h
_LARGE = 1 << 20
_SELDOM = 20_000, 20, 50


def be_lean() -> None:
    """One arena for all threads, and what is large goes back as soon as it is free. Before the first thread starts."""
    library = _library()
    if hasattr(library, "mallopt"):
        library.mallopt(_ARENAS, 1)
        library.mallopt(_MAPPED, _LARGE)


@contextmanager
def loading() -> Iterator[None]:
    """While modules are read: what they make stays for good, and is seldom looked through for garbage, later never.

    Not looking at all would leave thirty megabytes of holes.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.collect()
        gc.freeze()


def give_back() -> None:
    """What is free, to the machine: for a thread, after something large."""
    library = _library()
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


@cache
def _library() -> Any:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # no such thing on Windows
        return None
