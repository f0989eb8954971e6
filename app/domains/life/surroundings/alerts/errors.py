"""What can stand in the way of watching a place.

Outcome
├── NoStationNear             nothing of that kind is measured near the place
├── SurroundingsWatchesFull   `most` are kept already
├── SurroundingsWatchInvalid  `field` of a watch cannot be so
└── SurroundingsWatchUnknown  no such watch of one's own
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class NoStationNear(Outcome):
    pass


@dataclass(eq=False)
class SurroundingsWatchesFull(Outcome):
    most: int


@dataclass(eq=False)
class SurroundingsWatchInvalid(Outcome):
    field: str


class SurroundingsWatchUnknown(Outcome):
    pass
