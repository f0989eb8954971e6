"""Payments, as the desk looks over them: where each stands, and what moved in the ledger."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Query

from app.admin.api.desk import ANY, After, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.money import Currency, Money
from app.core.paging import PageRequest
from app.domains.payment.ledger.model import Side, TransferKind
from app.domains.payment.payments.errors import PaymentUnknown
from app.domains.payment.payments.model import Method, PayeeKind, Payment, PaymentState, Purpose

router = desk_router("payments")


class PaymentLine(Reply):
    id: str
    number: str
    payee_kind: PayeeKind
    payee: str
    amount: Decimal
    currency: Currency
    method: Method
    purpose: Purpose
    state: PaymentState
    made_at: datetime


class MovedLine(Reply):
    account: str
    side: Side
    amount: Decimal


class Moved(Reply):
    """A transfer of the ledger that belongs to the payment."""

    id: str
    kind: TransferKind
    at: datetime
    lines: list[MovedLine]


class PaymentShown(PaymentLine):
    """`reason` is the code of what stood against it: for the desk alone."""

    payer: str
    order: str
    fee: Decimal
    refunded: Decimal
    cashier: str
    shift: str
    confirmed: bool
    until: datetime | None
    captured_at: datetime | None
    ended_at: datetime | None
    reason: str
    transfers: list[Moved]


@router.get("/payments")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: Annotated[PaymentState | None, Query(description="Those in this state; all when none is named.")] = None,
    first: First = 25,
    after: After = None,
) -> Rows[PaymentLine]:
    """Newest first, without who paid."""
    states = frozenset({state} if state else ())
    found = await desk.services.payment.payments.page(states, PageRequest.of(first, after))
    return Rows[PaymentLine].of(found, line)


@router.get("/payments/{payment}")
async def one(payment: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> PaymentShown:
    """One payment, and each transfer that belongs to it."""
    found = await desk.services.payment.payments.get(payment)
    if found is None:
        raise PaymentUnknown
    transfers = await desk.services.payment.ledger.about(found.id)
    moved = [
        Moved(
            id=one.id,
            kind=one.kind,
            at=one.at,
            lines=[
                MovedLine(account=part.account.id, side=part.side, amount=Money(part.fen, part.account.currency).amount)
                for part in one.posted
            ],
        )
        for one in transfers
    ]
    return shown(found, moved)


def line(one: Payment) -> PaymentLine:
    return PaymentLine(
        id=one.id,
        number=one.number,
        payee_kind=one.payee.kind,
        payee=one.payee.id,
        amount=one.amount.amount,
        currency=one.amount.currency,
        method=one.method,
        purpose=one.purpose,
        state=one.state,
        made_at=one.made_at,
    )


def shown(one: Payment, transfers: list[Moved]) -> PaymentShown:
    currency = one.amount.currency
    return PaymentShown(
        **line(one).model_dump(),
        payer=one.payer,
        order=one.order,
        fee=Money(one.fee, currency).amount,
        refunded=Money(one.refunded, currency).amount,
        cashier=one.cashier,
        shift=one.shift,
        confirmed=one.confirmed,
        until=one.until,
        captured_at=one.captured_at,
        ended_at=one.ended_at,
        reason=one.reason,
        transfers=transfers,
    )
