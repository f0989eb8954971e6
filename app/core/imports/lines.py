"""The lines of a file. Nothing of it is held but one line, and a line is bounded: what is wrong with one is handed to
`bad`, and the next one is read.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

import orjson

from app.core.imports.errors import BadRow, LineFault
from app.core.imports.model import Line

MOST_BYTES: Final = 1_000_000  # of a line
Bad = Callable[[BadRow], None]


def json_lines(opened: BinaryIO, bad: Bad) -> Iterator[Line]:
    for number, text in texts(opened, bad):
        if text.strip():
            try:
                said = orjson.loads(text)
            except orjson.JSONDecodeError:
                said = None
            if isinstance(said, dict):
                yield Line(number, said)
            else:
                bad(BadRow(number, LineFault.JSON))


def texts(opened: BinaryIO, bad: Bad) -> Iterator[tuple[int, str]]:
    """Each line with its number; one that cannot be read is noted, and empty."""
    number = 0
    while raw := opened.readline(MOST_BYTES + 1):
        number += 1
        text = ""
        if len(raw) > MOST_BYTES:
            while not raw.endswith(b"\n") and (raw := opened.readline(MOST_BYTES)):
                pass  # to its end, without keeping it
            bad(BadRow(number, LineFault.LINE_TOO_LONG))
        else:
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                bad(BadRow(number, LineFault.ENCODING))
        yield number, text


def csv_rows(opened: BinaryIO, bad: Bad) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, each with the number of its last line; the first is that of the columns."""
    rows: Any = csv.reader(text for _, text in texts(opened, bad))
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:  # a field beyond all measure, a quote in the wrong place
            bad(BadRow(rows.line_num, LineFault.COLUMNS))
            continue
        if row:
            yield rows.line_num, row
