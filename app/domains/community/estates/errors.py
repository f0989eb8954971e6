"""What can stand in the way of an estate.

Outcome
├── EstateUnknown          no such estate, or not one that you keep
├── EstateInvalid          `field` is missing or cannot be so
├── EstateChanged          somebody else changed it meanwhile
├── EstateReasonMissing    an end, or a new beginning, is said with a reason
├── HomeUnknown            the estate has no such home
├── HomeThere              it has one of that name
├── HomeInUse              `people` live there, or ask to
├── HomeImportRefused      the file has bad lines; nothing was imported
└── HomeImportRunning      another process imports this file at this moment
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome
from app.core.imports.errors import BadRow


class EstateUnknown(Outcome):
    pass


@dataclass(eq=False)
class EstateInvalid(Outcome):
    field: str


class EstateChanged(Outcome):
    pass


class EstateReasonMissing(Outcome):
    pass


class HomeUnknown(Outcome):
    pass


class HomeThere(Outcome):
    pass


@dataclass(eq=False)
class HomeInUse(Outcome):
    people: int


class HomeFault(StrEnum):
    """What is wrong with a field of a line."""

    HOME_BUILDING = "home_building"  # missing, too long, or not of its form
    HOME_ROOM = "home_room"
    HOME_TWICE = "home_twice"  # the file names it twice


@dataclass(eq=False)
class HomeImportRefused(Outcome):
    """`more` bad lines were found than are listed."""

    rows: tuple[BadRow, ...]
    more: int = 0


class HomeImportRunning(Outcome):
    pass
