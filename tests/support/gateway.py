"""A payment gateway in memory, which a test pays, fails, and has go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from app.core.errors import Unavailable
from app.domains.payment.gateway.errors import GatewayRefused
from app.domains.payment.gateway.model import (
    BankAccount,
    DayFile,
    ErrandAnswer,
    OrderAnswer,
    Owned,
    ToldErrand,
    ToldOrder,
)


@dataclass
class FakeGateway:
    """Fulfils `PaymentGateway`. `down` makes it unreachable; `losing` loses that many answers after the work was done;
    refunds and payouts end as `ends` says, payouts that fail for the reason `why`. `asked` are the calls.
    """

    orders: dict[str, ToldOrder] = field(default_factory=dict)
    refunds: dict[str, tuple[str, ToldErrand]] = field(default_factory=dict)
    payouts: dict[str, tuple[BankAccount, ToldErrand]] = field(default_factory=dict)
    files: dict[date, DayFile] = field(default_factory=dict)
    ends: ErrandAnswer = ErrandAnswer.DONE
    why: str = "BANK_REFUSED"
    down: bool = False
    losing: int = 0
    asked: list[str] = field(default_factory=list)

    def pay(self, reference: str, fen: int | None = None) -> ToldOrder:
        """As a citizen on the page would."""
        order = self.orders[reference]
        paid = replace(order, state=OrderAnswer.PAID, paid_fen=fen or order.fen)
        self.orders[reference] = paid
        return paid

    def fail(self, reference: str) -> None:
        self.orders[reference] = replace(self.orders[reference], state=OrderAnswer.FAILED)

    def end(self, reference: str, state: ErrandAnswer, reason: str = "") -> None:
        """A refund or a payout that stayed open."""
        if reference in self.refunds:
            order, told = self.refunds[reference]
            self.refunds[reference] = order, replace(told, state=state, reason=reason)
        else:
            to, told = self.payouts[reference]
            self.payouts[reference] = to, replace(told, state=state, reason=reason)

    async def open_order(
        self, reference: str, fen: int, what: str, return_url: str, expires_in: timedelta
    ) -> ToldOrder:
        self._called("open_order")
        known = self.orders.get(reference)
        if known is not None and known.fen != fen:
            raise GatewayRefused("REFERENCE_TAKEN")
        told = known or ToldOrder(
            reference, f"O{reference}", OrderAnswer.OPEN, fen, 0, f"http://gateway.test/{reference}"
        )
        self.orders[reference] = told
        self._lose()
        return told

    async def order(self, reference: str) -> ToldOrder | None:
        self._called("order")
        return self.orders.get(reference)

    async def close_order(self, reference: str) -> ToldOrder | None:
        self._called("close_order")
        order = self.orders.get(reference)
        if order is not None and order.state is OrderAnswer.OPEN:
            self.orders[reference] = replace(order, state=OrderAnswer.CLOSED)
        self._lose()
        return self.orders.get(reference)

    async def refund(self, reference: str, order: str, fen: int) -> ToldErrand:
        self._called("refund")
        if reference not in self.refunds:
            paid = self.orders.get(order)
            back = sum(
                told.fen for of, told in self.refunds.values() if of == order and told.state is not ErrandAnswer.FAILED
            )
            if paid is None or paid.state is not OrderAnswer.PAID:
                raise GatewayRefused("NOT_PAID")
            if back + fen > paid.paid_fen:
                raise GatewayRefused("TOO_MUCH")
            self.refunds[reference] = order, ToldErrand(reference, f"R{reference}", self.ends, fen)
        self._lose()
        return self.refunds[reference][1]

    async def refund_state(self, reference: str) -> ToldErrand | None:
        self._called("refund_state")
        found = self.refunds.get(reference)
        return found[1] if found else None

    async def pay_out(self, reference: str, fen: int, to: BankAccount, what: str) -> ToldErrand:
        self._called("pay_out")
        if reference not in self.payouts:
            state = ErrandAnswer.FAILED if to.number.endswith("0000") else self.ends
            why = "ACCOUNT_CLOSED" if to.number.endswith("0000") else self.why
            reason = why if state is ErrandAnswer.FAILED else ""
            self.payouts[reference] = to, ToldErrand(reference, f"P{reference}", state, fen, reason)
        self._lose()
        return self.payouts[reference][1]

    async def payout_state(self, reference: str) -> ToldErrand | None:
        self._called("payout_state")
        found = self.payouts.get(reference)
        return found[1] if found else None

    async def check_account(self, account: BankAccount) -> Owned:
        self._called("check_account")
        return Owned(not account.number.endswith("1111"), "中国工商银行", "ICBC")

    async def file(self, day: date) -> DayFile | None:
        self._called("file")
        return self.files.get(day)

    def _called(self, name: str) -> None:
        self.asked.append(name)
        if self.down:
            raise Unavailable

    def _lose(self) -> None:
        if self.losing:
            self.losing -= 1
            raise Unavailable
