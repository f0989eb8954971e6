"""The map of open cases: circles over the city's divisions, from where anything is open down to each case; drawn here,
no tiles are fetched from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import route

from app.admin.console.clusters import SMALLEST, Circle, apart, around
from app.admin.console.pages import PageView
from app.admin.console.sheets import CITY, EDGE, HIGH, LEAST, TOWN, Mark, Sheet, around_all, margin, outlines, spot
from app.admin.console.texts import Text, told
from app.core.errors import BadInput
from app.core.places.errors import PlaceNotOnEarth
from app.core.places.model import AREA, Box, Point
from app.domains.voice.cases.model import Case
from app.domains.voice.centre.seats.mapping.model import AreaCount, MapLook


class CaseMapView(PageView):
    noun = "case-map"
    label = Text("未办结诉求地图", "Map of open cases")
    lead = Text(
        "圆越大，未办结的越多；红色有超期。点开一处看其中的每一件。",
        "The larger a circle, the more is open there; red: some is overdue. A circle leads closer.",
    )
    icon = "fa-map-location-dot"

    @route("")
    async def index(self, request: Request) -> Response:
        asked = await self.asked(request, "list")
        sheet, map_ = await self._sheet(asked.said.get), self.desk.services.voice.centre.map
        look = await map_.look(sheet.box)
        facts = {
            "sheet": sheet,
            "high": HIGH,
            "marks": list(self._marks(look, sheet)),
            "lines": list(outlines(self.desk, sheet)),
            "close": "south" in asked.said,
            "wider": self._address(_wider(sheet.box)),
            "bar": sheet.bar(),
        }
        return self.page(request, "case_map.html", **facts, more=look.more)

    async def _sheet(self, said: Callable[[str], str | None]) -> Sheet:
        """What the address says, or all where something is open. Raises BadInput."""
        sides = [said(name) for name in ("south", "west", "north", "east")]
        if sides[0] is None:
            areas = [_box(one) for one in await self.desk.services.voice.centre.map.areas()]
            whole = self.desk.services.voice.places.shapes.box() or CITY
            return Sheet.of(margin(around_all(areas) if areas else whole), TOWN)
        try:
            box = Box(*(float(side or "") for side in sides))
            Point(box.south, box.west), Point(box.north, box.east)
        except (ValueError, PlaceNotOnEarth):
            raise BadInput(field="box") from None
        return Sheet.of(box)

    def _marks(self, look: MapLook, sheet: Sheet) -> Iterator[Mark]:
        cases = {one.id: one for one in look.cases}
        drawn = [*(_area(one, sheet) for one in look.areas), *_ones(look.cases, sheet)]
        for circle in apart(drawn):
            if len(circle.names) == circle.count and (circle.count == 1 or sheet.closest):
                yield from self._each(circle, [cases[name] for name in circle.names])
            else:
                says = told(
                    f"{circle.count} 件未办结，{circle.late} 件超期", f"{circle.count} open, {circle.late} overdue"
                )
                href = self._address(margin(circle.box, EDGE if not circle.names else LEAST / 4))
                yield Mark(circle.x, circle.y, circle.r, says, href, circle.late > 0, str(circle.count))

    def _each(self, circle: Circle, cases: Collection[Case]) -> Iterator[Mark]:
        """Those on one spot beside each other."""
        for n, one in enumerate(cases):
            unit = self.desk.organisation(one.unit) if one.unit else told("待派单", "not dispatched")
            says = f"{one.number} · {unit}"
            x, y = around(circle.x, circle.y, n)
            yield Mark(x, y, SMALLEST, says, f"/admin/cases/{one.id}", one.timing.late)

    def _address(self, box: Box) -> str:
        sides = {"south": box.south, "west": box.west, "north": box.north, "east": box.east}
        return f"{self.here()}?{urlencode({name: f'{side:.5f}' for name, side in sides.items()})}"


def _area(one: AreaCount, sheet: Sheet) -> Circle:
    return Circle(*sheet.at(one.middle), one.count, one.late, _box(one))


def _ones(cases: Collection[Case], sheet: Sheet) -> Iterator[Circle]:
    for one in cases:
        if (point := one.place.point) is not None:
            yield Circle(*sheet.at(point), 1, int(one.timing.late), spot(point), (one.id,))


def _box(area: AreaCount) -> Box:
    return margin(spot(area.middle), AREA / 2)


def _wider(box: Box) -> Box:
    up, along = (box.north - box.south) / 2, (box.east - box.west) / 2
    return Box(box.south - up, box.west - along, box.north + up, box.east + along)
