"""Indicators: the counting of cases and what is read of it; where more is reported than usual; the index; reports."""

from __future__ import annotations

from app.context import CaseIndicators
from app.domains.voice.figures.index.service import IndexService
from app.domains.voice.figures.index.store import WeightStore
from app.domains.voice.figures.indicators.cells.service import CountingService
from app.domains.voice.figures.indicators.cells.store import CellStore
from app.domains.voice.figures.indicators.hotspots.service import HotSpotService
from app.domains.voice.figures.indicators.hotspots.store import HotSpotStore
from app.domains.voice.figures.indicators.reports.service import ReportService
from app.domains.voice.figures.indicators.service import IndicatorService
from app.wiring.core import Core
from app.wiring.identity import Calling
from app.wiring.voice.cases import Cases


def indicators_of(core: Core, calling: Calling, cases: Cases) -> CaseIndicators:
    cells, tree = CellStore(core.db), calling.organisations.tree
    reading = IndicatorService(cells, tree, core.clock)
    hotspots = HotSpotService(cells, HotSpotStore(core.db), core.clock)
    index = IndexService(WeightStore(core.db), reading, core.audit, core.once, core.clock)
    return CaseIndicators(
        counting=CountingService(core.db, cells, cases.store, core.clock),
        reading=reading,
        hotspots=hotspots,
        index=index,
        reports=ReportService(reading, index, hotspots, cases.categories, tree, core.audit),
    )
