"""Charging a code that a citizen shows, as an acquirer does it: collect, ask how an order stands, take it back.

A charge is one transaction: the code is used, the order written, the money moved. When the payer's side refuses it, all
of that is undone, and a second transaction uses the code and writes the failure: so a code is spent whatever comes of
it, and no code is spent of which nothing is known.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.money import Currency, Money
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.collecting.errors import LiveModeOnly, OrderClosed, OrderTaken, PaymentFailed
from app.domains.payment.collecting.model import (
    CANCELLED,
    Channel,
    Order,
    OrderState,
    OrderView,
    parsed_order,
)
from app.domains.payment.collecting.store import OrderStore
from app.domains.payment.merchant_codes.store import MerchantCodeStore
from app.domains.payment.merchants.model import Merchant
from app.domains.payment.merchants.service import MANAGE, TAKE, MerchantService
from app.domains.payment.pay_codes.model import PayCode, refusal
from app.domains.payment.pay_codes.service import PayCodeService
from app.domains.payment.payments.model import Method, NewPayment, Payee, PayeeKind, Payment, PaymentState, Purpose
from app.domains.payment.payments.service import CONFIRM_WITHIN, Payments
from app.domains.payment.payments.watching.service import WatchedPayments
from app.domains.payment.points.partners.service import PartnerService
from app.domains.payment.refunds.errors import RefundTooLate
from app.domains.payment.refunds.model import BY_PAYEE_WITHIN, Cause, RefundReason
from app.domains.payment.refunds.service import Refunds, RefundWanted
from app.domains.payment.settlement.fees.model import fee_of
from app.domains.payment.shifts.service import ShiftService
from app.domains.payment.spending.model import Strength
from app.domains.payment.spending.service import Spending

_NUMBER = TypeAdapter(str)
_BY_CASHIER_WITHIN = timedelta(minutes=30)


class _Refused(Exception):
    """The payer's side refuses the charge: carries its outcome out of the transaction that it undoes."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


class Collecting:
    def __init__(
        self,
        orders: OrderStore,
        codes: PayCodeService,
        merchant_codes: MerchantCodeStore,
        merchants: MerchantService,
        partners: PartnerService,
        payments: Payments,
        spending: Spending,
        shifts: ShiftService,
        refunds: Refunds,
        watched: WatchedPayments,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._orders = orders
        self._codes = codes
        self._merchant_codes = merchant_codes
        self._merchants = merchants
        self._partners = partners
        self._payments = payments
        self._spending = spending
        self._shifts = shifts
        self._refunds = refunds
        self._watched = watched
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def collect(self, viewer: Viewer, code: str, amount: Money, order: str, key: str) -> OrderView:
        """Charge a code once. What has to be confirmed waits for its payer, at most a minute: ask, or wait to be told.

        Raises PayCodeMalformed, PayCodeUnknown, PayCodeUsed, PayCodeExpired (the code is not spent by these),
        MerchantUnknown, MerchantNotActive, PointsNotTaken, OrderTaken, OrderClosed, LiveModeOnly; PaymentFailed (it
        is); Forbidden, BadInput, IdempotencyConflict.
        """
        organisation = demand_live(viewer, TAKE)
        hash_, number, id_ = self._codes.hash_of(code), parsed_order(order), new_id()
        call = Call.of(viewer, "collectPayment", key, hash_, amount, number)
        tried, committed = list[OrderView](), list[OrderView]()

        async def charge(tx: Tx) -> str:
            merchant, used, made = await self._ready(viewer, organisation, hash_, amount, number, tx)
            try:
                tried.append(await self._pay(viewer, merchant, used, replace(made, payment=id_), tx))
            except Outcome as refused:
                raise _Refused(refused) from None
            return number

        try:
            await self._idempotency.once(call, _NUMBER, charge, after=lambda _: committed.append(tried[-1]))
        except _Refused as refused:
            await self._failed(viewer, call, hash_, amount, number, refused.outcome)
        # What was committed here need not be read again; a repeat sees what has become of it since.
        return _demand_success(committed[0] if committed else await self._known(organisation, number))

    async def query(self, viewer: Viewer, order: str) -> OrderView | None:
        """How it stands. Null when the merchant has no such order."""
        organisation, number = viewer.provider(TAKE), parsed_order(order)
        found = await self._orders.get(organisation, number)
        return await self._view(found) if found and not viewer.test_mode else None

    async def payments(self, viewer: Viewer, request: PageRequest) -> Page[Payment]:
        """All that was paid here, newest first. Raises Forbidden."""
        return await self._payments.page_of_payee(Payee(PayeeKind.MERCHANT, viewer.provider(MANAGE)), request)

    @asynccontextmanager
    async def live(self, viewer: Viewer, order: str) -> AsyncIterator[AsyncIterator[OrderView]]:
        """How it stands now, where it is known, and each time that changes. Raises Forbidden, BadInput."""
        payee, number = Payee(PayeeKind.MERCHANT, demand_live(viewer, TAKE)), parsed_order(order)
        async with self._watched.of_order(payee, number) as changes:
            yield self._views(payee.id, number, changes)

    async def cancel(self, viewer: Viewer, order: str, key: str) -> OrderView:
        """Whatever has become of it, nothing is collected for it: what waits is cancelled, what was paid goes back
        whole, and an order that nobody has heard of yet is closed beforehand. Repeating it changes nothing.

        Raises RefundTooLate, LiveModeOnly, Forbidden, BadInput, IdempotencyConflict, and what refunds are refused for.
        """
        organisation, number, refund = demand_live(viewer, TAKE), parsed_order(order), new_id()

        async def work(tx: Tx) -> str:
            found = await self._orders.get(organisation, number, tx)
            await self._take_back(viewer, organisation, number, found, refund, tx)
            await self._audit.record(viewer, "merchant_order.cancelled", f"{organisation}:{number}", tx)
            return number

        done = await self._idempotency.once(Call.of(viewer, "cancelPayment", key, number), _NUMBER, work)
        return await self._known(organisation, done)

    async def view(self, organisation: str, number: str) -> OrderView | None:
        """For rooms and the desk, which may see it by themselves."""
        found = await self._orders.get(organisation, number)
        return await self._view(found) if found else None

    async def _ready(
        self, viewer: Viewer, organisation: str, hash_: str, amount: Money, number: str, tx: Tx
    ) -> tuple[Merchant, PayCode, Order]:
        """What must be in order before the payer is asked for anything: the code is used from here on."""
        merchant = await self._merchants.active(organisation, tx)
        if amount.currency is Currency.POINTS:
            await self._partners.demand(organisation, tx)
        before = await self._orders.get(organisation, number, tx)
        if before is not None:
            raise OrderClosed if before.closed_at is not None else OrderTaken
        now = self._clock.now()
        used = await self._codes.use(hash_, now, tx)
        if used is None:
            raise refusal(await self._codes.get(hash_, tx))
        strength = Strength.TWO_FACTORS if used.strong else Strength.ONE_FACTOR
        return merchant, used, Order(organisation, number, Channel.PAY_CODE, now, amount, strength=strength)

    async def _pay(self, viewer: Viewer, merchant: Merchant, code: PayCode, order: Order, tx: Tx) -> OrderView:
        assert order.amount is not None
        assert order.payment is not None
        asks = await self._asks(code, order, tx)
        await self._orders.add(replace(order, asked=asks), tx)
        shift = await self._shifts.open_of(viewer, tx)
        in_points = order.amount.currency is Currency.POINTS
        new = NewPayment(
            id=order.payment,
            payer=code.citizen,
            payee=Payee(PayeeKind.MERCHANT, merchant.organisation),
            amount=order.amount,
            method=Method.POINTS if in_points else code.method,
            purpose=Purpose.CODE,
            about=order.id,
            order=order.number,
            fee=0 if in_points else fee_of(order.amount.fen, merchant.fee),
            cashier=viewer.acting(),
            shift=shift.id if shift else "",
            confirm_until=order.at + CONFIRM_WITHIN if asks else None,
        )
        payment = await self._payments.pay(new, tx)
        if payment.state is PaymentState.WAITING_FOR_CONFIRMATION and not asks:  # risk has a question of its own
            await self._orders.ask(order, tx)
        return OrderView(order, payment)

    async def _asks(self, code: PayCode, order: Order, tx: Tx) -> bool:
        if order.amount is None or order.amount.currency is Currency.POINTS:
            return False
        day = await self._spending.today(code.citizen, tx)
        return day.asks(order.amount.fen, order.strength)

    async def _failed(self, viewer: Viewer, call: Call, hash_: str, amount: Money, number: str, why: Outcome) -> None:
        async def write(tx: Tx) -> str:
            organisation = viewer.provider(TAKE)
            _, _, order = await self._ready(viewer, organisation, hash_, amount, number, tx)
            await self._orders.add(replace(order, failure=why.code, closed_at=order.at), tx)
            return number

        await self._idempotency.once(call, _NUMBER, write)

    async def _take_back(
        self, viewer: Viewer, organisation: str, number: str, found: Order | None, refund: str, tx: Tx
    ) -> None:
        now = self._clock.now()
        if found is None:
            await self._orders.add(Order(organisation, number, Channel.PAY_CODE, now, closed_at=now), tx)
            return
        payment = await self._payments.get(found.payment, tx) if found.payment else None
        if payment is None:
            await self._orders.close(found, now, tx)
            if found.code is not None:
                await self._merchant_codes.end(found.code, now, tx)
        elif payment.is_open:
            await self._payments.end(payment.id, PaymentState.CANCELLED, CANCELLED, tx)
        elif payment.left.fen:
            await self._demand_may_give_back(viewer, payment, tx)
            wanted = RefundWanted(refund, payment.id, None, Cause.CANCELLED, RefundReason.CANCELLED, viewer)
            await self._refunds.give(wanted, tx)

    async def _demand_may_give_back(self, viewer: Viewer, payment: Payment, tx: Tx) -> None:
        """A cashier corrects what was just charged, or charged in his shift that is still open; the rest is a refund,
        by who manages payments and within the time of refunds. Raises Forbidden, RefundTooLate.
        """
        paid, now = payment.captured_at or payment.made_at, self._clock.now()
        if now < paid + _BY_CASHIER_WITHIN:
            return
        shift = await self._shifts.open_of(viewer, tx)
        if shift is not None and shift.id == payment.shift:
            return
        viewer.provider(MANAGE)
        if paid + BY_PAYEE_WITHIN <= now:
            raise RefundTooLate(BY_PAYEE_WITHIN.days)

    async def _views(self, organisation: str, number: str, changes: AsyncIterator[Payment]) -> AsyncIterator[OrderView]:
        if (now := await self.view(organisation, number)) is not None:
            yield now
        async for _ in changes:
            yield await self._known(organisation, number)

    async def _known(self, organisation: str, number: str) -> OrderView:
        found = await self.view(organisation, number)
        assert found is not None
        return found

    async def _view(self, order: Order) -> OrderView:
        if order.payment is None:
            return OrderView(order, None, self._clock.now())
        payee = Payee(PayeeKind.MERCHANT, order.organisation)
        return OrderView(order, await self._payments.of_payee(payee, order.payment))


def demand_live(viewer: Viewer, scope: str) -> str:
    """The organisation, which moves money in earnest. Raises Unauthenticated, Forbidden, LiveModeOnly."""
    organisation = viewer.provider(scope)
    if viewer.test_mode:
        raise LiveModeOnly
    return organisation


def _demand_success(view: OrderView) -> OrderView:
    """Raises PaymentFailed; of a repeat, too."""
    if view.state is OrderState.FAILED and view.failure is not None:
        raise PaymentFailed(view.failure.value)
    return view
