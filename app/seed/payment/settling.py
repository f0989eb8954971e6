"""A month behind the seeded city: payments at the gateway, settled with three merchants a day after, its days compared
and closed. Yesterday is open, with three differences: a notice that was lost, a line that is missing, another amount.

It is written as it would have come about, at the moments of those days, by the city's own rooms; so it has to be there
before the ledger is folded for the first time, which a worker does within two minutes.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import httpx2

from app.core.clock import civil_day
from app.core.errors import Unavailable
from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from app.domains.payment.gateway.model import BankAccount, ErrandAnswer, Owned, PaymentGateway, ToldErrand
from app.domains.payment.gateway.orders.model import PAID_WITHIN, WAITING, Order, OrderPurpose, OrderState
from app.domains.payment.gateway.orders.store import OrderStore
from app.domains.payment.gateway.payouts.service import Payouts
from app.domains.payment.gateway.payouts.store import PayoutStore
from app.domains.payment.ledger.folding.store import FoldStore
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.ledger.store import LedgerStore
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Purpose, new_payment, number_of
from app.domains.payment.payments.store import PaymentStore
from app.domains.payment.points.rates.store import RateStore
from app.domains.payment.reconciliation.model import bounds
from app.domains.payment.settlement.fees.model import fee_of
from app.domains.payment.settlement.model import Payee as Settled
from app.domains.payment.settlement.model import Settlement
from app.domains.payment.settlement.payees.store import PayeeStore
from app.domains.payment.settlement.redemptions.service import Redeeming
from app.domains.payment.settlement.redemptions.store import RedemptionStore
from app.domains.payment.settlement.running.service import Settling
from app.domains.payment.settlement.store import SettlementStore
from app.domains.payment.settlement.telling.service import PayeesTold
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.city import PEOPLE
from mocks.merchants import SeedMerchant, merchants

_DAYS, _FEW = 30, 5
_A_DAY = 2
_FIRST = PageRequest(1)
_APPROVER = Viewer(role=Role.OPS, actor="seed-approver", roles=SEEDER.roles)
Line = dict[str, Any]
Tell = Callable[[Sequence[Line]], Awaitable[None]]


async def seed_settling(city: City, demo: Demo, say: Progress, *, small: bool = False) -> None:
    if city.settings.mocks_url is None or city.settings.gateway_url is None:
        return
    control = f"{str(city.settings.mocks_url).rstrip('/')}/control/gateway/lines"

    async def tell(lines: Sequence[Line]) -> None:
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
            (await http.post(control, json={"lines": list(lines)})).raise_for_status()

    try:
        await seed_month(city, say, tell, _FEW if small else _DAYS)
    except (Unavailable, httpx2.HTTPError):
        return  # the gateway does not answer: the city can be tried without a past


async def seed_month(city: City, say: Progress, tell: Tell, days: int) -> None:
    """`tell` says to the stand-in of the gateway what its files hold."""
    rooms = city.services.payment.settlement
    folds = FoldStore(city.db)
    if (await rooms.settlements.days(_FIRST)).items or (await folds.mark()).year > 1970:
        return
    month = _Month(city, random.Random(6))  # noqa: S311  (the same month in each city)
    today = civil_day(city.clock.now())
    say(f"{days} settled days of {len(month.shops)} merchants")
    await month.accounts()
    for back in range(days, 0, -1):
        await month.day(today - timedelta(days=back), last=back == 1)
    await tell(month.lines)
    for back in range(days, 0, -1):
        day = today - timedelta(days=back)
        await rooms.days.compare(SEEDER, day)
        if back > 1:
            await rooms.days.close(SEEDER, day, f"seed-close-{day.isoformat()}")


@dataclass
class _Then:
    """A clock that stands at a moment of the past."""

    at: datetime

    def now(self) -> datetime:
        return self.at


class _Untold(PayeesTold):
    """Of days that are long past nobody is told now."""

    async def tell(self, one: Settlement, tx: Tx) -> None:
        pass


@dataclass
class _Bank:
    """The gateway as it paid out then: everything, at once."""

    then: _Then
    lines: list[Line] = field(default_factory=list)

    async def pay_out(self, reference: str, fen: int, to: BankAccount, what: str) -> ToldErrand:
        gateway_id = f"P{reference[-12:].upper()}"
        self.lines.append(_line("payout", reference, gateway_id, fen, 100, self.then.at))
        return ToldErrand(reference, gateway_id, ErrandAnswer.DONE, fen)

    async def payout_state(self, reference: str) -> ToldErrand | None:
        return None

    async def check_account(self, account: BankAccount) -> Owned:
        return Owned(True, "中国工商银行", "ICBC")


class _Month:
    def __init__(self, city: City, draw: random.Random) -> None:
        self.city = city
        self.draw = draw
        self.then = _Then(city.clock.now())
        self.bank = _Bank(self.then)
        self.shops = [one for one in merchants() if one.cashier is not None]
        self._said: list[Line] = []
        folds = FoldStore(city.db)
        self._ledger = Ledger(LedgerStore(city.db), folds, self.then)
        self._payments, self._orders = PaymentStore(city.db), OrderStore(city.db)
        gateway: PaymentGateway = self.bank  # type: ignore[assignment]  # of which it needs no more
        payouts = Payouts(city.db, PayoutStore(city.db), gateway, self.then)
        payees = PayeeStore(city.db, city.ring)
        self._settling = Settling(
            city.db,
            SettlementStore(city.db),
            payees,
            folds,
            self._ledger,
            payouts,
            Redeeming(RedemptionStore(city.db), RateStore(city.db), self._ledger, self._payments, self.then),
            _Untold(Outbox(city.db, self.then)),
            city.once,
            city.audit,
            self.then,
        )

    @property
    def lines(self) -> list[Line]:
        return [*self._said, *self.bank.lines]

    async def accounts(self) -> None:
        """Each merchant's bank account, entered by one and approved by another."""
        payees = self.city.services.payment.settlement.payees
        for number, shop in enumerate(self.shops):
            payee = Settled(PayeeKind.MERCHANT, shop.key)
            account = f"62220200{number:04}8812"
            entered = await payees.propose(SEEDER, payee, account, shop.name, f"seed-account-{shop.key}"[:64])
            if entered.proposed is not None:
                await payees.approve(_APPROVER, payee, entered.proposed.id, f"seed-approve-{shop.key}"[:64])

    async def day(self, day: date, *, last: bool) -> None:
        begins, ends = bounds(day)
        payers = await self._payers()
        for shop in self.shops:
            for number in range(_A_DAY):
                at = begins + timedelta(hours=8 + number * 5, minutes=self.draw.randrange(240))
                await self._paid(shop, self.draw.choice(payers), self.draw.randrange(300, 30_000), at)
        if last:
            await self._goes_wrong(self.shops[0], payers[0], begins + timedelta(hours=20))
        self.then.at = ends + timedelta(hours=2)
        await self._settling.settle(day)

    async def _payers(self) -> list[str]:
        phones = [person.phone for person in PEOPLE if person.phone][:6]
        found = [await self.city.citizens.id_by_phone(phone) for phone in phones]
        return [citizen for citizen in found if citizen is not None] or ["nobody"]

    async def _paid(self, shop: SeedMerchant, payer: str, fen: int, at: datetime) -> None:
        """At the gateway, told of two seconds later."""
        self.then.at = at + timedelta(seconds=2)
        payee = Payee(PayeeKind.MERCHANT, shop.key)
        wanted = NewPayment(
            new_id(), payer, payee, Money(fen), Method.GATEWAY, Purpose.STATIC_CODE, fee=fee_of(fen, shop.fee)
        )
        begun = new_payment(wanted, at, number_of(wanted.id, at), confirm_until=None)
        order, gateway_id = self._order(wanted.id, payer, fen, at), f"O{wanted.id[-12:].upper()}"
        paid = replace(order, state=OrderState.PAID, paid_fen=fen, gateway_id=gateway_id, settled_at=self.then.at)

        async def work(tx: Tx) -> None:
            transfer = await self._ledger.post(begun.transfer_wanted, tx)
            await self._payments.add(begun.captured(transfer.id, self.then.at), tx)
            await self._orders.add(order, at, tx)
            await self._orders.settle(paid, WAITING, tx)

        await self.city.db.transaction(work)
        self._said.append(_line("order", wanted.id, gateway_id, fen, fen // 500, at))

    async def _goes_wrong(self, shop: SeedMerchant, payer: str, at: datetime) -> None:
        """One whose notice was lost, one that the file leaves out, one of which it says another amount."""
        order = self._order(new_id(), payer, 4_200, at)
        await self.city.db.transaction(lambda tx: self._orders.add(order, at + timedelta(days=30), tx))
        self._said.append(_line("order", order.id, f"O{order.id[-12:].upper()}", 4_200, 8, at))
        await self._paid(shop, payer, 6_800, at + timedelta(minutes=3))
        self._said.pop()
        await self._paid(shop, payer, 9_900, at + timedelta(minutes=6))
        self._said[-1]["amount_fen"] = 9_000

    def _order(self, id_: str, payer: str, fen: int, at: datetime) -> Order:
        what = f"融 · {number_of(id_, at)}"
        return Order(id_, OrderPurpose.PAYMENT, id_, payer, fen, what, at, at + PAID_WITHIN)


def _line(kind: str, reference: str, gateway_id: str, fen: int, fee: int, at: datetime) -> Line:
    state = "paid" if kind == "order" else "done"
    told = {"kind": kind, "reference": reference, "gateway_id": gateway_id, "amount_fen": fen, "fee_fen": fee}
    return {**told, "state": state, "at": at.isoformat()}
