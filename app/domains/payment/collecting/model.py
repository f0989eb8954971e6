"""A merchant's order: its own number for one sale, which is paid once, fails once, or is closed.

An order that is cancelled before it was ever heard of is closed beforehand: what the till sends late is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.errors import BadInput
from app.core.money import Money
from app.domains.payment.payments.model import Payment, PaymentState
from app.domains.payment.spending.model import Strength

_FORM = re.compile(r"[0-9A-Za-z._:/#-]{1,64}")
CANCELLED = "CANCELLED_BY_MERCHANT"


class FailureReason(StrEnum):
    """What a merchant may know of a failure. Which rule refused a payer is not among it."""

    BALANCE_TOO_LOW = "balance_too_low"
    LIMIT_REACHED = "limit_reached"
    NOT_CONFIRMED = "not_confirmed"
    DECLINED = "declined"
    REFUSED = "refused"


_REASONS: Mapping[str, FailureReason] = {
    "INSUFFICIENT_BALANCE": FailureReason.BALANCE_TOO_LOW,
    "ACCOUNT_UNKNOWN": FailureReason.BALANCE_TOO_LOW,
    "METHOD_NOT_POSSIBLE": FailureReason.BALANCE_TOO_LOW,  # he has no line, which is nobody else's business
    "SPENDING_LIMIT_REACHED": FailureReason.LIMIT_REACHED,
    "NOT_CONFIRMED": FailureReason.NOT_CONFIRMED,
    "DECLINED": FailureReason.DECLINED,
}


def reason_of(code: str) -> FailureReason:
    """Of a payment's `reason`, the code of what stood against it."""
    return _REASONS.get(code, FailureReason.REFUSED)


class OrderState(StrEnum):
    """How a merchant sees it."""

    WAITING_FOR_PAYER = "waiting_for_payer"  # its code is shown, and nobody has paid
    PROCESSING = "processing"
    WAITING_FOR_CONFIRMATION = "waiting_for_confirmation"
    PAID = "paid"
    FAILED = "failed"
    CLOSED = "closed"
    REFUNDED = "refunded"  # whole


_OF_PAYMENT: Mapping[PaymentState, OrderState] = {
    PaymentState.PROCESSING: OrderState.PROCESSING,
    PaymentState.WAITING_FOR_GATEWAY: OrderState.PROCESSING,
    PaymentState.WAITING_FOR_CONFIRMATION: OrderState.WAITING_FOR_CONFIRMATION,
    PaymentState.CAPTURED: OrderState.PAID,
    PaymentState.FAILED: OrderState.FAILED,
    PaymentState.EXPIRED: OrderState.FAILED,
    PaymentState.CANCELLED: OrderState.CLOSED,
}


class Channel(StrEnum):
    """Who showed the code."""

    PAY_CODE = "pay_code"
    MERCHANT_CODE = "merchant_code"


@dataclass(frozen=True, slots=True)
class Order:
    """`strength`: how surely it is the payer who pays. `asked`: he is asked before it goes through. `failure` is the
    code of what stood against it when there is no payment to say so.
    """

    organisation: str
    number: str
    channel: Channel
    at: datetime
    amount: Money | None = None
    code: str | None = None
    cashier: str = ""
    shift: str = ""
    payment: str | None = None
    strength: Strength = Strength.ONE_FACTOR
    asked: bool = False
    failure: str | None = None
    closed_at: datetime | None = None
    expires_at: datetime | None = None  # of its code, when the merchant shows one

    @property
    def id(self) -> str:
        return order_id(self.organisation, self.number)


def order_id(organisation: str, number: str) -> str:
    return f"{organisation}:{number}"


def parsed_order(raw: str) -> str:
    """Raises BadInput."""
    if not _FORM.fullmatch(raw):
        raise BadInput(field="order")
    return raw


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with its payment, as the merchant is told."""

    order: Order
    payment: Payment | None
    now: datetime | None = None

    @property
    def state(self) -> OrderState:
        if self.payment is not None:
            return self._of(self.payment)
        if self.order.failure is not None:
            return OrderState.FAILED
        return OrderState.CLOSED if self.order.closed_at is not None or self._lapsed else OrderState.WAITING_FOR_PAYER

    @property
    def _lapsed(self) -> bool:
        """Its code ran out and nobody paid: nobody will."""
        ends = self.order.expires_at
        return ends is not None and self.now is not None and ends <= self.now

    @property
    def failure(self) -> FailureReason | None:
        if self.state is not OrderState.FAILED:
            return None
        return reason_of(self.payment.reason if self.payment else self.order.failure or "")

    @staticmethod
    def _of(payment: Payment) -> OrderState:
        if payment.state is PaymentState.CAPTURED and not payment.left.fen:
            return OrderState.REFUNDED
        if payment.state is PaymentState.CANCELLED and payment.reason == "DECLINED":
            return OrderState.FAILED
        return _OF_PAYMENT[payment.state]
