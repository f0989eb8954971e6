"""The payment gateway and wallets, as the desk looks over them: what stays open, what did not fit, who is frozen."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.money import Money
from app.core.paging import PageRequest
from app.domains.payment.gateway.errands.model import ErrandState
from app.domains.payment.gateway.orders.errors import GatewayOrderUnknown
from app.domains.payment.gateway.orders.model import Order, OrderPurpose, OrderState
from app.domains.payment.gateway.payouts.model import Payout, PayoutPurpose
from app.domains.payment.gateway.refunds.model import GatewayRefund, RefundPurpose
from app.domains.payment.ledger.model import AccountState, FreezeReason
from app.domains.payment.wallet.model import Wallet

router = desk_router("gateway")


class WhyFrozen(Body):
    """`reason` is kept sealed in the audit."""

    frozen: bool
    reason: str = Field(min_length=2, max_length=500)


class ByHand(Body):
    """`note` stands in the audit."""

    note: str = Field(min_length=2, max_length=500)


class OrderShown(Reply):
    """`paid` is what came; another sum than `amount` is a MISMATCH."""

    id: str
    purpose: OrderPurpose
    about: str
    amount: Decimal
    paid: Decimal
    state: OrderState
    gateway_id: str | None
    looks: int
    at: datetime
    expires_at: datetime
    settled_at: datetime | None


class RefundShown(Reply):
    id: str
    order: str
    purpose: RefundPurpose
    amount: Decimal
    state: ErrandState
    reason: str
    stranded: bool
    by_hand: bool
    looks: int
    at: datetime
    settled_at: datetime | None


class PayoutShown(Reply):
    id: str
    purpose: PayoutPurpose
    amount: Decimal
    state: ErrandState
    reason: str
    looks: int
    at: datetime
    settled_at: datetime | None


class WalletShown(Reply):
    citizen: str
    opened: bool
    state: AccountState
    frozen_for: list[FreezeReason]
    balance: Decimal
    held: Decimal


@router.get("/gateway-orders")
async def orders(
    desk: Annotated[Desk, allowed("orders", *ANY)],
    state: Annotated[OrderState, Query(description="Those in this state.")] = OrderState.MISMATCH,
    first: First = 25,
    after: After = None,
) -> Rows[OrderShown]:
    """Newest first, without who paid."""
    found = await desk.services.payment.orders.page(state, PageRequest.of(first, after))
    return Rows[OrderShown].of(found, _order)


@router.post("/gateway-orders/{order}/look")
async def look(order: Id, desk: Annotated[Desk, allowed("look", *OPERATORS)]) -> OrderShown:
    """Ask the gateway now, and settle it by what it says."""
    if await desk.services.payment.orders.get(order) is None:
        raise GatewayOrderUnknown
    return _order(await desk.services.payment.orders.look(order))


@router.get("/gateway-refunds")
async def refunds(
    desk: Annotated[Desk, allowed("refunds", *ANY)],
    state: Annotated[ErrandState, Query(description="Those in this state.")] = ErrandState.FAILED,
    stranded: Annotated[bool, Query(description="Those that wait for the desk.")] = False,
    first: First = 25,
    after: After = None,
) -> Rows[RefundShown]:
    """Newest first. `stranded`, of whatever state: the gateway gave it back neither, nor could a wallet take it."""
    refunds, request = desk.services.payment.gateway_refunds, PageRequest.of(first, after)
    found = await (refunds.stranded(request) if stranded else refunds.page(state, request))
    return Rows[RefundShown].of(found, _refund)


@router.post("/gateway-refunds/{refund}/retry")
async def retry(refund: Id, desk: Annotated[Desk, allowed("retry", *OPERATORS)]) -> RefundShown:
    """A stranded one goes to its citizen's wallet, or is asked for once more under another reference: that is shown."""
    return _refund(await desk.services.payment.gateway_returns.retry(desk.viewer, refund))


@router.post("/gateway-refunds/{refund}/settlement")
async def pay_by_hand(refund: Id, body: ByHand, desk: Annotated[Desk, allowed("settle", *OPERATORS)]) -> RefundShown:
    """A stranded one was paid out to its citizen by hand."""
    return _refund(await desk.services.payment.gateway_returns.pay_by_hand(desk.viewer, refund, body.note))


@router.get("/gateway-payouts")
async def payouts(
    desk: Annotated[Desk, allowed("payouts", *ANY)],
    state: Annotated[ErrandState, Query(description="Those in this state.")] = ErrandState.PROCESSING,
    first: First = 25,
    after: After = None,
) -> Rows[PayoutShown]:
    """Newest first, without whose they are."""
    found = await desk.services.payment.payouts.page(state, PageRequest.of(first, after))
    return Rows[PayoutShown].of(found, _payout)


@router.get("/citizens/{citizen}/wallet")
async def wallet(citizen: Id, desk: Annotated[Desk, allowed("wallet", *ANY)]) -> WalletShown:
    """What lies in a citizen's wallet, and whether it is frozen."""
    return _wallet(await desk.services.payment.wallet.wallets.of(citizen))


@router.put("/citizens/{citizen}/wallet/state")
async def freeze(citizen: Id, body: WhyFrozen, desk: Annotated[Desk, allowed("freeze", *OPERATORS)]) -> WalletShown:
    """Nothing leaves a frozen wallet; what comes in, comes in. Its owner is told."""
    wallets = desk.services.payment.wallet.wallets
    turn = wallets.freeze if body.frozen else wallets.unfreeze
    return _wallet(await turn(desk.viewer, citizen, body.reason))


def _order(one: Order) -> OrderShown:
    return OrderShown(
        id=one.id,
        purpose=one.purpose,
        about=one.about if one.purpose is OrderPurpose.PAYMENT else "",
        amount=Money(one.fen).amount,
        paid=Money(one.paid_fen).amount,
        state=one.state,
        gateway_id=one.gateway_id,
        looks=one.looks,
        at=one.at,
        expires_at=one.expires_at,
        settled_at=one.settled_at,
    )


def _refund(one: GatewayRefund) -> RefundShown:
    return RefundShown(
        id=one.id,
        order=one.order,
        purpose=one.purpose,
        amount=Money(one.fen).amount,
        state=one.state,
        reason=one.reason,
        stranded=one.stranded,
        by_hand=one.by_hand,
        looks=one.looks,
        at=one.at,
        settled_at=one.settled_at,
    )


def _payout(one: Payout) -> PayoutShown:
    return PayoutShown(
        id=one.id,
        purpose=one.purpose,
        amount=Money(one.fen).amount,
        state=one.state,
        reason=one.reason,
        looks=one.looks,
        at=one.at,
        settled_at=one.settled_at,
    )


def _wallet(one: Wallet) -> WalletShown:
    return WalletShown(
        citizen=one.citizen,
        opened=one.opened,
        state=one.state,
        frozen_for=sorted(one.frozen_for),
        balance=one.balance.amount,
        held=one.held.amount,
    )
