"""The steps that citizens, shops and the till take with an order, each over the revision that was read."""

from __future__ import annotations

from app.core.clock import Clock
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.tills.model import SaleState
from app.core.tills.service import Till
from app.core.viewer import Viewer
from app.domains.community.shops.orders.errors import ShopOrderStateWrong
from app.domains.community.shops.orders.model import OrderState, ShopOrder
from app.domains.community.shops.orders.store import OrderStore
from app.domains.community.shops.parcels.service import ParcelService
from app.domains.community.shops.store import ShopStore


class OrderSteps:
    def __init__(
        self,
        orders: OrderStore,
        shops: ShopStore,
        parcels: ParcelService,
        till: Till,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._orders = orders
        self._shops = shops
        self._parcels = parcels
        self._till = till
        self._outbox = outbox
        self._clock = clock

    async def save(self, now: ShopOrder, was: ShopOrder, tx: Tx) -> None:
        """Raises ShopOrderStateWrong: it was changed meanwhile."""
        if not await self._orders.save(now, was, tx):
            raise ShopOrderStateWrong(was.state.value)

    async def move(self, now: ShopOrder, was: ShopOrder, tx: Tx) -> None:
        """A step ahead, and its citizen is told of it."""
        await self.save(now, was, tx)
        if now.state is OrderState.DELIVERED:
            await self._parcels.brought(now.parcels, tx)
        await self.tell(now, tx)

    async def end(self, now: ShopOrder, was: ShopOrder, tx: Tx) -> None:
        """It comes to nothing: what it took from the shelf is put back, its parcels wait again."""
        await self.save(now, was, tx)
        if was.taken:
            await self._shops.put_back(was.taken, tx)
        await self._parcels.free(was.parcels, tx)

    async def let_go(self, was: ShopOrder, state: OrderState, reason: str, tx: Tx) -> ShopOrder:
        """An unpaid one. Raises ShopOrderStateWrong: it was paid meanwhile."""
        now = was.unpaid(state, reason, self._clock.now())
        await self.end(now, was, tx)
        if was.sale is not None and await self._till.give_up(was.sale, reason, tx) is SaleState.PAID:
            raise ShopOrderStateWrong(OrderState.PAID.value)
        return now

    async def undo(self, viewer: Viewer, now: ShopOrder, was: ShopOrder, tx: Tx) -> str | None:
        """A paid one: the refund, to be sent after the commit."""
        await self.end(now, was, tx)
        await self.tell(now, tx)
        due = was.total - was.refunded
        return await self._till.give_back(viewer, was.sale, due, tx) if was.sale and due > 0 else None

    async def tell(self, order: ShopOrder, tx: Tx) -> None:
        """Its citizen; and its shop, where a webhook waits for that."""
        facts = {"order": order.id, "number": order.number, "shop": order.shop, "organisation": order.organisation}
        said = {"state": order.state.value, "way": order.way.value, "fen": order.total}
        await self._outbox.add(f"shop_order.{order.state.value}", order.citizen, tx, **facts, **said)
