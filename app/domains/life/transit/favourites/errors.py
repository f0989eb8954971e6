"""What can stand in the way of a favourite.

Outcome
├── TransitStopUnknown      the timetable has no such stop
├── TransitRouteUnknown     nor such a route, or none in that direction
└── TransitFavouritesFull   `most` are kept already
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class TransitStopUnknown(Outcome):
    pass


class TransitRouteUnknown(Outcome):
    pass


@dataclass(eq=False)
class TransitFavouritesFull(Outcome):
    most: int
