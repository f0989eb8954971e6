"""What the stand-in of the payment gateway remembers: orders, refunds, payouts, and what it says of them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, Field

from mocks.standin import Journal

CITY = ZoneInfo("Asia/Shanghai")
# Twenty thousand payments are one day of a small city.
KEPT = 60_000
Reference = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9:_-]+$")
Amount = Field(ge=1, le=100_000_000_00)
_FEE_PER_MILLE, _PAYOUT_FEE = 2, 100


class OrderAsked(BaseModel):
    reference: str = Reference
    amount_fen: int = Amount
    currency: Literal["CNY"]
    what: str = Field(min_length=1, max_length=200)
    return_url: str = Field(pattern=r"^https?://", max_length=500)
    notify_url: str = Field(pattern=r"^https?://", max_length=500)
    expires_in: int = Field(ge=1, le=86_400)


class RefundAsked(BaseModel):
    reference: str = Reference
    order: str = Reference
    amount_fen: int = Amount
    notify_url: str = Field(default="", max_length=500)


class PayoutAsked(BaseModel):
    reference: str = Reference
    amount_fen: int = Amount
    currency: Literal["CNY"]
    account_number: str = Field(pattern=r"^[0-9]{8,30}$")
    holder_name: str = Field(min_length=1, max_length=100)
    what: str = Field(min_length=1, max_length=200)
    notify_url: str = Field(default="", max_length=500)


class Named(BaseModel):
    reference: str = Reference


class AccountAsked(BaseModel):
    account_number: str = Field(pattern=r"^[0-9]{8,30}$")
    holder_name: str = Field(min_length=1, max_length=100)


class Line(BaseModel):
    """Of a day's file."""

    kind: Literal["order", "refund", "payout"]
    reference: str
    gateway_id: str
    amount_fen: int
    fee_fen: int = 0
    state: str
    at: AwareDatetime


@dataclass(frozen=True, slots=True)
class Order:
    asked: OrderAsked
    at: datetime
    state: Literal["open", "paid", "failed", "closed"] = "open"
    paid_fen: int = 0
    refunded_fen: int = 0
    settled_at: datetime | None = None

    @property
    def gateway_id(self) -> str:
        return _numbered("O", self.asked.reference)

    @property
    def fee_fen(self) -> int:
        return (self.paid_fen * _FEE_PER_MILLE + 500) // 1000

    def shown(self, pay_at: str) -> dict[str, Any]:
        told = {"reference": self.asked.reference, "gateway_id": self.gateway_id, "amount_fen": self.asked.amount_fen}
        told |= {"currency": self.asked.currency, "state": self.state, "paid_fen": self.paid_fen}
        told |= {"fee_fen": self.fee_fen, "refunded_fen": self.refunded_fen, "pay_at": pay_at}
        return {**told, "at": _moment(self.at), "settled_at": _moment(self.settled_at)}

    def line(self) -> Line | None:
        if self.state != "paid" or self.settled_at is None:
            return None
        return _line("order", self.asked.reference, self.gateway_id, self.paid_fen, self.fee_fen, self.settled_at)

    def notice(self) -> dict[str, Any]:
        fen = self.paid_fen if self.state == "paid" else self.asked.amount_fen
        return _notice("order", self.asked.reference, self.gateway_id, self.state, fen, self.settled_at or self.at)


@dataclass(frozen=True, slots=True)
class Errand:
    """A refund or a payout."""

    kind: Literal["refund", "payout"]
    asked: RefundAsked | PayoutAsked
    at: datetime
    state: Literal["processing", "done", "failed"] = "processing"
    reason: str = ""
    settled_at: datetime | None = None

    @property
    def gateway_id(self) -> str:
        return _numbered("R" if self.kind == "refund" else "P", self.asked.reference)

    @property
    def fee_fen(self) -> int:
        return _PAYOUT_FEE if self.kind == "payout" and self.state == "done" else 0

    def shown(self) -> dict[str, Any]:
        told: dict[str, Any] = {"reference": self.asked.reference, "gateway_id": self.gateway_id}
        if isinstance(self.asked, RefundAsked):
            told["order"] = self.asked.order
        told |= {"amount_fen": self.asked.amount_fen, "fee_fen": self.fee_fen, "state": self.state}
        return {**told, "reason": self.reason, "at": _moment(self.at), "settled_at": _moment(self.settled_at)}

    def line(self) -> Line | None:
        if self.state != "done" or self.settled_at is None:
            return None
        fen, fee = self.asked.amount_fen, self.fee_fen
        return _line(self.kind, self.asked.reference, self.gateway_id, fen, fee, self.settled_at)

    def notice(self) -> dict[str, Any]:
        at = self.settled_at or self.at
        return _notice(self.kind, self.asked.reference, self.gateway_id, self.state, self.asked.amount_fen, at)


class Books:
    def __init__(self) -> None:
        self.orders: Journal[Order] = Journal(KEPT)
        self.refunds: Journal[Errand] = Journal(KEPT)
        self.payouts: Journal[Errand] = Journal(KEPT)
        self.stands_at: datetime | None = None

    def now(self) -> datetime:
        return self.stands_at or datetime.now(UTC)

    def looked_at(self, reference: str) -> Order | None:
        """As it is now: what nobody paid in time is closed."""
        order = self.orders.get(reference)
        if order is None or order.state != "open":
            return order
        if self.now() < order.at + timedelta(seconds=order.asked.expires_in):
            return order
        return self._kept(replace(order, state="closed", settled_at=self.now()))

    def pay(self, order: Order, fen: int | None = None) -> Order:
        """An order that is not open takes no money."""
        if order.state != "open":
            return order
        paid = fen or order.asked.amount_fen
        return self._kept(replace(order, state="paid", paid_fen=paid, settled_at=self.now()))

    def end(self, order: Order, state: Literal["failed", "closed"]) -> Order:
        if order.state != "open":
            return order
        return self._kept(replace(order, state=state, settled_at=self.now()))

    def refundable(self, order: Order) -> int:
        return order.paid_fen - order.refunded_fen

    def refunding(self, order: Order, fen: int) -> None:
        """`fen` more are promised back; less than nothing when a refund failed."""
        self._kept(replace(order, refunded_fen=order.refunded_fen + fen))

    def settled(self, errand: Errand, state: Literal["done", "failed"], reason: str = "") -> Errand:
        """Once. A refund that failed can be asked for again under another reference."""
        if errand.state != "processing":
            return errand
        ended = replace(errand, state=state, reason=reason if state == "failed" else "", settled_at=self.now())
        if isinstance(errand.asked, RefundAsked):
            order = self.orders.get(errand.asked.order)
            if state == "failed" and order is not None:
                self.refunding(order, -errand.asked.amount_fen)
            self.refunds.put(errand.asked.reference, ended)
        else:
            self.payouts.put(errand.asked.reference, ended)
        return ended

    def lines(self) -> list[Line]:
        every = (self.orders, self.refunds, self.payouts)
        return [line for journal in every for one in journal.newest_first() if (line := one.line())]

    def clear(self) -> None:
        for journal in (self.orders, self.refunds, self.payouts):
            journal.clear()
        self.stands_at = None

    def _kept(self, order: Order) -> Order:
        self.orders.put(order.asked.reference, order)
        return order


def as_json(one: Order | Errand) -> dict[str, Any]:
    """For the stand-in's own page. Account numbers stay with it."""
    told = asdict(one) | {"asked": one.asked.model_dump(exclude={"account_number", "holder_name"})}
    return {**told, "gateway_id": one.gateway_id, "at": _moment(one.at), "settled_at": _moment(one.settled_at)}


def _line(kind: str, reference: str, gateway_id: str, fen: int, fee: int, at: datetime) -> Line:
    state = "paid" if kind == "order" else "done"
    told = {"kind": kind, "reference": reference, "gateway_id": gateway_id, "amount_fen": fen, "fee_fen": fee}
    return Line.model_validate(told | {"state": state, "at": at})


def _notice(kind: str, reference: str, gateway_id: str, state: str, fen: int, at: datetime) -> dict[str, Any]:
    told = {"kind": kind, "reference": reference, "gateway_id": gateway_id, "state": state}
    return {**told, "amount_fen": fen, "at": _moment(at)}


def _numbered(letter: str, reference: str) -> str:
    return letter + hashlib.sha256(f"{letter}{reference}".encode()).hexdigest()[:20].upper()


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(CITY).isoformat(timespec="milliseconds") if at else None
