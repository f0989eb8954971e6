"""Looking for hot spots, once a day or when somebody asks; from the cells of the city's days."""

from __future__ import annotations

from datetime import date, timedelta

from app.core.clock import Clock, civil_day
from app.core.viewer import Viewer
from app.domains.voice.figures.indicators.cells.model import CITY, Grain, Slice
from app.domains.voice.figures.indicators.cells.store import CellStore
from app.domains.voice.figures.indicators.facts.model import Counted
from app.domains.voice.figures.indicators.hotspots.model import Findings, days_needed, found
from app.domains.voice.figures.indicators.hotspots.store import HotSpotStore

CENTRE_SCOPE = "cases:centre"
_DAY = timedelta(days=1)


class HotSpotService:
    def __init__(self, cells: CellStore, store: HotSpotStore, clock: Clock) -> None:
        self._cells = cells
        self._store = store
        self._clock = clock

    async def look(self) -> Findings:
        """At the seven days up to this one. It may be looked again and again: the day's row is replaced."""
        day = civil_day(self._clock.now())
        generation = (await self._cells.standing()).generation
        starts = [one.isoformat() for one in days_needed(day)]
        cells = await self._cells.of_scopes(generation, Grain.DAY, starts, (CITY,))
        filed = {
            date.fromisoformat(cell.key.start): {
                key: sums.get(Counted.FILED.value, 0) for key, sums in cell.slices.get(Slice.SPOT, {}).items()
            }
            for cell in cells
        }
        findings = found(day, filed, await self._store.of(day - _DAY) or await self._store.of(day))
        await self._store.put(findings)
        return findings

    async def latest(self) -> Findings | None:
        return await self._store.latest()

    async def seen_by(self, viewer: Viewer) -> Findings | None:
        """For the centre. Raises Forbidden."""
        viewer.provider(CENTRE_SCOPE)
        return await self._store.latest()
