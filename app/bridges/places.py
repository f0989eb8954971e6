"""Whether something lies in the city, for rooms that are not my voice: by its boundaries."""

from __future__ import annotations

from app.core.places.model import Point
from app.domains.voice.places.service import PlaceService


class CityBounds:
    """Fulfils the rooms' `InCity`. Where no boundaries are known, everything lies within."""

    def __init__(self, places: PlaceService) -> None:
        self._places = places

    def holds(self, point: Point) -> bool:
        shapes = self._places.shapes
        return not len(shapes) or shapes.division(point) is not None

    def demand(self, point: Point) -> None:
        """Raises OutsideCity."""
        if len(self._places.shapes):
            self._places.division_of(point)
