"""Reading settlements: by the organisation that they are for, and at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.payments.model import PayeeKind
from app.domains.payment.settlement.model import Payee, Settlement, SettlementState
from app.domains.payment.settlement.store import SettlementStore

SCOPE = "payments:manage"


@dataclass(frozen=True, slots=True)
class Sums:
    """How many settlements are in a state, and how many fen."""

    state: SettlementState
    count: int
    fen: int


@dataclass(frozen=True, slots=True)
class SettlementDay:
    """A day whose round is done, with what became of its settlements by now."""

    day: date
    at: datetime
    sums: tuple[Sums, ...]

    @property
    def id(self) -> str:
        return self.day.isoformat()


class SettlementService:
    def __init__(self, settlements: SettlementStore) -> None:
        self._settlements = settlements

    async def mine(self, viewer: Viewer, kind: PayeeKind, request: PageRequest) -> Page[Settlement]:
        """Of the organisation that asks, newest first. Raises Forbidden."""
        return await self._settlements.of_payee(Payee(kind, viewer.provider(SCOPE)), request)

    async def my(self, viewer: Viewer, id_: str) -> Settlement | None:
        """One of the organisation's own. Raises Forbidden."""
        organisation = viewer.provider(SCOPE)
        try:
            kind = PayeeKind(id_.partition(":")[0])
        except ValueError:
            return None
        return await self._settlements.of(Payee(kind, organisation), id_)

    # At the desk

    async def one(self, id_: str) -> Settlement | None:
        return await self._settlements.get(id_)

    async def of_payee(self, payee: Payee, request: PageRequest) -> Page[Settlement]:
        return await self._settlements.of_payee(payee, request)

    async def of_day(self, day: date, request: PageRequest) -> Page[Settlement]:
        return await self._settlements.of_day(day, request)

    async def in_state(self, state: SettlementState, request: PageRequest) -> Page[Settlement]:
        return await self._settlements.in_state(state, request)

    async def days(self, request: PageRequest) -> Page[SettlementDay]:
        """Newest first."""
        page = await self._settlements.days(request)
        return Page(tuple(await self._summed(page.items)), page.has_next)

    async def day(self, day: date) -> SettlementDay | None:
        at = await self._settlements.day(day)
        return (await self._summed([(day, at)]))[0] if at else None

    async def _summed(self, days: Sequence[tuple[date, datetime]]) -> list[SettlementDay]:
        sums = await self._settlements.sums([day.isoformat() for day, _ in days])
        return [
            SettlementDay(
                day,
                at,
                tuple(
                    Sums(state, *found) for state in SettlementState if (found := sums.get((day.isoformat(), state)))
                ),
            )
            for day, at in days
        ]
