"""What can stand in the way of a correction.

Outcome
├── PlaceCorrectionUnknown      no such proposal, or none of yours, or not of a place of yours
├── PlaceCorrectionInvalid      `field` cannot be so, or says nothing new
├── PlaceCorrectionWaiting      the same person has proposed something for this field, and nobody has looked yet
└── PlaceCorrectionDecided      it was decided, or withdrawn
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class PlaceCorrectionUnknown(Outcome):
    pass


@dataclass(eq=False)
class PlaceCorrectionInvalid(Outcome):
    field: str


class PlaceCorrectionWaiting(Outcome):
    pass


class PlaceCorrectionDecided(Outcome):
    pass
