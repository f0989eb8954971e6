"""Ordering, as citizens do it.

What is wanted is held first (`holding`); the order and its sale are written in one transaction, which counts on what is
held: all of it, or nothing. A price is the one that was shown, or the order is not made.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.errors import BadInput, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Tx
from app.core.numbers import new_number
from app.core.paging import Page, PageRequest
from app.core.said import UNSAID, Said
from app.core.tills.model import Means, Sale, Ware
from app.core.tills.service import Till
from app.core.viewer import Viewer
from app.domains.community.estates.service import EstateService
from app.domains.community.residents.service import ResidentService
from app.domains.community.shops.errors import ShopItemUnknown, ShopUnknown
from app.domains.community.shops.model import Item, Shop
from app.domains.community.shops.orders.errors import (
    CartInvalid,
    DeliveryNotPossible,
    ItemSoldOut,
    PriceChanged,
    ShopClosed,
    ShopOrderStateWrong,
    ShopOrderUnknown,
)
from app.domains.community.shops.orders.holding.service import SOLD_WITHIN, Shelf
from app.domains.community.shops.orders.model import (
    HOLD,
    TAKE_UP,
    Cart,
    FetchWay,
    Line,
    OrderState,
    OrderStep,
    Private,
    ShopOrder,
    Unasked,
    Wanted,
)
from app.domains.community.shops.orders.moving.service import OrderSteps
from app.domains.community.shops.orders.store import OrderStore
from app.domains.community.shops.parcels.service import ParcelService
from app.domains.community.shops.store import ShopStore

PREFIX = "DD"
# Taking from the shelf without paying keeps others from it: nobody does it all day.
_PLACED = Limit("shop orders", 30, timedelta(hours=1))
_ORDER, _ID = TypeAdapter(ShopOrder), TypeAdapter(str)


@dataclass(frozen=True, slots=True)
class _Undone:
    order: str
    refund: str | None


_UNDONE: TypeAdapter[_Undone] = TypeAdapter(_Undone)


@dataclass(frozen=True, slots=True)
class SeenOrder:
    """With its shop; `pay_at`: where it is paid, when it waits for that."""

    order: ShopOrder
    shop: Shop | None
    pay_at: str | None = None


@dataclass(frozen=True, slots=True)
class Stores:
    """What an order is made of."""

    orders: OrderStore
    shops: ShopStore
    shelf: Shelf
    residents: ResidentService
    estates: EstateService
    parcels: ParcelService


class OrderService:
    def __init__(
        self,
        stores: Stores,
        steps: OrderSteps,
        till: Till,
        limits: Limits,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._orders = stores.orders
        self._shops = stores.shops
        self._shelf = stores.shelf
        self._residents = stores.residents
        self._estates = stores.estates
        self._parcels = stores.parcels
        self._steps = steps
        self._till = till
        self._limits = limits
        self._audit = audit
        self._once = once
        self._clock = clock

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[SeenOrder]:
        """Newest first."""
        page = await self._orders.mine(viewer.self_only(), request)
        shops = await self._shops.many({one.shop for one in page.items})
        return Page(tuple(SeenOrder(one, shops.get(one.shop)) for one in page.items), page.has_next)

    async def one(self, viewer: Viewer, order: str) -> SeenOrder | None:
        found = await self._orders.of(viewer.self_only(), order)
        return SeenOrder(found, await self._shops.get(found.shop)) if found else None

    async def place(self, viewer: Viewer, cart: Cart, means: Means | None, key: str) -> SeenOrder:
        """Raises CartInvalid, ShopUnknown, ShopClosed, ShopItemUnknown, ItemSoldOut, PriceChanged, NotResident,
        DeliveryNotPossible, ParcelUnknown, ParcelStateWrong, RateLimited, IdempotencyConflict, and what the till
        refuses by name.
        """
        citizen, tidy, id_ = viewer.self_only(), cart.checked(), new_id()
        call = Call.of(viewer, "placeShopOrder", key, cart, means)

        async def attempt() -> ShopOrder:
            await self._limits.demand_room(_PLACED, citizen)
            async with self._shelf.held(id_, tidy.lines) as sold:
                done = await self._once.once(call, _ORDER, lambda tx: self._place(viewer, id_, tidy, means, tx))
                sold.to(done.id)
                return done

        placed = await self._once.alike(call, _ORDER, attempt)
        await self._limits.take(_PLACED, citizen)
        way = None
        if placed.state is OrderState.PLACED and placed.sale is not None:
            with suppress(Unavailable):  # it is held: `pay_at` asks again
                way = await self._till.pay_at(placed.sale)
        return SeenOrder(placed, await self._shops.get(placed.shop), way)

    async def pay_at(self, viewer: Viewer, order: str) -> SeenOrder:
        """Raises ShopOrderUnknown, ShopOrderStateWrong, Unavailable (ask again)."""
        found = await self._own(viewer, order)
        if found.state is not OrderState.PLACED or found.sale is None:
            raise ShopOrderStateWrong(found.state.value)
        return SeenOrder(found, await self._shops.get(found.shop), await self._till.pay_at(found.sale))

    async def cancel(self, viewer: Viewer, order: str, key: str) -> SeenOrder:
        """Not paid yet, it is given up; paid, its money goes back, as long as the shop has not begun. Raises
        ShopOrderUnknown, ShopOrderStateWrong, PaymentNotRefundable, RefundTooHigh, IdempotencyConflict.
        """
        viewer.self_only()

        async def work(tx: Tx) -> _Undone:
            was, refund = await self._own(viewer, order, tx), None
            if was.state is OrderState.PLACED:
                await self._steps.let_go(was, OrderState.GIVEN_UP, Unasked.GIVEN_UP, tx)
            else:
                refund = await self._steps.undo(viewer, was.cancelled(self._clock.now()), was, tx)
            await self._audit.record(viewer, "shop_order.cancelled", order, tx, subject=was.citizen)
            return _Undone(order, refund)

        done = await self._once.once(Call.of(viewer, "cancelShopOrder", key, order), _UNDONE, work)
        if done.refund is not None:
            await self._till.send(done.refund)
        return await self._seen(viewer, order)

    async def confirm(self, viewer: Viewer, order: str, key: str) -> SeenOrder:
        """The citizen has it. Raises ShopOrderUnknown, ShopOrderStateWrong, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, order, tx)
            await self._steps.move(was.delivered(self._clock.now()), was, tx)
            await self._audit.record(viewer, "shop_order.confirmed", order, tx, subject=was.citizen)
            return order

        await self._once.once(Call.of(viewer, "confirmShopOrder", key, order), _ID, work)
        return await self._seen(viewer, order)

    # Placing

    async def _place(self, viewer: Viewer, id_: str, cart: Cart, means: Means | None, tx: Tx) -> ShopOrder:
        shop = await self._shops.get(cart.shop, tx)
        if shop is None:
            raise ShopUnknown
        now = self._clock.now()
        if not shop.sells_at(now):
            raise ShopClosed
        lines = await self._lines(id_, shop, cart, tx)
        goods = sum(line.fen * line.count for line in lines)
        address = await self._address(viewer, shop, cart, goods, tx)
        fee = shop.delivery.fee(goods) if cart.way is FetchWay.DELIVERY else 0
        if goods + fee != cart.total:
            raise PriceChanged(())
        if cart.parcels:
            await self._parcels.order(viewer.self_only(), shop.code, cart.parcels, id_, tx)
        private = Private(address.zh, cart.note, f"{secrets.randbelow(10**6):06d}", address.en)
        order = self._new(viewer, id_, shop, cart, lines, fee, private, means)
        await self._orders.add(order, tx)
        await self._audit.record(viewer, "shop_order.placed", id_, tx, subject=order.citizen, shop=shop.code)
        return await self._sold(order, tx)

    async def _lines(self, id_: str, shop: Shop, cart: Cart, tx: Tx) -> tuple[Line, ...]:
        found = await self._shops.some([line.item for line in cart.lines], tx) if cart.lines else {}
        if any(line.item not in found or found[line.item].shop != shop.code for line in cart.lines):
            raise ShopItemUnknown
        self._demand_had(id_, cart, found)
        changed = tuple(line.item for line in cart.lines if found[line.item].fen != line.fen)
        if changed:
            raise PriceChanged(changed)
        return tuple(_line(line, found[line.item]) for line in cart.lines)

    def _demand_had(self, id_: str, cart: Cart, found: Mapping[str, Item]) -> None:
        """What has a stock is held for this order, and not for too long (`holding`)."""
        now = self._clock.now()
        for line in cart.lines:
            one = found[line.item]
            if line.count > one.most:
                raise CartInvalid("count")
            if not one.sells_at(now):
                raise ItemSoldOut(one.id, 0)
            if one.stock is not None and not one.held_for(id_, line.count, now - SOLD_WITHIN):
                raise ItemSoldOut(one.id, one.stock)

    async def _address(self, viewer: Viewer, shop: Shop, cart: Cart, goods: int, tx: Tx) -> Said:
        """Own homes only, as people call the estate. Raises NotResident, DeliveryNotPossible."""
        if cart.residency is None:
            return UNSAID
        home = await self._residents.resident(viewer.self_only(), cart.residency, tx)
        if home.estate not in shop.delivery.estates or (cart.lines and goods < shop.delivery.least):
            raise DeliveryNotPossible(shop.delivery.least)
        estate = await self._estates.one(home.estate, tx)
        name = estate.name if estate else Said(home.estate)
        return Said(f"{name.zh} {home.label}", f"{name.en} {home.label}" if name.en else "")

    def _new(
        self,
        viewer: Viewer,
        id_: str,
        shop: Shop,
        cart: Cart,
        lines: tuple[Line, ...],
        fee: int,
        private: Private,
        means: Means | None,
    ) -> ShopOrder:
        now = self._clock.now()
        costs = bool(fee or lines)
        if costs and means is None:
            raise BadInput(field="method")
        state = OrderState.PLACED if costs else OrderState.PAID
        return ShopOrder(
            id=id_,
            number=new_number(civil_day(now).year, PREFIX),
            citizen=viewer.self_only(),
            shop=shop.code,
            organisation=shop.organisation,
            lines=lines,
            fee=fee,
            way=cart.way,
            state=state,
            made_at=now,
            steps=(OrderStep(state, now),),
            look_at=now + (HOLD if costs else TAKE_UP),
            private=private,
            parcels=cart.parcels,
            sale=new_id() if costs else None,
            means=means if costs else None,
        )

    async def _sold(self, order: ShopOrder, tx: Tx) -> ShopOrder:
        """What is paid from the wallet is paid when this comes back."""
        if order.sale is None or order.means is None:
            await self._steps.tell(order, tx)
            return order
        parts = (order.sale, order.citizen, order.organisation, order.total, order.means, Ware.ORDER)
        await self._till.sell(Sale(*parts, order.id, order.number), tx)
        found = await self._orders.of(order.citizen, order.id, tx)
        assert found is not None
        return found

    async def _own(self, viewer: Viewer, order: str, tx: Tx | None = None) -> ShopOrder:
        found = await self._orders.of(viewer.self_only(), order, tx)
        if found is None:
            raise ShopOrderUnknown
        return found

    async def _seen(self, viewer: Viewer, order: str) -> SeenOrder:
        found = await self._own(viewer, order)
        return SeenOrder(found, await self._shops.get(found.shop))


def _line(wanted: Wanted, item: Item) -> Line:
    return Line(item.id, item.name.zh, item.fen, wanted.count, item.stock is not None, item.name.en)
