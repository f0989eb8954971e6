"""An order: written here first, asked for at the gateway, paid there by the citizen, and settled here once.

opening ── the gateway knows it ──> open ── paid, as much as was asked for ──> paid
   │                                 ├── paid, but not as much ──> mismatch (reconciliation resolves it)
   └──────────── refused ────────────┼── could not be paid ──> failed
                                     └── its time is over, or it was given up ──> closed

A payment that comes when the order is closed or failed, or that nobody can use (the wallet is full), goes back:
returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domains.payment.gateway.model import OrderAnswer, ToldOrder

# How long a citizen may take on the gateway's page.
PAID_WITHIN = timedelta(minutes=15)


class OrderPurpose(StrEnum):
    """Whose order it is: the room that hears how it ended."""

    TOP_UP = "top_up"
    PAYMENT = "payment"
    REPAYMENT = "repayment"


class OrderState(StrEnum):
    OPENING = "opening"
    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"
    CLOSED = "closed"
    MISMATCH = "mismatch"
    RETURNED = "returned"


WAITING = frozenset({OrderState.OPENING, OrderState.OPEN})
UNPAID = frozenset({OrderState.FAILED, OrderState.CLOSED})


@dataclass(frozen=True, slots=True)
class Order:
    """`about` is what it is for in its purpose's room (a payment's id); `what` the line that the citizen reads on the
    gateway's page; `paid_fen` what came. `looks` counts how often the gateway was asked.
    """

    id: str
    purpose: OrderPurpose
    about: str
    citizen: str
    fen: int
    what: str
    at: datetime
    expires_at: datetime
    state: OrderState = OrderState.OPENING
    pay_at: str | None = None
    gateway_id: str | None = None
    paid_fen: int = 0
    settled_at: datetime | None = None
    looks: int = 0

    @property
    def waits(self) -> bool:
        return self.state in WAITING


@dataclass(frozen=True, slots=True)
class OrderWanted:
    """`id` is made by who asks, before his transaction: a repeat writes the same order."""

    id: str
    purpose: OrderPurpose
    about: str
    citizen: str
    fen: int
    what: str


def judged(order: Order, told: ToldOrder) -> OrderState:
    """What becomes of an order by what the gateway says of it; its own state when nothing does."""
    if told.state is OrderAnswer.PAID:
        return _paid(order, told)
    if not order.waits:
        return order.state
    if told.state is OrderAnswer.FAILED:
        return OrderState.FAILED
    if told.state is OrderAnswer.CLOSED:
        return OrderState.CLOSED
    return OrderState.OPEN


def _paid(order: Order, told: ToldOrder) -> OrderState:
    if order.waits:
        return OrderState.PAID if told.paid_fen == told.fen == order.fen else OrderState.MISMATCH
    # What is settled stays settled, however often it is told; only what nobody waited for any more is new.
    return OrderState.RETURNED if order.state in UNPAID else order.state
