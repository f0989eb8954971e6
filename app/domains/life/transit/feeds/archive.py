"""The zip file of a feed: which tables it holds, within bounds. Nothing of it is ever written to a disk.

The sizes in its directory bind: of a member no more is unpacked than it says there, and a file that says too much, or
claims to have been packed beyond what text ever is, is not opened at all.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO

from app.domains.life.transit.feeds.model import FindingKind, Findings

MOST_PACKED = 256 << 20
_MOST_FILE = 2 << 30
_MOST_WHOLE = 3 << 30
_MOST_MEMBERS = 200
_DENSEST = 200  # times: tables pack to a twentieth, at best a fiftieth
_SMALL = 1 << 20
_BUFFER = 1 << 18
READ = frozenset(
    {
        "agency.txt",
        "stops.txt",
        "routes.txt",
        "trips.txt",
        "stop_times.txt",
        "calendar.txt",
        "calendar_dates.txt",
        "frequencies.txt",
        "shapes.txt",
        "transfers.txt",
        "feed_info.txt",
    }
)


class Archive:
    """The tables by their names, be they in a folder of the archive or not."""

    def __init__(self, opened: BinaryIO, found: Findings) -> None:
        """Raises FeedStops."""
        self._found = found
        if opened.seek(0, io.SEEK_END) > MOST_PACKED:
            raise found.stop(FindingKind.ARCHIVE_SIZE)
        try:
            self._zip = zipfile.ZipFile(opened)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
            raise found.stop(FindingKind.ARCHIVE) from None
        self._members = self._listed()

    def has(self, name: str) -> bool:
        return name in self._members

    def open(self, name: str) -> BinaryIO:
        """From its beginning. Raises FeedStops when it is locked or packed in a way nobody knows."""
        try:
            return io.BufferedReader(self._zip.open(self._members[name]), _BUFFER)  # type: ignore[type-var]
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
            raise self._found.stop(FindingKind.ARCHIVE, name) from None

    def _listed(self) -> dict[str, zipfile.ZipInfo]:
        infos = [info for info in self._zip.infolist() if info.filename and not info.is_dir()]
        if len(infos) > _MOST_MEMBERS or sum(info.file_size for info in infos) > _MOST_WHOLE:
            raise self._found.stop(FindingKind.ARCHIVE_SIZE)
        members: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            self._take(info, members)
        return members

    def _take(self, info: zipfile.ZipInfo, members: dict[str, zipfile.ZipInfo]) -> None:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in info.filename:
            raise self._found.stop(FindingKind.ARCHIVE_PATH, value=info.filename)
        name = path.name.lower()
        if not name or path.parts[0] == "__MACOSX" or name.startswith("."):
            return
        if name not in READ:
            self._found.note(FindingKind.FILE_IGNORED, value=info.filename)
            return
        packed_beyond = info.file_size > _SMALL and info.file_size > _DENSEST * max(info.compress_size, 1)
        if info.file_size > _MOST_FILE or packed_beyond:
            raise self._found.stop(FindingKind.ARCHIVE_SIZE, name)
        if name in members:
            raise self._found.stop(FindingKind.FILE_TWICE, name)
        members[name] = info
