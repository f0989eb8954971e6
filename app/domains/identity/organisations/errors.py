"""What can be wrong with an organisation or a list of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome


class OrganisationUnknown(Outcome):
    """No organisation with this code."""


class OrganisationExists(Outcome):
    """There is an organisation with this code already."""


class CreditCodeFault(StrEnum):
    FORM = "form"
    CHECK_DIGIT = "check_digit"


@dataclass(eq=False)
class CreditCodeInvalid(Outcome):
    """Not a unified social credit code that can exist by GB 32100-2015."""

    fault: CreditCodeFault


class CreditCodeTaken(Outcome):
    """An organisation has this credit code, or an application with it is open."""


class RowFault(StrEnum):
    COLUMNS = "columns"
    CODE = "code"
    NAME = "name"
    NAME_EN = "name_en"
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
