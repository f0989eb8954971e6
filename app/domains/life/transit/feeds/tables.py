"""The tables of a feed, row by row: columns by their names in whatever order, and values of their forms."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import isfinite

from app.core.imports.errors import BadRow, LineFault
from app.core.imports.lines import csv_rows
from app.domains.life.transit.feeds.archive import Archive
from app.domains.life.transit.feeds.model import FeedStops, FindingKind, Findings
from app.domains.life.transit.timetable.model import LATEST

_TIME = re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")
_DAY = re.compile(r"[0-9]{8}")
_LONGEST = 500
_FAULTS: Mapping[object, FindingKind] = {LineFault.ENCODING: FindingKind.ENCODING}


class Table:
    """One file. Iterating gives (line, values), each row as long as there are columns."""

    def __init__(self, archive: Archive, name: str, required: Sequence[str], found: Findings) -> None:
        """Raises FeedStops: it is not there, or a column is not."""
        self.name, self.found = name, found
        if not archive.has(name):
            raise found.stop(FindingKind.FILE_MISSING, name)
        self._rows = csv_rows(archive.open(name), self._bad)
        _, header = self._next() or (1, [])
        self.columns = {title.strip().lower(): n for n, title in reversed(list(enumerate(header)))}
        self._width = len(header)
        missing = [column for column in required if column not in self.columns]
        for column in missing:
            found.note(FindingKind.COLUMN_MISSING, name, 1, column)
        if missing:
            raise FeedStops

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width = self._width
        while (read := self._next()) is not None:
            line, row = read
            if len(row) < width:
                if not any(row):
                    continue
                row += [""] * (width - len(row))
            elif len(row) > width:
                self.found.note(FindingKind.COLUMNS, self.name, line)
            yield read

    def rows(self) -> Iterator[Row]:
        return (Row(self, line, values) for line, values in self)

    def _next(self) -> tuple[int, list[str]] | None:
        try:
            return next(self._rows, None)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
            raise self.found.stop(FindingKind.ARCHIVE, self.name) from None

    def _bad(self, bad: BadRow) -> None:
        self.found.note(_FAULTS.get(bad.fault, FindingKind.LINE), self.name, bad.line)


class Row:
    """One row by the names of its columns. What is wrong with a value is noted, and a value is given all the same."""

    __slots__ = ("_table", "_values", "line")

    def __init__(self, table: Table, line: int, values: list[str]) -> None:
        self._table, self.line, self._values = table, line, values

    def text(self, column: str, most: int = _LONGEST) -> str:
        """Empty when it is not there."""
        place = self._table.columns.get(column)
        return self._values[place].strip()[:most] if place is not None else ""

    def key(self, column: str) -> str:
        """An id: what is longer than ids are is wrong."""
        value = self.text(column, _LONGEST + 1)
        if not value:
            self.note(FindingKind.VALUE_MISSING, column)
        elif len(value) > _LONGEST or not value.isprintable():
            self.note(FindingKind.VALUE, column, value)
        return value

    def whole(self, column: str, most: int, default: int = 0) -> int:
        """A number from 0."""
        value = self.text(column)
        if not value:
            return default
        if value.isascii() and value.isdigit() and int(value[:12]) <= most:
            return int(value[:12])
        self.note(FindingKind.VALUE, column, value)
        return default

    def degrees(self, column: str, most: float) -> float | None:
        value = self.text(column)
        try:
            found = float(value) if value else None
        except ValueError:
            found = float("nan")
        if found is not None and (not isfinite(found) or abs(found) > most):
            self.note(FindingKind.VALUE, column, value)
            return None
        return found

    def day(self, column: str) -> int:
        """An ordinal; 1 when it is none, which is noted."""
        value = self.text(column)
        try:
            if not _DAY.fullmatch(value):
                raise ValueError
            return date(int(value[:4]), int(value[4:6]), int(value[6:])).toordinal()
        except ValueError:
            self.note(FindingKind.VALUE if value else FindingKind.VALUE_MISSING, column, value)
            return 1

    def time(self, column: str) -> int | None:
        """Seconds; None when it is none, which is noted."""
        value = self.text(column)
        found = seconds_of(value)
        if found is None:
            self.note(FindingKind.VALUE if value else FindingKind.VALUE_MISSING, column, value)
        return found

    def note(self, kind: FindingKind, column: str = "", value: str = "") -> None:
        self._table.found.note(kind, self._table.name, self.line, column, value)

    def stop(self, kind: FindingKind) -> FeedStops:
        """Note it, and give what is to be raised."""
        return self._table.found.stop(kind, self._table.name, self.line)


def seconds_of(text: str) -> int | None:
    """Of a time as timetables write it, beyond 24:00 as well; None when it is none or too far."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds = map(int, found.groups())
    total = hours * 3600 + minutes * 60 + seconds
    return total if total <= LATEST else None
