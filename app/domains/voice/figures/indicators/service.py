"""Indicators as they are read: from cells alone, a few hundred for a page, however many cases there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from app.core.clock import Clock, civil_day
from app.core.errors import BadInput
from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Organisation, Tree
from app.domains.voice.figures.indicators.cells.model import CITY, Cell, Grain, Slice, Sums
from app.domains.voice.figures.indicators.cells.store import CellStore
from app.domains.voice.figures.indicators.errors import IndicatorUnitUnknown
from app.domains.voice.figures.indicators.model import MOST_MONTHS, Board, By, Months, Part, together

UNIT_SCOPE, CENTRE_SCOPE = "cases", "cases:centre"
_SLICES = {By.KIND: Slice.KIND, By.CHANNEL: Slice.CHANNEL, By.DISTRICT: Slice.DISTRICT}
_DAYS = 31


class IndicatorService:
    def __init__(self, store: CellStore, tree: Tree, clock: Clock) -> None:
        self._store = store
        self._tree = tree
        self._clock = clock

    def now(self, months: int = 1) -> Months:
        """The present month with those before it."""
        return Months.until(civil_day(self._clock.now()), months)

    async def board(self, months: Months, scope: str = CITY, by: Iterable[By] = By) -> Board:
        """Of the city, or of a unit with all below it. Raises IndicatorUnitUnknown."""
        wanted, generation = set(by), (await self._store.standing()).generation
        own = await self._store.of_scopes(generation, Grain.MONTH, months.starts, self._scopes(scope))
        parts = {one: _sliced(own, part) for one, part in _SLICES.items() if one in wanted}
        if wanted & {By.UNIT, By.LEVEL}:
            units = await self._store.of_all_units(generation, months.starts)
            parts |= self._by_units(units, scope, wanted)
        trend = tuple(
            Part(start, together(cell.all for cell in own if cell.key.start == start)) for start in months.starts
        )
        return Board(scope, months, together(cell.all for cell in own), trend, parts)

    async def of_unit(self, viewer: Viewer, months: Months, unit: str | None, by: Iterable[By]) -> Board | None:
        """What a unit reads: itself and what is below it. None of any other. Raises Forbidden."""
        own = viewer.provider(UNIT_SCOPE)
        scope = unit or own
        return await self.board(months, scope, by) if own in (scope, *self._path(scope)) else None

    async def of_centre(self, viewer: Viewer, months: Months, unit: str | None, by: Iterable[By]) -> Board | None:
        """What the centre reads: the city, and each unit. None of one that is not there. Raises Forbidden."""
        viewer.provider(CENTRE_SCOPE)
        known = unit is None or self._tree.get(unit) is not None
        return await self.board(months, unit or CITY, by) if known else None

    async def public(self, months: int) -> Board:
        """Of the whole city, for everybody; of the present month and those before it. Raises BadInput."""
        if not 1 <= months <= MOST_MONTHS:
            raise BadInput(field="months")
        return await self.board(self.now(months), CITY, ())

    async def days(self) -> tuple[Part, ...]:
        """Of the whole city, the last month by day."""
        today, generation = civil_day(self._clock.now()), (await self._store.standing()).generation
        starts = [(today - timedelta(days=back)).isoformat() for back in range(_DAYS - 1, -1, -1)]
        cells = await self._store.of_scopes(generation, Grain.DAY, starts, (CITY,))
        found = {cell.key.start: cell.all for cell in cells}
        return tuple(Part(start, found.get(start, {})) for start in starts)

    def _scopes(self, scope: str) -> list[str]:
        if scope == CITY:
            return [CITY]
        if self._tree.get(scope) is None:
            raise IndicatorUnitUnknown
        return [scope, *(node.code for node in self._tree.nodes.values() if scope in node.path)]

    def _path(self, unit: str) -> tuple[str, ...]:
        node = self._tree.get(unit)
        return node.path if node else ()

    def _by_units(self, cells: Sequence[Cell], scope: str, wanted: set[By]) -> dict[By, tuple[Part, ...]]:
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for cell in cells:
            sums[cell.key.scope].update(cell.all)
        sums.pop(CITY, None)
        nodes = {unit: self._tree.get(unit) for unit in sums}
        inside = {unit: node for unit, node in nodes.items() if node and (scope in (CITY, unit, *node.path))}
        parts: dict[By, tuple[Part, ...]] = {}
        if By.UNIT in wanted:
            parts[By.UNIT] = _summed((_below(node, scope), sums[unit]) for unit, node in inside.items())
        if By.LEVEL in wanted:
            levels = ((node.level.value if node.level else "", sums[unit]) for unit, node in inside.items())
            parts[By.LEVEL] = _summed(levels)
        return parts


def _below(node: Organisation, scope: str) -> str:
    """The unit right below the scope that this one belongs to; of the city, each stands for itself."""
    if scope == CITY or node.code == scope:
        return node.code
    way = (*node.path, node.code)
    return way[way.index(scope) + 1]


def _summed(pairs: Iterable[tuple[str, Sums]]) -> tuple[Part, ...]:
    total: dict[str, Counter[str]] = defaultdict(Counter)
    for value, sums in pairs:
        total[value].update(sums)
    return tuple(Part(value, sums) for value, sums in sorted(total.items()))


def _sliced(cells: Sequence[Cell], part: Slice) -> tuple[Part, ...]:
    return _summed((value, sums) for cell in cells for value, sums in cell.slices.get(part, {}).items())
