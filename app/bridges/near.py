"""What of the directory and of transit stands on the home page: places of every day and stops, near who opens it."""

from __future__ import annotations

from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.directory.places.service import PlaceService
from app.domains.life.home.model import Near, NearKind
from app.domains.life.transit.stops.service import StopService

_EVERY_DAY = ("pharmacy", "clinic", "market", "shop", "toilet", "rest_stop", "library", "service_hall")
_METRES, _MOST = 800.0, 5
_WALK, _STOPS = 500.0, 3


class NearPlaces:
    """Fulfils `life.home.service.NearBy`."""

    def __init__(self, places: PlaceService) -> None:
        self._places = places

    async def __call__(self, point: Point) -> list[Near]:
        found = await self._places.close_by(point, _EVERY_DAY, _METRES, _MOST)
        return [
            Near(
                kind=NearKind.PLACE,
                id=one.place.id,
                name=one.place.name,
                point=one.place.point,
                metres=round(one.metres or 0.0),
                open_now=self._places.opening(one.place).open,
            )
            for one in found
        ]


class NearStops:
    """Where a bus stops within a short walk. Both poles of a stop are one."""

    def __init__(self, stops: StopService) -> None:
        self._stops = stops

    async def __call__(self, point: Point) -> list[Near]:
        found: dict[str, Near] = {}
        for one in self._stops.near(point, _WALK, 4 * _STOPS):
            stop = one.table.stops[one.number]
            if stop.point is not None:
                near = Near(NearKind.STOP, stop.id, Said(stop.name), stop.point, round(one.metres or 0.0))
                found.setdefault(stop.name, near)
        return list(found.values())[:_STOPS]
