"""What can be wrong with the sort of a place.

Outcome
└── PlaceKindUnknown    the directory has no such sort
"""

from __future__ import annotations

from app.core.errors import Outcome


class PlaceKindUnknown(Outcome):
    pass
