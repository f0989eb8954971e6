"""The index of a period, and the weights that ops set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.voice.figures.index.errors import WeightsChanged
from app.domains.voice.figures.index.model import IndexScore, Weights, checked, scored
from app.domains.voice.figures.index.store import WeightStore
from app.domains.voice.figures.indicators.cells.model import CITY
from app.domains.voice.figures.indicators.model import Months
from app.domains.voice.figures.indicators.service import IndicatorService

_WEIGHTS = TypeAdapter(Weights)


class IndexService:
    def __init__(
        self, weights: WeightStore, indicators: IndicatorService, audit: Audit, idempotency: Idempotency, clock: Clock
    ) -> None:
        self._weights = weights
        self._indicators = indicators
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def score(self, months: Months, scope: str = CITY) -> IndexScore:
        """Of the city, or of a unit with all below it, by the present weights. Raises IndicatorUnitUnknown."""
        board = await self._indicators.board(months, scope, ())
        return scored(board.sums, await self._weights.current())

    async def weights(self) -> Weights:
        return await self._weights.current()

    async def earlier(self, request: PageRequest) -> Page[Weights]:
        """Every version that ops set, newest first."""
        return await self._weights.page(request)

    async def set_weights(
        self, viewer: Viewer, version: int, values: Mapping[str, int], reason: str, key: str
    ) -> Weights:
        """`version`: the one they were looked at in. Raises WeightsInvalid, WeightsChanged, IdempotencyConflict."""
        fresh = checked(values)

        async def work(tx: Tx) -> Weights:
            was = await self._weights.current(tx)
            if was.version != version:
                raise WeightsChanged
            made = Weights(version + 1, fresh, viewer.acting(), self._clock.now(), reason)
            await self._weights.add(made, tx)
            changed: dict[str, Any] = {code: n for code, n in fresh.items() if was.values.get(code) != n}
            await self._audit.record(viewer, "index.weighted", f"v{made.version}", tx, reason=reason, **changed)
            return made

        call = Call.of(viewer, "setIndexWeights", key, version, sorted(fresh.items()), reason)
        return await self._idempotency.once(call, _WEIGHTS, work)
