"""Where something is."""

from __future__ import annotations

import strawberry

from app.core.errors import BadInput
from app.core.places.errors import PlaceNotOnEarth
from app.core.places.model import Point


@strawberry.type(description="WGS 84, in degrees.")
class Position:
    latitude: float
    longitude: float

    @classmethod
    def of(cls, point: Point) -> Position:
        return cls(latitude=point.latitude, longitude=point.longitude)


@strawberry.input(description="WGS 84, in degrees.")
class PositionInput:
    latitude: float
    longitude: float

    def parsed(self) -> Point:
        """For what changes something. Raises PlaceNotOnEarth."""
        return Point(self.latitude, self.longitude)

    def sought(self, field: str) -> Point:
        """For what only asks. Raises BadInput."""
        try:
            return Point(self.latitude, self.longitude)
        except PlaceNotOnEarth:
            raise BadInput(field=field) from None
