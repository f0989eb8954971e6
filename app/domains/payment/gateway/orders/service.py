"""Opening orders, hearing how they end, and asking about those of which nothing is heard.

An order is written with what it is for (`begin`, in the caller's transaction) and then asked for at the gateway
(`open`, outside of any). However often and by whatever way it is heard that it was paid, one transaction settles it and
runs what its room has to do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

import structlog

from app.core.clock import Clock
from app.core.errors import Outcome, Unavailable
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.domains.payment.gateway.errors import GatewayRefused
from app.domains.payment.gateway.model import Notice, OrderAnswer, PaymentGateway, ToldOrder, next_look, present
from app.domains.payment.gateway.orders.errors import GatewayOrderSettled, GatewayOrderUnknown
from app.domains.payment.gateway.orders.model import (
    PAID_WITHIN,
    UNPAID,
    WAITING,
    Order,
    OrderPurpose,
    OrderState,
    OrderWanted,
    judged,
)
from app.domains.payment.gateway.orders.store import OrderStore
from app.domains.payment.ledger.model import GATEWAY, SUSPENSE, TransferKind, Wanted, credit, debit
from app.domains.payment.ledger.service import Ledger

log = structlog.get_logger(__name__)

_AT_ONCE = 100


class Settled(Protocol):
    """A room that has orders paid at the gateway. Both run in the transaction that settles the order, once.

    `paid` books the money (a debit of GATEWAY). When it raises an Outcome, nothing of it is kept: the money goes back
    to the citizen, and `failed` is called in its place, with an order whose state is RETURNED.
    """

    async def paid(self, order: Order, tx: Tx) -> None: ...

    async def failed(self, order: Order, tx: Tx) -> None:
        """It will not be paid: `order.state` says why (FAILED, CLOSED, MISMATCH, RETURNED)."""
        ...


GiveBack = Callable[[Order, Tx], Awaitable[object]]


class Orders:
    """`register` is called once for each purpose while the city is put together; `returns` begins the refund of an
    order whose money nobody could use.
    """

    def __init__(
        self,
        db: Database,
        orders: OrderStore,
        gateway: PaymentGateway | None,
        ledger: Ledger,
        returns: GiveBack,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._db = db
        self._orders = orders
        self._gateway = gateway
        self._ledger = ledger
        self._returns = returns
        self._clock = clock
        self._back_to = f"{base_url.rstrip('/')}/app#/paid"
        self._rooms: dict[OrderPurpose, Settled] = {}

    def register(self, purpose: OrderPurpose, room: Settled) -> None:
        self._rooms[purpose] = room

    async def begin(self, wanted: OrderWanted, tx: Tx) -> Order:
        """Write it, in the transaction of what it is for; `open` it when that is committed. Raises
        PaymentGatewayMissing.
        """
        present(self._gateway)
        now = self._clock.now()
        order = Order(
            wanted.id, wanted.purpose, wanted.about, wanted.citizen, wanted.fen, wanted.what, now, now + PAID_WITHIN
        )
        await self._orders.add(order, next_look(0, now), tx)
        return order

    async def open(self, id_: str) -> Order:
        """Ask the gateway for it, or find it open: `pay_at` is where the citizen pays. Raises GatewayOrderUnknown,
        PaymentGatewayMissing, Unavailable (a later look opens it).
        """
        order = await self._known(id_)
        if order.state is not OrderState.OPENING:
            return order
        left = order.expires_at - self._clock.now()
        if left.total_seconds() < 1:
            return await self.look(id_)
        try:
            told = await present(self._gateway).open_order(
                order.id, order.fen, order.what, f"{self._back_to}/{order.purpose.value}/{order.id}", left
            )
        except GatewayRefused:
            known = await present(self._gateway).order(order.id)
            if known is None:
                return await self._end(order, OrderState.FAILED)
            told = known
        await self._orders.opened(order.id, told.gateway_id, told.pay_at)
        return await self._told(await self._known(id_), told)

    async def mine(self, citizen: str, id_: str) -> Order | None:
        return await self._orders.of(citizen, id_)

    async def newest(self, citizen: str, purpose: OrderPurpose, request: PageRequest) -> Page[Order]:
        return await self._orders.newest(citizen, purpose, request)

    async def get(self, id_: str, tx: Tx | None = None) -> Order | None:
        return await self._orders.get(id_, tx)

    async def page(self, state: OrderState, request: PageRequest) -> Page[Order]:
        """For the desk, newest first."""
        return await self._orders.page(state, request)

    async def under_way(self, citizen: str, tx: Tx | None = None) -> bool:
        """Whether one of his can still be paid."""
        return await self._orders.under_way(citizen, tx)

    async def returned(self, citizen: str, tx: Tx | None = None) -> list[str]:
        """The ids of those whose money nobody could use."""
        return await self._orders.returned(citizen, tx)

    async def mismatched(self, citizen: str, tx: Tx | None = None) -> list[str]:
        """The ids of those for which another sum came than was asked for: nothing was booked of it."""
        return await self._orders.mismatched(citizen, tx)

    async def look(self, id_: str) -> Order:
        """Ask the gateway how it stands, and settle it by that. Raises GatewayOrderUnknown, PaymentGatewayMissing,
        Unavailable.
        """
        order, gateway = await self._known(id_), present(self._gateway)
        told = await gateway.order(order.id)
        if told is None:  # it never heard of it: nobody can have paid
            late = self._clock.now() >= order.expires_at
            return await self._end(order, OrderState.CLOSED) if late and order.waits else order
        if told.state is OrderAnswer.OPEN and self._clock.now() >= order.expires_at:
            told = await gateway.close_order(order.id) or told
        return await self._told(order, told)

    async def close(self, id_: str) -> Order:
        """Give it up: nobody can pay it any more. It is as it turns out at the gateway: one that was paid a moment ago
        is paid. Raises GatewayOrderUnknown, GatewayOrderSettled, PaymentGatewayMissing, Unavailable.
        """
        order = await self._known(id_)
        if not order.waits:
            raise GatewayOrderSettled
        told = await present(self._gateway).close_order(order.id)
        return await self._told(order, told) if told else await self._end(order, OrderState.CLOSED)

    async def heard(self, notice: Notice) -> None:
        """A signed notice is believed when it says what was asked for; otherwise the gateway is asked. What is unknown
        here, and what the gateway does not answer now, is left: the next look finds it.
        """
        order = await self._orders.get(notice.reference)
        if order is None:
            return
        if order.waits and notice.state == OrderAnswer.PAID.value and notice.fen == order.fen:
            told = ToldOrder(order.id, notice.gateway_id, OrderAnswer.PAID, order.fen, notice.fen)
            await self._told(order, told)
            return
        if order.waits or order.state in UNPAID:
            try:
                await self.look(order.id)
            except Unavailable:
                await self._orders.looked(order.id, order.looks, self._clock.now())

    async def sweep(self) -> int:
        """Look at what is due; how many were looked at. Safe to run anywhere at any time."""
        if self._gateway is None:
            return 0
        due = await self._orders.due(self._clock.now(), _AT_ONCE)
        for order in due:
            looks = order.looks + 1
            await self._orders.looked(order.id, looks, next_look(looks, self._clock.now()))
            try:
                await (self.open if order.state is OrderState.OPENING else self.look)(order.id)
            except Unavailable:
                break  # the next round goes on; a gateway that is down is not asked a hundred times
            except Outcome as outcome:
                log.error("gateway order not settled", order=order.id, outcome=outcome.code)
        return len(due)

    async def _known(self, id_: str) -> Order:
        order = await self._orders.get(id_)
        if order is None:
            raise GatewayOrderUnknown
        return order

    async def _told(self, order: Order, told: ToldOrder) -> Order:
        state = judged(order, told)
        if state is order.state or state is OrderState.OPEN:
            return order
        now = replace(order, state=state, paid_fen=told.paid_fen, gateway_id=told.gateway_id)
        if state is OrderState.RETURNED:
            return await self._give_back(now, UNPAID, heard=True)
        if state is not OrderState.PAID:
            return await self._settle(now)
        try:
            return await self._settle(now)
        except Outcome:  # the money came, and its room cannot take it
            return await self._give_back(replace(now, state=OrderState.RETURNED), WAITING, heard=False)

    async def _end(self, order: Order, state: OrderState) -> Order:
        return await self._settle(replace(order, state=state))

    async def _settle(self, order: Order) -> Order:
        """One transaction: the order's end, and what its room does. Raises what `paid` raises."""
        settled, room = replace(order, settled_at=self._clock.now()), self._rooms[order.purpose]

        async def work(tx: Tx) -> None:
            if await self._orders.settle(settled, WAITING, tx):
                await (room.paid if settled.state is OrderState.PAID else room.failed)(settled, tx)

        await self._db.transaction(work)
        return await self._known(order.id)

    async def _give_back(self, order: Order, was: frozenset[OrderState], *, heard: bool) -> Order:
        """What came is booked as nobody's, and goes back. `heard`: its room knows already that nothing comes of it."""
        settled, room = replace(order, settled_at=self._clock.now()), self._rooms[order.purpose]
        lines = (debit(GATEWAY, order.paid_fen), credit(SUSPENSE, order.paid_fen))
        wanted = Wanted(f"gateway order {order.id} unusable", TransferKind.TOP_UP, lines, order.id)

        async def work(tx: Tx) -> None:
            if await self._orders.settle(settled, was, tx):
                await self._ledger.post(wanted, tx)
                await self._returns(settled, tx)
                if not heard:
                    await room.failed(settled, tx)

        await self._db.transaction(work)
        return await self._known(order.id)
