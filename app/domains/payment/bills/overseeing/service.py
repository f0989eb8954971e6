"""Bills as the ops desk sees them: how they stand, without what names people."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.paging import Page, PageRequest
from app.domains.payment.bills.accounts.store import AccountStore
from app.domains.payment.bills.bound.store import BoundStore
from app.domains.payment.bills.model import Bill, BillState
from app.domains.payment.bills.store import BillStore


@dataclass(frozen=True, slots=True)
class Overseen:
    """`account` is masked, `binders` how many citizens have bound it."""

    bill: Bill
    account: str
    binders: int


class BillOverseeing:
    def __init__(self, bills: BillStore, accounts: AccountStore, bound: BoundStore) -> None:
        self._bills = bills
        self._accounts = accounts
        self._bound = bound

    async def page(self, state: BillState, biller: str | None, request: PageRequest) -> Page[Bill]:
        """In one state, of one biller or of all, the latest due first."""
        if biller is not None:
            return await self._bills.of_biller(biller, state, request)
        return await self._bills.in_state(state, request)

    async def one(self, bill: str) -> Overseen | None:
        found = await self._bills.get(bill)
        account = await self._accounts.get(found.account) if found else None
        if found is None or account is None:
            return None
        binders = await self._bound.binders([account.id])
        return Overseen(found, account.masked, len(binders.get(account.id, ())))
