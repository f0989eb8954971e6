"""A merchant's side: its profile, its orders and payments, its codes, the shifts of its cashiers."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.money import Currency
from app.core.money import Money as Sum
from app.domains.payment.collecting.model import FailureReason, OrderState, OrderView
from app.domains.payment.merchant_codes.model import MerchantCode as KeptCode
from app.domains.payment.merchants import model as merchants
from app.domains.payment.merchants.model import Category, MerchantState
from app.domains.payment.payments import model as payments
from app.domains.payment.payments.model import Method, PaymentState, Purpose
from app.domains.payment.shifts import model as shifts
from graphql_schema.types.common import Money, Node, global_id
from virtual_card.codes import qr

strawberry.enum(OrderState, name="MerchantOrderState")


@strawberry.type(description="The organisation as one that takes payments.")
class Merchant(Node):
    name: str
    category: Category
    state: MerchantState
    fee: int = strawberry.field(description="In basis points of what is paid.")
    code: str = strawberry.field(description="The static code that hangs at its counters.")
    since: datetime

    @strawberry.field(description="The static code as a QR code, as SVG.")
    def svg(self) -> str:
        return qr.svg(self.code)

    @classmethod
    def of(cls, one: merchants.Merchant) -> Merchant:
        return cls(
            id=global_id("Merchant", one.organisation),
            name=one.name,
            category=one.category,
            state=one.state,
            fee=one.fee,
            code=one.code,
            since=one.since,
        )


@strawberry.type(description="What somebody paid here, without who it was.")
class MerchantPayment(Node):
    number: str
    order: str
    amount: Money
    fee: Money
    refunded: Money
    method: Method
    purpose: Purpose
    state: PaymentState
    cashier: str
    made_at: datetime
    until: datetime | None
    captured_at: datetime | None

    @classmethod
    def of(cls, one: payments.Payment) -> MerchantPayment:
        return cls(
            id=global_id("Payment", one.id),
            number=one.number,
            order=one.order,
            amount=Money.of(one.amount),
            fee=Money.of(Sum(one.fee, one.amount.currency)),
            refunded=Money.of(Sum(one.refunded, one.amount.currency)),
            method=one.method,
            purpose=one.purpose,
            state=one.state,
            cashier=one.cashier,
            made_at=one.made_at,
            until=one.until,
            captured_at=one.captured_at,
        )


@strawberry.type(description="One sale, by the merchant's own number.")
class MerchantOrder:
    order: str
    state: OrderState
    waiting_for_confirmation: bool = strawberry.field(description="The payer is asked, for a minute at most.")
    failure: FailureReason | None
    amount: Money | None = strawberry.field(description="Null of an order that was closed beforehand.")
    at: datetime
    payment: MerchantPayment | None

    @classmethod
    def of(cls, view: OrderView) -> MerchantOrder:
        return cls(
            order=view.order.number,
            state=view.state,
            waiting_for_confirmation=view.state is OrderState.WAITING_FOR_CONFIRMATION,
            failure=view.failure,
            amount=Money.of(view.order.amount) if view.order.amount else None,
            at=view.order.at,
            payment=MerchantPayment.of(view.payment) if view.payment else None,
        )


@strawberry.type(description="A code to show to a payer, for one sale.")
class MerchantCode:
    text: str
    amount: Money
    order: str
    expires_at: datetime

    @strawberry.field(description="The QR code as SVG.")
    def svg(self) -> str:
        return qr.svg(self.text)

    @classmethod
    def of(cls, one: KeptCode) -> MerchantCode:
        assert one.amount is not None
        assert one.expires_at is not None
        return cls(text=one.text, amount=Money.of(one.amount), order=one.order or "", expires_at=one.expires_at)


@strawberry.type
class ShiftTotal:
    purpose: Purpose
    method: Method
    count: int
    taken: Money
    refunded: Money

    @classmethod
    def of(cls, one: shifts.ShiftTotal) -> ShiftTotal:
        return cls(
            purpose=one.purpose,
            method=one.method,
            count=one.count,
            taken=Money.of(one.taken),
            refunded=Money.of(one.refunded),
        )


@strawberry.type(description="What a cashier took at a till.")
class Shift(Node):
    till: str
    cashier: str
    opened_at: datetime
    closed_at: datetime | None
    totals: list[ShiftTotal]
    taken: Money = strawberry.field(description="All of it in yuan, less what was refunded.")

    @classmethod
    def of(cls, one: shifts.Shift, totals: list[shifts.ShiftTotal]) -> Shift:
        left = sum(t.taken.fen - t.refunded.fen for t in totals if t.taken.currency is Currency.CNY)
        return cls(
            id=global_id("Shift", one.id),
            till=one.till,
            cashier=one.cashier,
            opened_at=one.opened_at,
            closed_at=one.closed_at,
            totals=[ShiftTotal.of(total) for total in totals],
            taken=Money.of(Sum(left)),
        )


@strawberry.type(description="A shift in a list, without its totals.")
class ShiftSummary(Node):
    till: str
    cashier: str
    opened_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, one: shifts.Shift) -> ShiftSummary:
        return cls(
            id=global_id("Shift", one.id),
            till=one.till,
            cashier=one.cashier,
            opened_at=one.opened_at,
            closed_at=one.closed_at,
        )


@strawberry.type
class PaymentCollected:
    order: MerchantOrder


@strawberry.type
class PaymentCancelled:
    order: MerchantOrder


@strawberry.type
class MerchantCodeMade:
    merchant_code: MerchantCode


@strawberry.type
class StaticCodeRenewed:
    merchant: Merchant


@strawberry.type
class ShiftOpened:
    shift: Shift


@strawberry.type
class ShiftClosed:
    shift: Shift
