"""The map of what is urgent now: emergency calls that nobody has taken, and calls to responders that go on.

It looks again by itself. Whose place is on it finds in his ledger one look an hour by each who has it before him; of
responders nobody's place is shown here, only what they were called to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import route

from app.admin.console.clusters import SMALLEST, around
from app.admin.console.pages import OPERATORS, PageView
from app.admin.console.sheets import CITY, HIGH, TOWN, Mark, Sheet, around_all, margin, outlines, spot
from app.admin.console.texts import Text, told
from app.core.clock import CITY_TIME
from app.core.places.model import Box, Point
from app.domains.community.emergencies.model import Emergency
from app.domains.community.responders.calls.model import HelpCall

_NEAR = 12.0  # on the picture: marks that are closer lie beside each other


class EmergencyMapView(PageView):
    noun = "emergency-map"
    label = Text("紧急求助地图", "Map of what is urgent")
    lead = Text(
        "红色：未接手的紧急呼叫；其他：正在进行的应急呼叫。查看会记入市民的查询记录，每人每小时一次。",
        "Red: emergency calls that nobody has taken; else: responders were called. Each hour's look stands in the "
        "ledger of who called.",
    )
    icon = "fa-map-location"
    roles = OPERATORS
    live = True

    @route("")
    async def index(self, request: Request) -> Response:
        asked = await self.asked(request, "list")
        community = self.desk.services.community
        open_ = await community.emergencies.on_map(asked.viewer)
        helped = await community.volunteering.calls.going_on()
        sheet = Sheet.of(self._box([*_places(open_), *(one.wish.point for one in helped)]), TOWN)
        facts = {"sheet": sheet, "high": HIGH, "lines": list(outlines(self.desk, sheet)), "bar": sheet.bar()}
        return self.page(request, "emergency_map.html", **facts, marks=list(_beside(self._marks(open_, helped, sheet))))

    def _box(self, points: Sequence[Point]) -> Box:
        whole = self.desk.services.voice.places.shapes.box() or CITY
        return margin(around_all([spot(point) for point in points]) if points else whole)

    def _marks(self, open_: Sequence[Emergency], helped: Sequence[HelpCall], sheet: Sheet) -> Iterator[Mark]:
        for call in helped:
            says = told(f"应急呼叫：已呼叫 {call.called} 人", f"Responders: {call.called} called")
            yield Mark(*sheet.at(call.wish.point), SMALLEST, says, f"/admin/responder-calls/{call.id}", False)
        for one in open_:
            if one.spot is not None:
                says = f"{one.number.value} · {one.at.astimezone(CITY_TIME):%H:%M}"
                yield Mark(*sheet.at(one.spot.point), SMALLEST, says, f"/admin/emergencies/{one.id}", True)


def _places(open_: Sequence[Emergency]) -> Iterator[Point]:
    yield from (one.spot.point for one in open_ if one.spot is not None)


def _beside(marks: Iterator[Mark]) -> Iterator[Mark]:
    """Each can be seen and touched: those on one spot lie around it."""
    laid = list[tuple[float, float]]()
    for mark in marks:
        same = sum(abs(x - mark.x) < _NEAR and abs(y - mark.y) < _NEAR for x, y in laid)
        laid.append((mark.x, mark.y))
        x, y = around(mark.x, mark.y, same)
        yield Mark(x, y, mark.r, mark.says, mark.href, mark.late)
