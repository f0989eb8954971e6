"""What can stand in the way of a place.

Outcome
├── PlaceUnknown        no such place, or none of yours
├── PlaceGone           it is there no more
├── PlaceFieldInvalid        `field` is missing or cannot be so
└── OperatorUnknown     no such organisation
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class PlaceUnknown(Outcome):
    pass


class PlaceGone(Outcome):
    pass


@dataclass(eq=False)
class PlaceFieldInvalid(Outcome):
    field: str


class OperatorUnknown(Outcome):
    pass
