"""What can be wrong with where something is.

Outcome
├── PlaceNotOnEarth     degrees that no point has
└── OutsideCity         it lies outside the city: `city` is the one that this is for
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class PlaceNotOnEarth(Outcome):
    pass


@dataclass(eq=False)
class OutsideCity(Outcome):
    city: str
