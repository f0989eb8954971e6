"""A citizen's bills: those of the accounts he has bound, whoever else has bound them too."""

from __future__ import annotations

from datetime import date

from app.core.clock import Clock, civil_day
from app.core.money import Money
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.bills.billers.model import BillKind
from app.domains.payment.bills.bound.store import BoundStore
from app.domains.payment.bills.model import Bill
from app.domains.payment.bills.store import BillStore

_NOTHING: Page[Bill] = Page((), False)


class BillService:
    def __init__(self, bills: BillStore, bound: BoundStore, clock: Clock) -> None:
        self._bills = bills
        self._bound = bound
        self._clock = clock

    async def mine(
        self, viewer: Viewer, request: PageRequest, *, payable: bool, kind: BillKind | None = None
    ) -> Page[Bill]:
        """What can be paid with the soonest due first, or what is over with the latest first; of one kind, or all."""
        accounts = await self._bound.accounts(viewer.citizen())
        return await self._bills.of_accounts(accounts, request, payable=payable, kind=kind) if accounts else _NOTHING

    async def one(self, viewer: Viewer, bill: str) -> Bill | None:
        accounts = await self._bound.accounts(viewer.citizen())
        return (await self._bills.among([bill], accounts)).get(bill) if accounts else None

    async def owed(self, viewer: Viewer) -> tuple[int, Money]:
        """How many bills can be paid, and what remains of them."""
        accounts = await self._bound.accounts(viewer.citizen())
        count, fen = await self._bills.owed(accounts) if accounts else (0, 0)
        return count, Money(fen)

    def today(self) -> date:
        return civil_day(self._clock.now())
