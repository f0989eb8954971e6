"""The file of synonyms: the one that ships with the city, or the one that ops keep."""

from __future__ import annotations

from pathlib import Path

import structlog

from app.core.texts import Synonyms

log = structlog.get_logger()
SHIPPED = Path(__file__).resolve().parents[1] / "synonyms.txt"


class SynonymsFile:
    """Reads it again when it was written; keeps what it had while the file cannot be read."""

    def __init__(self, path: Path | None) -> None:
        self._path = path or SHIPPED
        self._stamp: tuple[int, int] | None = None
        self._read = Synonyms.none()

    def changed(self) -> bool:
        """Whether it differs from what was read last; touches the disk."""
        return self._now() not in (None, self._stamp)

    def read(self) -> Synonyms:
        """Touches the disk."""
        stamp = self._now()
        try:
            self._read = Synonyms.parsed(self._path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            log.warning("synonyms not read", file=str(self._path), error=type(error).__name__)
        self._stamp = stamp
        return self._read

    def _now(self) -> tuple[int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size
