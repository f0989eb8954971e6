"""What can be wrong with a file of places.

Outcome
├── PlaceImportRefused      the file has bad lines; nothing was imported
└── PlaceImportRunning      another process imports this file at this moment
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome
from app.core.imports.errors import BadRow


class PlaceFault(StrEnum):
    """What is wrong with a field of a line."""

    PLACE_KIND = "place_kind"  # the directory has no such sort
    PLACE_FIELD = "place_field"  # missing, too long, or not of its form
    PLACE_POSITION = "place_position"  # no such point
    PLACE_OUTSIDE = "place_outside"  # it lies outside the city
    PLACE_HOURS = "place_hours"  # not to be read, or two things of one time
    PLACE_SOURCE = "place_source"  # nobody says who brings it
    PLACE_TWICE = "place_twice"  # the file names it twice
    PLACE_FEATURE = "place_feature"  # no Feature with a Point


@dataclass(eq=False)
class PlaceImportRefused(Outcome):
    """`more` bad lines were found than are listed."""

    rows: tuple[BadRow, ...]
    more: int = 0


class PlaceImportRunning(Outcome):
    pass
