"""What can stand in the way of a review.

Outcome
├── ReviewUnknown       no such review, or none of yours, or not of a place of yours
├── ReviewInvalid       `field` cannot be so: one to five stars
└── PlaceNeverUsed      only who used a place of this sort may rate it, and nothing shows that
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class ReviewUnknown(Outcome):
    pass


@dataclass(eq=False)
class ReviewInvalid(Outcome):
    field: str


class PlaceNeverUsed(Outcome):
    pass
