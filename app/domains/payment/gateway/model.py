"""What the city asks of a payment gateway, and what it hears. Rooms know this protocol only; a client of the gateway
fulfils it.

Every call names a reference of ours and may be repeated: one reference is one order, one refund, one payout.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.domains.payment.gateway.errors import PaymentGatewayMissing

# How long after each look at what stays open the next one comes; then the last one again and again.
_LOOKS = (15, 30, 60, 120, 300, 600, 1800)


class Kind(StrEnum):
    ORDER = "order"
    REFUND = "refund"
    PAYOUT = "payout"


class OrderAnswer(StrEnum):
    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"
    CLOSED = "closed"


class ErrandAnswer(StrEnum):
    """Of a refund or a payout."""

    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ToldOrder:
    """`fen` is what was asked for, `paid_fen` what came."""

    reference: str
    gateway_id: str
    state: OrderAnswer
    fen: int
    paid_fen: int
    pay_at: str = ""


@dataclass(frozen=True, slots=True)
class ToldErrand:
    """A refund or a payout. `reason` is the gateway's code of a failure."""

    reference: str
    gateway_id: str
    state: ErrandAnswer
    fen: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the gateway told by itself. Of an order `fen` is what came."""

    kind: Kind
    reference: str
    gateway_id: str
    state: str
    fen: int


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where a payout goes."""

    number: str = field(repr=False)
    holder: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Owned:
    """What a bank says of an account: whether it is this person's, and which bank it is."""

    belongs: bool
    bank: str = ""
    bank_en: str = ""


@dataclass(frozen=True, slots=True)
class DayFile:
    """The gateway's file of a day: genuine by its digest and signature. `complete`: the day is over there."""

    day: date
    body: bytes
    complete: bool


class PaymentGateway(Protocol):
    """Each call raises Unavailable. `None`: the gateway never heard of the reference. `GatewayRefused` (with its code):
    it will not do what was asked, and repeating does not help.
    """

    async def open_order(
        self, reference: str, fen: int, what: str, return_url: str, expires_in: timedelta
    ) -> ToldOrder: ...

    async def order(self, reference: str) -> ToldOrder | None: ...

    async def close_order(self, reference: str) -> ToldOrder | None:
        """The order as it is now: one that was paid before stays paid."""
        ...

    async def refund(self, reference: str, order: str, fen: int) -> ToldErrand:
        """Raises GatewayRefused."""
        ...

    async def refund_state(self, reference: str) -> ToldErrand | None: ...

    async def pay_out(self, reference: str, fen: int, to: BankAccount, what: str) -> ToldErrand:
        """Raises GatewayRefused."""
        ...

    async def payout_state(self, reference: str) -> ToldErrand | None: ...

    async def check_account(self, account: BankAccount) -> Owned: ...

    async def file(self, day: date) -> DayFile | None:
        """None while there is none. Raises GatewayFileForged."""
        ...


def present(gateway: PaymentGateway | None) -> PaymentGateway:
    """Raises PaymentGatewayMissing."""
    if gateway is None:
        raise PaymentGatewayMissing
    return gateway


def next_look(looks: int, now: datetime) -> datetime:
    """When what stays open after so many looks is looked at again."""
    return now + timedelta(seconds=_LOOKS[min(looks, len(_LOOKS) - 1)])
