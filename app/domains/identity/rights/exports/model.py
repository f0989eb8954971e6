"""An export: one archive of what the city holds of one citizen.

requested ── made ──> ready ── after 72 hours ──> expired
requested ── too often without success ──> failed
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.core.limit import Limit
from app.domains.identity.rights.exports.errors import ExportTooLarge

KEPT = timedelta(hours=72)
LINK_LIFE = timedelta(minutes=5)
PER_CITIZEN = Limit("data-export", 5, timedelta(days=1))
MOST_BYTES = 64 * 1024 * 1024
CHUNK = 256 * 1024


class ExportState(StrEnum):
    REQUESTED = "requested"
    READY = "ready"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Export:
    """`size` in bytes; `chunks` is in how many pieces it is kept under the name `archive`."""

    id: str
    citizen: str
    state: ExportState
    requested_at: datetime
    ready_at: datetime | None = None
    expires_at: datetime | None = None
    size: int | None = None
    chunks: int = 0
    archive: str | None = None

    def downloadable(self, now: datetime) -> bool:
        return self.state is ExportState.READY and self.expires_at is not None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class File:
    """A file of the archive."""

    name: str
    content: bytes


class Exporter(Protocol):
    """A room's part of the archive."""

    def files(self, citizen: str) -> AsyncIterator[File]: ...


async def gathered(exporters: Iterable[Exporter], citizen: str) -> list[File]:
    """Every room's files. Raises ExportTooLarge before it has more in memory than an archive may hold."""
    found, size = [], 0
    for exporter in exporters:
        async for file in exporter.files(citizen):
            size += len(file.content)
            if size > MOST_BYTES:
                raise ExportTooLarge
            found.append(file)
    return found


def packed(files: Iterable[File], at: datetime) -> bytes:
    """A ZIP archive of these files, alike for like content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.content)
    return out.getvalue()
