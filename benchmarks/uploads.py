"""Uploads: what a limited reader takes, in time and memory, for each hostile file and for good ones.

Each file is read as the nursery reads it, in a child with its limits; memory is the child's peak above that of a child
that reads nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from app.core.errors import Outcome
from app.core.uploads import nursery
from benchmarks.bed import Row
from tests.uploads.files import REFUSED, document, flat, picture

_GOOD: dict[str, Callable[[], bytes]] = {
    "a photo of 12 megapixels": lambda: picture("JPEG", (4000, 3000)),
    "a PNG of 40 megapixels": lambda: flat("PNG", (8000, 4990)),
    "a PDF of 50 pages": lambda: document(50),
}


def uploads() -> list[Row]:
    refused = {what: _above_nothing(make()) for what, (make, _) in REFUSED.items()}
    slowest = max(refused, key=lambda what: refused[what][0])
    largest = max(refused, key=lambda what: refused[what][1])
    about = f"uploads, {len(refused)} hostile files"
    return [
        (f"{about}: the slowest", f"{refused[slowest][0]:.2f} s ({slowest})", "≤ 1 s"),
        (f"{about}: most memory", f"+{refused[largest][1]:.0f} MB ({largest})", "+≤ 200 MB"),
        *(_taken(what, *_above_nothing(make())) for what, make in _GOOD.items()),
    ]


def _taken(what: str, seconds: float, memory: float) -> Row:
    return f"uploads, {what}", f"{seconds:.2f} s, +{memory:.0f} MB", ""


def _above_nothing(raw: bytes) -> tuple[float, float]:
    """Seconds, and MB above a child that reads nothing."""
    (_, least), (seconds, peak) = _read(b""), _read(raw)
    return seconds, max(0, peak - least) / 1024


def _read(raw: bytes) -> tuple[float, int]:
    """Seconds, and the peak of memory in KB."""
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        _reads(raw)
    used = os.wait4(child, 0)[2]
    return time.perf_counter() - started, used.ru_maxrss


def _reads(raw: bytes) -> None:
    """Never returns."""
    try:
        nursery.limit()
        if raw:
            nursery.clean(raw)
    except (Outcome, MemoryError):
        pass
    finally:
        os._exit(0)
