"""One click: the report of a month, or of some, of the city or of a unit with all below it."""

from __future__ import annotations

import asyncio

from app.core.audit import Audit
from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.figures.index.service import IndexService
from app.domains.voice.figures.indicators.cells.model import CITY
from app.domains.voice.figures.indicators.hotspots.service import HotSpotService
from app.domains.voice.figures.indicators.model import By, Months
from app.domains.voice.figures.indicators.reports.model import (
    Names,
    Report,
    Sheet,
    index_sheet,
    parts_sheet,
    report_of,
    years_of,
)
from app.domains.voice.figures.indicators.reports.workbook import csv_of, workbook_of
from app.domains.voice.figures.indicators.service import IndicatorService

_TREND = 12


class ReportService:
    def __init__(
        self,
        indicators: IndicatorService,
        index: IndexService,
        spots: HotSpotService,
        categories: CategoryService,
        tree: Tree,
        audit: Audit,
    ) -> None:
        self._indicators = indicators
        self._index = index
        self._spots = spots
        self._categories = categories
        self._tree = tree
        self._audit = audit

    def names(self, locale: str) -> Names:
        tree = self._categories.tree
        return Names(locale, lambda code: self._unit(code, locale), lambda code: tree.name(code, locale))

    async def workbook(self, viewer: Viewer, months: Months, scope: str, locale: str) -> bytes:
        """XLSX, in this language; that it was taken is recorded. Raises IndicatorUnitUnknown."""
        report = await self.report(months, scope, locale)
        await self._audit.record(
            viewer, "indicators.reported", scope if scope != CITY else "city", None, **_said(months)
        )
        return await asyncio.to_thread(workbook_of, report)

    async def report(self, months: Months, scope: str, locale: str) -> Report:
        """Raises IndicatorUnitUnknown."""
        names, board = self.names(locale), await self._indicators.board(months, scope)
        trend = await self._indicators.board(_before(months), scope, ())
        index = await self._index.score(months, scope)
        spots = await self._spots.latest() if scope == CITY else None
        return report_of(board, years_of(trend), index, spots, names)

    async def table(self, viewer: Viewer, months: Months, scope: str, by: By, locale: str) -> bytes:
        """CSV: the figures by something. Raises IndicatorUnitUnknown."""
        board = await self._indicators.board(months, scope, (by,))
        return await self._exported(viewer, parts_sheet(board, by, self.names(locale)), f"{by}", months)

    async def index_table(self, viewer: Viewer, months: Months, scope: str, locale: str) -> bytes:
        """CSV. Raises IndicatorUnitUnknown."""
        index = await self._index.score(months, scope)
        return await self._exported(viewer, index_sheet(index, self.names(locale)), "index", months)

    async def _exported(self, viewer: Viewer, sheet: Sheet, what: str, months: Months) -> bytes:
        await self._audit.record(viewer, "indicators.exported", what, None, **_said(months))
        return csv_of(sheet)

    def _unit(self, code: str, locale: str) -> str:
        said = self._tree.name_of(code)
        return said.within(locale) if said else code


def _said(months: Months) -> dict[str, str]:
    return {"first": months.first, "last": months.last}


def _before(months: Months) -> Months:
    """The year that ends with the last of them."""
    return Months.until_month(months.last, _TREND)
