"""What can be wrong with a file of boundaries. A whole file is taken, or nothing of it.

Outcome
└── BoundariesInvalid   `place` is the feature, counted from 1 (0: the file itself), `fault` what is wrong with it
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Outcome


class BoundaryFault(StrEnum):
    FORM = "form"  # no GeoJSON FeatureCollection
    DIVISION = "division"  # no such division, or none is named
    SHAPE = "shape"  # no polygon, one that crosses itself, one with too many points
    TWICE = "twice"


@dataclass(eq=False)
class BoundariesInvalid(Outcome):
    place: int
    fault: BoundaryFault
