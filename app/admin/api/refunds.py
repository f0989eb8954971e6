"""Refunds at the desk: giving back what a payee does not, and taking in hand what nobody could take.

Amounts are whole fen, hundredths of a yuan or of a point.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.money import Currency, Money
from app.core.paging import PageRequest
from app.domains.payment.payments.errors import PaymentUnknown
from app.domains.payment.refunds.errors import RefundUnknown
from app.domains.payment.refunds.model import Cause, Refund, RefundReason, RefundState, Way

router = desk_router("refunds")


class PartShown(Reply):
    way: Way
    fen: int


class RefundShown(Reply):
    """`before_fen` had gone back of the payment before. `fault`: the gateway's code when it could not give it back."""

    id: str
    payment: str
    payer: str
    payee: str
    fen: int
    currency: Currency
    before_fen: int
    cause: Cause
    reason: RefundReason
    state: RefundState
    parts: list[PartShown]
    by: str
    at: datetime
    settled_at: datetime | None
    fault: str | None
    note: str | None


class Wanted(Body):
    """Without `fen` all that is left goes back. `note` stands in the audit."""

    fen: int | None = Field(None, ge=1, le=10**13)
    reason: RefundReason
    note: str = Field(min_length=2, max_length=500)


class InHand(Body):
    """`to_bank`: it was paid out to him by hand; otherwise into his wallet, which takes it again."""

    to_bank: bool
    note: str = Field(min_length=2, max_length=500)


@router.get("/refunds")
async def refunds(
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: Annotated[RefundState, Query(description="Those in this state, newest first.")] = RefundState.STRANDED,
    first: First = 25,
    after: After = None,
) -> Rows[RefundShown]:
    """STRANDED ones wait for somebody's hand: the payer's wallet is closed, or full."""
    page = await desk.services.payment.refund_asking.in_state(state, PageRequest.of(first, after))
    return Rows[RefundShown].of(page, shown)


@router.get("/refunds/{refund}")
async def one(refund: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> RefundShown:
    found = await desk.services.payment.refund_asking.one(refund)
    if found is None:
        raise RefundUnknown
    return shown(found)


@router.post("/payments/{payment}/refunds", status_code=201)
async def give(payment: Id, body: Wanted, key: Key, desk: Annotated[Desk, allowed("give", *OPERATORS)]) -> RefundShown:
    """Give back a payment, or a part of it, in the payee's stead."""
    found = await desk.services.payment.payments.get(payment)
    if found is None:
        raise PaymentUnknown
    amount = None if body.fen is None else Money(body.fen, found.amount.currency)
    asking = desk.services.payment.refund_asking
    return shown(await asking.by_desk(desk.viewer, payment, amount, body.reason, body.note, key))


@router.post("/refunds/{refund}/settlement")
async def take_in_hand(
    refund: Id, body: InHand, key: Key, desk: Annotated[Desk, allowed("settle", *OPERATORS)]
) -> RefundShown:
    """What nobody could take: into the payer's wallet now, or paid out to him by hand."""
    asking = desk.services.payment.refund_asking
    return shown(await asking.take_in_hand(desk.viewer, refund, to_bank=body.to_bank, note=body.note, key=key))


def shown(one: Refund) -> RefundShown:
    return RefundShown(
        id=one.id,
        payment=one.payment,
        payer=one.payer,
        payee=one.payee,
        fen=one.amount.fen,
        currency=one.amount.currency,
        before_fen=one.before,
        cause=one.cause,
        reason=one.reason,
        state=one.state,
        parts=[PartShown.model_validate(part) for part in one.parts],
        by=one.by,
        at=one.at,
        settled_at=one.settled_at,
        fault=one.fault,
        note=one.note,
    )
