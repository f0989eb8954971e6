"""Open cases on the map of the centre."""

from __future__ import annotations

import strawberry

from app.core.places.model import Box
from app.domains.voice.centre.seats.mapping import model as mapping
from graphql_schema.types.voice.office_cases import OfficePoint, OfficeWords
from graphql_schema.types.voice.seats import CentreCase


@strawberry.input(description="Its corners, in degrees (WGS 84).")
class MapBoxInput:
    south: float
    west: float
    north: float
    east: float

    def parsed(self) -> Box:
        return Box(self.south, self.west, self.north, self.east)


@strawberry.type(description="An area of about 2.2 km with open cases.")
class CaseMapArea:
    area: str
    middle: OfficePoint
    count: int
    late: int

    @classmethod
    def of(cls, one: mapping.AreaCount) -> CaseMapArea:
        middle = OfficePoint(latitude=one.middle.latitude, longitude=one.middle.longitude)
        return cls(area=one.area, middle=middle, count=one.count, late=one.late)


@strawberry.type
class CaseMapSpot:
    point: OfficePoint
    case: CentreCase


@strawberry.type(description="Areas of a wide box; each case, the newest first, of one some kilometres wide.")
class CaseMap:
    areas: list[CaseMapArea]
    spots: list[CaseMapSpot]
    more: bool = strawberry.field(description="There are others in the box.")

    @classmethod
    def of(cls, look: mapping.MapLook, words: OfficeWords) -> CaseMap:
        spots = [
            CaseMapSpot(
                point=OfficePoint(latitude=one.place.point.latitude, longitude=one.place.point.longitude),
                case=CentreCase.of(one, words),
            )
            for one in look.cases
            if one.place.point is not None
        ]
        return cls(areas=[CaseMapArea.of(one) for one in look.areas], spots=spots, more=look.more)
