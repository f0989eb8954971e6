"""A file of rows, how far its import came, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from pathlib import PurePath
from typing import Any, BinaryIO

from app.core.imports.errors import ImportFileUnknown


class FileForm(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    GEOJSON = "geojson"  # where rows are places

    @classmethod
    def of(cls, name: str) -> FileForm:
        """By the end of its name. Raises ImportFileUnknown."""
        known = {".jsonl": cls.JSONL, ".ndjson": cls.JSONL, ".csv": cls.CSV, ".geojson": cls.GEOJSON}
        found = known.get(PurePath(name).suffix.lower())
        if found is None:
            raise ImportFileUnknown
        return found


@dataclass(frozen=True, slots=True)
class ImportFile:
    """`opened` gives it from its beginning, as often as it is asked; `unit` owns what names no other."""

    form: FileForm
    opened: Callable[[], BinaryIO]
    unit: str | None = None

    @classmethod
    def of_text(cls, form: FileForm, text: str, unit: str | None) -> ImportFile:
        """As somebody pasted or sent it; an empty `unit` is none."""
        data = text.encode()
        return cls(form, lambda: BytesIO(data), unit or None)


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it is written. `place` is where a service item can be had at the file's own unit."""

    number: int
    said: Mapping[str, Any]
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """`fresh`: what was not there; `amended`: new versions; `same`: nothing to do. `offers`: items newly offered."""

    fresh: int = 0
    amended: int = 0
    same: int = 0
    offers: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.fresh + other.fresh,
            self.amended + other.amended,
            self.same + other.same,
            self.offers + other.offers,
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the import of a file is: `line` is done, with all before it."""

    id: str
    line: int
    tally: Tally
    begun_at: datetime
    done_at: datetime | None = None

    def further(self, line: int, tally: Tally) -> Progress:
        return replace(self, line=line, tally=self.tally + tally)


@dataclass(frozen=True, slots=True)
class ImportDone:
    """`resumed_after` is the line after which an import that had been broken off went on; `echoes` repeat a line."""

    tally: Tally
    lines: int
    echoes: int = 0
    resumed_after: int = 0
