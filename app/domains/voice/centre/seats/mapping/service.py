"""The map of open cases, for the centre and for the desk: no words of theirs, and nobody's name."""

from __future__ import annotations

from app.core.places.model import AREA, Box
from app.core.viewer import Viewer
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.centre.seats.mapping.model import MOST_CASES, AreaCount, MapLook, checked, is_close, touches
from app.domains.voice.centre.seats.model import SCOPE
from app.domains.voice.units.handling.model import side_of


class CaseMap:
    def __init__(self, cases: CaseStore) -> None:
        self._cases = cases

    async def seen(self, viewer: Viewer, box: Box) -> MapLook:
        """By a seat. Raises BadInput."""
        viewer.provider(SCOPE)
        return await self.look(box, side_of(viewer))

    async def look(self, box: Box, test_of: str | None = None) -> MapLook:
        """Raises BadInput."""
        if not is_close(checked(box)):
            return MapLook(areas=tuple(one for one in await self.areas(test_of) if touches(box, one.area)))
        found = await self._cases.in_areas(list(box.cells(AREA)), test_of, MOST_CASES + 1)
        within = [one for one in found if one.place.point is not None and box.holds(one.place.point)]
        return MapLook(cases=tuple(within[:MOST_CASES]), more=len(found) > MOST_CASES)

    async def areas(self, test_of: str | None = None) -> list[AreaCount]:
        """All where something is open."""
        return [AreaCount(*one) for one in await self._cases.open_by_area(test_of)]
