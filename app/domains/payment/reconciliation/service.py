"""Days: which there are, how they stand, and closing one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.ledger.model import GATEWAY
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.reconciliation.differences.store import DifferenceStore
from app.domains.payment.reconciliation.errors import (
    DayChanged,
    DayClosed,
    DayHasOpenDifferences,
    DayNotReconciled,
    DayUnknown,
)
from app.domains.payment.reconciliation.matching.service import Comparison
from app.domains.payment.reconciliation.model import Day, DayState, bounds
from app.domains.payment.reconciliation.store import DayStore

_DONE = TypeAdapter(bool)
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day with how many differences it has, and how many of them are not put right yet."""

    day: Day
    differences: int
    unresolved: int

    @property
    def id(self) -> str:
        return self.day.id


class ReconciliationService:
    def __init__(
        self,
        days: DayStore,
        differences: DifferenceStore,
        comparison: Comparison,
        ledger: Ledger,
        idempotency: Idempotency,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._days = days
        self._differences = differences
        self._comparison = comparison
        self._ledger = ledger
        self._idempotency = idempotency
        self._audit = audit
        self._clock = clock

    async def page(self, request: PageRequest) -> Page[DayFigures]:
        """Newest first."""
        page = await self._days.page(request)
        return Page(tuple(await self._counted(page.items)), page.has_next)

    async def one(self, day: date) -> DayFigures | None:
        found = await self._days.get(day)
        return (await self._counted([found]))[0] if found else None

    async def booked(self, day: date) -> int:
        """By how much our money at the gateway grew that day, as the ledger says: corrections and all, in fen."""
        begins, ends = bounds(day)
        before, last = begins - _TICK, ends - _TICK  # a balance at a moment includes it
        return await self._ledger.balance_at(GATEWAY, last) - await self._ledger.balance_at(GATEWAY, before)

    async def compare(self, viewer: Viewer, day: date) -> DayFigures:
        """Fetch its file and compare it, also anew. Raises as `Comparison.compare`."""
        await self._audit.record(viewer, "day.compared", day.isoformat(), None)
        return (await self._counted([await self._comparison.compare(day)]))[0]

    async def close(self, viewer: Viewer, day: date, key: str) -> DayFigures:
        """For good. Raises DayUnknown, DayNotReconciled, DayHasOpenDifferences, DayClosed, DayChanged,
        IdempotencyConflict.
        """
        by = viewer.acting()

        async def work(tx: Tx) -> bool:
            found = await self._days.get(day, tx)
            await self._demand_done(found, tx)
            assert found is not None
            if not await self._days.close(found, by, self._clock.now(), tx):
                raise DayChanged
            await self._audit.record(viewer, "day.closed", found.id, tx)
            return True

        await self._idempotency.once(Call.of(viewer, "closeDay", key, day.isoformat()), _DONE, work)
        closed = await self.one(day)
        if closed is None:
            raise DayUnknown
        return closed

    async def _demand_done(self, day: Day | None, tx: Tx) -> None:
        """Raises DayUnknown, DayClosed, DayNotReconciled, DayHasOpenDifferences."""
        if day is None:
            raise DayUnknown
        if day.state is DayState.CLOSED:
            raise DayClosed
        if day.state is not DayState.OPEN or not day.complete:
            raise DayNotReconciled
        left = await self._differences.open_on(day.day, tx)
        if left:
            raise DayHasOpenDifferences(left)

    async def _counted(self, days: Sequence[Day]) -> list[DayFigures]:
        counts = await self._differences.counts([day.day for day in days])
        return [DayFigures(day, *counts.get(day.id, (0, 0))) for day in days]
