"""What can be wrong with a file of rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome


class LineFault(StrEnum):
    """Of a line as a whole; what is wrong with a field of it, its room says."""

    ENCODING = "encoding"  # not UTF-8
    LINE_TOO_LONG = "line_too_long"
    JSON = "json"  # no JSON object
    COLUMNS = "columns"
    TAKEN = "taken"  # another unit owns this code
    ENDED = "ended"  # it was cancelled or merged: a code is not used again
    OWNER = "owner"  # no such unit, or none is named
    UNIT = "unit"  # no such unit, or one of a level at which the item is not offered


@dataclass(frozen=True, slots=True)
class BadRow:
    """`line` counts from 1; `fault` is a `LineFault` or the room's own; `field` is a path, empty for the whole line;
    `value` is what stands there, where the room tells it.
    """

    line: int
    fault: StrEnum
    field: str = ""
    value: str = ""


@dataclass(eq=False)
class ImportFileUnknown(Outcome):
    """A file of rows is called .csv, .jsonl or .ndjson."""
