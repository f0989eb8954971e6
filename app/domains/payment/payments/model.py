"""A payment: from being asked for to its end.

             ┌── confirmed ── processing ─┐
waiting_for_confirmation                  ├── captured     the money is the payee's; refunds take from it
             └── declined ── cancelled    ├── failed       by name in `reason`
             └── no answer ── expired     │
waiting_for_gateway ── paid there ────────┘
             └── given up, or its time is over ── failed, cancelled

How it stands (`state`) and what went back of it (`refunded`) are separate: a payment that was given back whole was
captured all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.core.money import Currency, Money
from app.domains.payment.ledger.model import (
    FEES,
    GATEWAY,
    Account,
    AccountKind,
    Line,
    TransferKind,
    Wanted,
    credit,
    credit_line,
    debit,
    points,
    wallet,
)
from app.domains.payment.payments.errors import MethodNotPossible, PaymentNotOpen, PaymentTooLate
from app.domains.payment.risk.rules.model import Attempt


class Method(StrEnum):
    """With what it is paid."""

    WALLET = "wallet"
    CREDIT = "credit"
    GATEWAY = "gateway"
    POINTS = "points"


class Purpose(StrEnum):
    """Which room it belongs to: that room hears how it ends."""

    BILL = "bill"
    CODE = "code"  # the citizen showed a code
    STATIC_CODE = "static_code"  # the merchant's printed one
    DYNAMIC_CODE = "dynamic_code"  # the merchant's, with an amount
    RIDE = "ride"
    TREATMENT = "treatment"
    ORDER = "order"  # from a shop of the neighbourhood
    TICKET = "ticket"


class PayeeKind(StrEnum):
    MERCHANT = "merchant"
    BILLER = "biller"
    OPERATOR = "operator"

    @property
    def account(self) -> AccountKind:
        return AccountKind(self.value)


class PaymentState(StrEnum):
    PROCESSING = "processing"
    WAITING_FOR_CONFIRMATION = "waiting_for_confirmation"
    WAITING_FOR_GATEWAY = "waiting_for_gateway"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN = frozenset({PaymentState.PROCESSING, PaymentState.WAITING_FOR_CONFIRMATION, PaymentState.WAITING_FOR_GATEWAY})


@dataclass(frozen=True, slots=True)
class Payee:
    """`id` is the organisation's code."""

    kind: PayeeKind
    id: str

    @property
    def key(self) -> str:
        """Both in one, as it is kept."""
        return f"{self.kind.value}:{self.id}"

    def account(self, currency: Currency) -> Account:
        return Account(self.kind.account, self.id, currency)


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment as it is asked for. `id` is made beforehand (`new_id`), so that a repeat asks for the same one.

    `about` is what it is for in its purpose's room (a bill, a ride), `order` the payee's own number of it; `fee` in fen
    is what the city keeps of it. `confirm_until` is set when the payer has to confirm it; `confirmed`: he has already.
    """

    id: str
    payer: str
    payee: Payee
    amount: Money
    method: Method
    purpose: Purpose
    about: str = ""
    order: str = ""
    fee: int = 0
    cashier: str = ""
    shift: str = ""
    confirm_until: datetime | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """`until` is when one that waits lapses, `refunded` what went back of it in fen. `number` is printed on receipts.
    `transfer` entered it in the ledger. `rev` guards each change.
    """

    id: str
    payer: str
    payee: Payee
    amount: Money
    method: Method
    purpose: Purpose
    state: PaymentState
    made_at: datetime
    number: str
    about: str = ""
    order: str = ""
    fee: int = 0
    cashier: str = ""
    shift: str = ""
    until: datetime | None = None
    confirmed: bool = False
    captured_at: datetime | None = None
    ended_at: datetime | None = None
    transfer: str | None = None
    refunded: int = 0
    reason: str = ""
    rev: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def back(self) -> Money:
        return Money(self.refunded, self.amount.currency)

    @property
    def left(self) -> Money:
        """What could still be given back."""
        kept = self.amount.fen - self.refunded if self.state is PaymentState.CAPTURED else 0
        return Money(kept, self.amount.currency)

    def confirmed_at(self, at: datetime) -> Payment:
        """By its payer. Raises PaymentNotOpen, PaymentTooLate."""
        if self.state is not PaymentState.WAITING_FOR_CONFIRMATION:
            raise PaymentNotOpen(self.state.value)
        if self.until is not None and self.until <= at:
            raise PaymentTooLate
        return self._next(state=PaymentState.PROCESSING, confirmed=True, until=None)

    def captured(self, transfer: str, at: datetime) -> Payment:
        """Raises PaymentNotOpen."""
        if self.state not in (PaymentState.PROCESSING, PaymentState.WAITING_FOR_GATEWAY):
            raise PaymentNotOpen(self.state.value)
        return self._next(
            state=PaymentState.CAPTURED, transfer=transfer, captured_at=at, ended_at=at, until=None, confirmed=True
        )

    def ended(self, state: PaymentState, reason: str, at: datetime) -> Payment:
        """Failed, cancelled or expired: no money moved. Raises PaymentNotOpen."""
        if not self.is_open:
            raise PaymentNotOpen(self.state.value)
        return self._next(state=state, reason=reason, ended_at=at, until=None)

    def _next(self, **changed: object) -> Payment:
        return replace(self, rev=self.rev + 1, **changed)  # type: ignore[arg-type]

    @property
    def transfer_wanted(self) -> Wanted:
        """What capturing enters: the payer's means are debited, the payee gets it less the fee."""
        payee = self.payee.account(self.amount.currency)
        lines: list[Line] = [debit(self.source, self.amount.fen), credit(payee, self.amount.fen - self.fee)]
        if self.fee:
            lines.append(credit(FEES, self.fee))
        return Wanted(f"payment:{self.id}", TransferKind.PAYMENT, tuple(lines), about=self.id)

    @property
    def source(self) -> Account:
        """The account that pays. The gateway's is what the gateway then owes the city."""
        match self.method:
            case Method.WALLET:
                return wallet(self.payer)
            case Method.CREDIT:
                return credit_line(self.payer)
            case Method.POINTS:
                return points(self.payer)
            case Method.GATEWAY:
                return GATEWAY


def new_payment(new: NewPayment, at: datetime, number: str, *, confirm_until: datetime | None) -> Payment:
    """Raises MethodNotPossible: points are paid with points and with nothing else, and what is paid at the gateway is
    confirmed there and nowhere else.
    """
    if (new.method is Method.POINTS) is not (new.amount.currency is Currency.POINTS):
        raise MethodNotPossible(new.method.value)
    if new.method is Method.GATEWAY and confirm_until is not None:
        raise MethodNotPossible(new.method.value)
    if new.amount.fen <= 0 or not 0 <= new.fee < new.amount.fen:
        raise ValueError("an amount is positive, and its fee less")
    state = PaymentState.WAITING_FOR_GATEWAY if new.method is Method.GATEWAY else PaymentState.PROCESSING
    if confirm_until is not None:
        state = PaymentState.WAITING_FOR_CONFIRMATION
    return Payment(
        id=new.id,
        payer=new.payer,
        payee=new.payee,
        amount=new.amount,
        method=new.method,
        purpose=new.purpose,
        state=state,
        made_at=at,
        number=number,
        about=new.about,
        order=new.order,
        fee=new.fee,
        cashier=new.cashier,
        shift=new.shift,
        until=confirm_until,
        confirmed=new.confirmed,
    )


def number_of(id_: str, at: datetime) -> str:
    """As people read it: the civil day and twelve characters of the id, `P20261122-7F3A…`."""
    return f"P{at.astimezone(CITY_TIME):%Y%m%d}-{id_.replace('-', '')[-12:].upper()}"


def facts_of(payment: Payment) -> dict[str, object]:
    """What its events say of it: ids and codes."""
    return {
        "payment": payment.id,
        "payee": payment.payee.id,
        "payee_kind": payment.payee.kind.value,
        "organisation": payment.payee.id,
        "fen": payment.amount.fen,
        "amount": payment.amount.spoken,
        "currency": payment.amount.currency.value,
        "method": payment.method.value,
        "purpose": payment.purpose.value,
        "order": payment.order,
        "state": payment.state.value,
        "number": payment.number,
        "reason": payment.reason,
    }


def attempt(new: NewPayment, at: datetime) -> Attempt:
    return Attempt(
        payment=new.id,
        payer=new.payer,
        payee_kind=new.payee.kind.value,
        payee=new.payee.id,
        fen=new.amount.fen,
        currency=new.amount.currency,
        method=new.method.value,
        purpose=new.purpose.value,
        at=at,
        confirmed=new.confirmed or new.method is Method.GATEWAY,  # the payer confirms on the gateway's page
    )


def attempt_of(payment: Payment) -> Attempt:
    return Attempt(
        payment=payment.id,
        payer=payment.payer,
        payee_kind=payment.payee.kind.value,
        payee=payment.payee.id,
        fen=payment.amount.fen,
        currency=payment.amount.currency,
        method=payment.method.value,
        purpose=payment.purpose.value,
        at=payment.made_at,
        confirmed=payment.confirmed,
    )
