"""Systems of billers, in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.core.errors import Unavailable
from app.domains.payment.bills.pushing.model import ToldBill


@dataclass
class FakeBillers:
    """Fulfils `asking.service.BillerDesk`. `down` systems do not answer; `refusing` ones take no payment;
    `meanwhile` happens once, when a bill of the system is asked for.
    """

    bills: dict[str, dict[str, ToldBill]] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    payments: list[tuple[str, str, int]] = field(default_factory=list)
    meanwhile: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def put(self, system: str, *told: ToldBill) -> None:
        self.bills.setdefault(system, {}).update({one.number: one for one in told})

    async def open_bills(self, system: str, account: str, holder: str) -> Sequence[ToldBill] | None:
        self._answer(system, account)
        mine = [one for one in self.bills.get(system, {}).values() if one.account == account and one.holder == holder]
        return mine or None

    async def bill(self, system: str, number: str) -> ToldBill | None:
        self._answer(system, number)
        if system in self.meanwhile:
            await self.meanwhile.pop(system)()
        return self.bills.get(system, {}).get(number)

    async def paid(self, system: str, reference: str, number: str, fen: int, at: datetime) -> bool:
        self._answer(system, number)
        self.payments.append((reference, number, fen))
        return system not in self.refusing

    def _answer(self, system: str, what: str) -> None:
        if system in self.down:
            raise Unavailable
        self.asked.append((system, what))
