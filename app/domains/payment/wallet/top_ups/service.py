"""Topping up: an order at the gateway, and what was paid of it in the wallet."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.money import Money
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.payment.gateway.orders.errors import GatewayOrderSettled
from app.domains.payment.gateway.orders.model import Order, OrderPurpose, OrderState, OrderWanted
from app.domains.payment.gateway.orders.service import Orders
from app.domains.payment.ledger.errors import AccountClosed, BalanceTooHigh
from app.domains.payment.ledger.model import GATEWAY, AccountState, TransferKind, Wanted, credit, debit
from app.domains.payment.ledger.model import wallet as account_of
from app.domains.payment.ledger.service import Ledger
from app.domains.payment.wallet.errors import AmountOutOfBounds
from app.domains.payment.wallet.model import CHECKS, LEAST_TOP_UP, MOST_TOP_UP, TOP_UPS
from app.domains.payment.wallet.service import Wallets, owner
from app.domains.payment.wallet.top_ups.errors import TopUpSettled, TopUpUnknown

_ID = TypeAdapter(str)
_WHAT = "市民钱包充值 / Wallet top-up"


class TopUps:
    """Fulfils `gateway.orders.service.Settled` for TOP_UP."""

    def __init__(
        self, wallets: Wallets, orders: Orders, ledger: Ledger, limits: Limits, outbox: Outbox, once: Idempotency
    ) -> None:
        self._wallets = wallets
        self._orders = orders
        self._ledger = ledger
        self._limits = limits
        self._outbox = outbox
        self._once = once
        orders.register(OrderPurpose.TOP_UP, self)

    async def begin(self, viewer: Viewer, amount: Money, key: str) -> Order:
        """`pay_at` of the order is where it is paid, within 15 minutes. Raises WalletNeedsRealName, AmountOutOfBounds,
        BalanceTooHigh, AccountClosed, PaymentGatewayMissing, RateLimited, Unavailable (the same key goes on),
        IdempotencyConflict.
        """
        citizen, fen, id_ = owner(viewer), amount.fen, new_id()
        if not LEAST_TOP_UP <= fen <= MOST_TOP_UP:
            raise AmountOutOfBounds(Money(LEAST_TOP_UP), Money(MOST_TOP_UP))

        async def work(tx: Tx) -> str:
            await self._demand_room(citizen, fen, tx)
            await self._limits.count(TOP_UPS, citizen, tx)
            await self._wallets.open(citizen, tx)
            await self._orders.begin(OrderWanted(id_, OrderPurpose.TOP_UP, citizen, citizen, fen, _WHAT), tx)
            return id_

        return await self._orders.open(await self._once.once(Call.of(viewer, "topUpWallet", key, fen), _ID, work))

    async def _demand_room(self, citizen: str, fen: int, tx: Tx) -> None:
        """What is true now may not be when it is paid: then the money goes back."""
        now = await self._wallets.of(citizen, tx)
        if now.state is AccountState.CLOSED:
            raise AccountClosed
        if now.balance.fen + fen > now.most.fen:
            raise BalanceTooHigh(now.most)

    async def one(self, viewer: Viewer, id_: str) -> Order | None:
        found = await self._orders.mine(viewer.self_only(), id_)
        return found if found is not None and found.purpose is OrderPurpose.TOP_UP else None

    async def newest(self, viewer: Viewer, request: PageRequest) -> Page[Order]:
        return await self._orders.newest(viewer.self_only(), OrderPurpose.TOP_UP, request)

    async def check(self, viewer: Viewer, id_: str, key: str) -> Order:
        """Ask the gateway now: for who comes back from its page and heard nothing yet. Asked again it is asked again.
        Raises TopUpUnknown, RateLimited, Unavailable, IdempotencyConflict.
        """
        order = await self._known(viewer, id_)
        await self._named(Call.of(viewer, "checkTopUp", key, id_), id_)
        await self._limits.take(CHECKS, order.citizen)
        return await self._orders.look(order.id) if order.state is OrderState.OPEN else order

    async def cancel(self, viewer: Viewer, id_: str, key: str) -> Order:
        """It is as it turns out: one that was paid a moment ago is paid. A repeat finds it cancelled. Raises
        TopUpUnknown, TopUpSettled, Unavailable, IdempotencyConflict.
        """
        order = await self._known(viewer, id_)
        await self._named(Call.of(viewer, "cancelTopUp", key, id_), id_)
        if order.state is OrderState.CLOSED:
            return order
        try:
            return await self._orders.close(order.id)
        except GatewayOrderSettled:
            raise TopUpSettled from None

    async def _named(self, call: Call, id_: str) -> None:
        """What is done may be repeated; another thing under the same key may not. Raises IdempotencyConflict."""

        async def kept(tx: Tx) -> str:
            return id_

        await self._once.once(call, _ID, kept)

    async def _known(self, viewer: Viewer, id_: str) -> Order:
        found = await self.one(viewer, id_)
        if found is None:
            raise TopUpUnknown
        return found

    async def paid(self, order: Order, tx: Tx) -> None:
        """Raises BalanceTooHigh, AccountClosed: then the money goes back."""
        lines = (debit(GATEWAY, order.fen), credit(account_of(order.citizen), order.fen))
        await self._ledger.post(Wanted(f"top-up {order.id}", TransferKind.TOP_UP, lines, order.id), tx)
        await self._outbox.add("wallet.topped_up", order.citizen, tx, order=order.id, amount=Money(order.fen).spoken)

    async def failed(self, order: Order, tx: Tx) -> None:
        """What he gave up himself, or let lapse, he is not told of; where money is, he is."""
        if order.state in (OrderState.RETURNED, OrderState.MISMATCH):
            await self._outbox.add(
                "wallet.top_up_failed", order.citizen, tx, order=order.id, amount=Money(order.paid_fen).spoken
            )
