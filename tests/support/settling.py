"""A city of its own to settle and reconcile in: a test moves its clock and its gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from app.context import SettlementRooms
from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.passwords import Passwords
from app.domains.payment.payments.model import Payee as Paid
from app.domains.payment.refunds.model import Cause, RefundReason
from app.domains.payment.refunds.service import RefundWanted
from app.domains.payment.settlement.model import Payee, Settlement
from app.wiring import City, build
from tests.conftest import QUICK, Databases, Fakes, settings_for
from tests.support.fakes import MovableClock
from tests.support.gateway import FakeGateway
from tests.support.paying import desk, shop


@dataclass
class Ground:
    """A city of its own, whose clock and gateway a test moves."""

    city: City
    clock: MovableClock
    gateway: FakeGateway

    @property
    def rooms(self) -> SettlementRooms:
        return self.city.services.payment.settlement

    async def payee(self, number: str = "6222000011112222") -> tuple[Paid, Payee]:
        """A merchant with a bank account."""
        paid = shop()
        payee = Payee(paid.kind, paid.id)
        await self.account(payee, number)
        return paid, payee

    async def account(self, payee: Payee, number: str) -> None:
        """Entered by one and approved by another."""
        entered = await self.rooms.payees.propose(desk(), payee, number, "鼓楼小店", new_id())
        assert entered.proposed is not None
        await self.rooms.payees.approve(desk(), payee, entered.proposed.id, new_id())

    async def next_day(self) -> date:
        """It is the afternoon after; the day that is over."""
        day = civil_day(self.clock.now())
        self.clock.advance(days=1)
        return day

    async def refund(self, payment: str, fen: int | None = None) -> None:
        wanted = RefundWanted(new_id(), payment, fen, Cause.PAYEE, RefundReason.RETURNED, desk())
        await self.city.db.transaction(lambda tx: self.city.services.payment.refunds.give(wanted, tx))

    async def settle(self) -> date:
        day = await self.next_day()
        await self.rooms.settling.settle(day)
        return day

    async def newest(self, payee: Payee) -> Settlement:
        return (await self.rooms.settlements.of_payee(payee, PageRequest(1))).items[0]


@asynccontextmanager
async def ground_of(databases: Databases) -> AsyncIterator[Ground]:
    fakes, clock = Fakes(), MovableClock()
    with databases.lent() as name:
        settings = settings_for(databases.uri, name)
        city = build(settings, beyond=fakes.outside, clock=clock, passwords=Passwords(QUICK))
        await databases.start(city)
        gateway = fakes.outside.gateway
        assert isinstance(gateway, FakeGateway)
        yield Ground(city, clock, gateway)
        await city.stop()
