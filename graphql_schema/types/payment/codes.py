"""Codes to pay by as a citizen sees them: his own, and a merchant's that he scanned."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.money import Money as Sum
from app.domains.payment.collecting.paying.service import Scanned
from app.domains.payment.merchants.model import Category
from app.domains.payment.pay_codes import bars
from app.domains.payment.pay_codes.model import ShownPayCode
from app.domains.payment.payments.model import Method
from app.domains.payment.pins.model import PinState
from app.domains.payment.spending.model import LIMITS, SpendingDay, Strength
from graphql_schema.types.common import Money
from graphql_schema.types.payment.payments import Payment
from virtual_card.codes import qr


@strawberry.type(description="A code to show at a till. It lives a minute and is charged once; a newer one ends it.")
class PayCode:
    text: str = strawberry.field(description="Eighteen digits.")
    method: Method
    strong: bool = strawberry.field(description="The PIN was given: the higher limit of the day counts.")
    expires_at: datetime

    @strawberry.field(description="The QR code as SVG.")
    def svg(self) -> str:
        return qr.svg(self.text)

    @strawberry.field(description="The bars (Code 128) as SVG, which may be stretched.")
    def bars(self) -> str:
        return bars.svg(self.text)

    @classmethod
    def of(cls, one: ShownPayCode) -> PayCode:
        return cls(text=one.text, method=one.method, strong=one.strong, expires_at=one.expires_at)


@strawberry.type
class PayCodeShown:
    pay_code: PayCode


@strawberry.type(description="A merchant's code that can be paid.")
class ScannedMerchantCode:
    code: str
    merchant: str
    category: Category
    fixed: bool = strawberry.field(description="For one sale: the amount is the code's.")
    amount: Money | None = strawberry.field(description="Of a static code the payer says it.")
    order: str | None
    expires_at: datetime | None
    remaining: Money = strawberry.field(description="What may be paid by codes of this kind today.")
    remaining_with_pin: Money

    @classmethod
    def of(cls, one: Scanned, locale: str) -> ScannedMerchantCode:
        return cls(
            code=one.code.text,
            merchant=one.name.within(locale),
            category=one.merchant.category,
            fixed=not one.code.static,
            amount=Money.of(one.code.amount) if one.code.amount else None,
            order=one.code.order,
            expires_at=one.code.expires_at,
            remaining=Money.of(one.remaining),
            remaining_with_pin=Money.of(one.remaining_with_pin),
        )


strawberry.enum(Strength, name="PaymentStrength", description="How surely it is the payer who pays by code.")


@strawberry.type
class SpendingLimit:
    strength: Strength
    limit: Money
    remaining: Money


@strawberry.type(description="What is spent by code on this day of the city's calendar.")
class SpendingToday:
    limits: list[SpendingLimit]

    @classmethod
    def of(cls, day: SpendingDay) -> SpendingToday:
        limits = [
            SpendingLimit(strength=one, limit=Money.of(Sum(most)), remaining=Money.of(day.remaining(one)))
            for one, most in LIMITS.items()
        ]
        return cls(limits=limits)


@strawberry.type
class PayPin:
    chosen: bool
    locked_until: datetime | None

    @classmethod
    def of(cls, state: PinState) -> PayPin:
        return cls(chosen=state.chosen, locked_until=state.locked_until)


@strawberry.type
class PayPinSet:
    pay_pin: PayPin


@strawberry.type
class PaymentConfirmed:
    payment: Payment


@strawberry.type
class PaymentDeclined:
    payment: Payment


@strawberry.type
class MerchantPaid:
    payment: Payment
