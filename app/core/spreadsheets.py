"""Rows as text for spreadsheets (CSV), of which no word becomes a formula where the file is opened."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Value: TypeAlias = str | int | float | None
# With these a program that opens the file begins a formula (CWE-1236); a full-width sign does it in some.
_BEGINS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_text(rows: Iterable[Sequence[Value]]) -> str:
    """With a byte order mark, without which spreadsheets misread Chinese."""
    into = io.StringIO()
    csv.writer(into, lineterminator="\r\n").writerows([harmless(value) for value in row] for row in rows)
    return f"\ufeff{into.getvalue()}"


def harmless(value: Value) -> Value:
    """A word that would begin a formula is marked as a word."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_BEGINS_FORMULA) else value
