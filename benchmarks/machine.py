"""What machine this is, and which of its cores serve and which ask."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pymongo import MongoClient

_LIBRARIES = ("starlette", "strawberry-graphql", "graphql-core", "pymongo", "uvicorn", "uvloop", "httptools", "pyjwt")


def described() -> dict[str, str]:
    return {
        "machine": f"{_cpu()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libraries": ", ".join(f"{name} {version(name)}" for name in _LIBRARIES),
        "cores": placing(),
    }


def placing() -> str:
    server, others = cores()
    if not server:
        return "not pinned: the system has one core or cannot pin; ratios are less sure"
    return f"server on core {_listed(server)}; client and database on {_listed(others)}"


def cores() -> tuple[set[int], set[int]]:
    """One core for the server that is measured, the others for all else; empty sets where that cannot be had."""
    if not hasattr(os, "sched_getaffinity"):
        return set(), set()
    usable = sorted(os.sched_getaffinity(0) if _ORIGINAL is None else _ORIGINAL)
    return ({usable[0]}, set(usable[1:])) if len(usable) > 1 else (set(), set())


_ORIGINAL: set[int] | None = set(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


def stay_on(places: set[int]) -> None:
    """Pin this process, and what it starts from now on."""
    if places:
        os.sched_setaffinity(0, places)


def resident_mb() -> float:
    """Memory of this process that is in RAM now (Linux), or the most it ever was."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    import resource  # noqa: PLC0415  (not on every system)

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def roomy(uri: str) -> None:
    """Give that database as much of the memory for its cache as `mongod` takes by itself: half of all but one GB."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    mb = max((pages * size - 2**30) // 2**21, 256)
    with MongoClient[dict[str, Any]](uri) as client:
        client.admin.command({"setParameter": 1, "wiredTigerEngineRuntimeConfig": f"cache_size={mb}M"})


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _listed(places: set[int]) -> str:
    return ", ".join(map(str, sorted(places)))
