"""What can be wrong with a house of culture.

Outcome
├── CultureVenueUnknown     no such house, or not one of yours
├── CultureInvalid          `field` is missing or cannot be so
└── HallUnknown             the house has no such hall
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class CultureVenueUnknown(Outcome):
    pass


@dataclass(eq=False)
class CultureInvalid(Outcome):
    field: str


class HallUnknown(Outcome):
    pass
