"""What can be wrong with an organisation or a list of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome


class OrganisationUnknown(Outcome):
    """No organisation with this code."""


class RowFault(StrEnum):
    COLUMNS = "columns"
    CODE = "code"
    NAME = "name"
    LEVEL = "level"
    PARENT_UNKNOWN = "parent_unknown"
    DUPLICATE = "duplicate"
    CYCLE = "cycle"
    ENCODING = "encoding"
    ECHO = "echo"


@dataclass(frozen=True, slots=True)
class BadRow:
    """`line` counts from 1, the header being line 1."""

    line: int
    fault: RowFault
    value: str


@dataclass(eq=False)
class ImportRefused(Outcome):
    """The file has bad rows; nothing was imported."""

    rows: tuple[BadRow, ...]
