"""Shops nearby, one's orders and parcels."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.payment.payments.model import Method
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    citizens,
    connection,
    everyone,
    key_of,
)
from graphql_schema.types.community.estate_errors import NotResident
from graphql_schema.types.community.shop_errors import (
    CartInvalid,
    DeliveryNotPossible,
    ItemSoldOut,
    ParcelStateWrong,
    ParcelUnknown,
    PriceChanged,
    ShopClosed,
    ShopItemUnknown,
    ShopOrderStateWrong,
    ShopOrderUnknown,
    ShopUnknown,
)
from graphql_schema.types.community.shops import CartInput, Parcel, Shop, ShopMenu, ShopOrder, ShopOrderSaved
from graphql_schema.types.life.tickets import means_of
from graphql_schema.types.payment.code_errors import MerchantNotActive, MerchantUnknown
from graphql_schema.types.payment.errors import (
    AccountClosed,
    AccountFrozen,
    AccountUnknown,
    InsufficientBalance,
    MethodNotPossible,
    PayerBlocked,
    PaymentGatewayMissing,
    PaymentRefused,
)
from graphql_schema.types.payment.money import AmountInvalid, CurrencyWrong
from graphql_schema.types.payment.refunds import PaymentNotRefundable, RefundTooHigh

PlaceShopOrderResult = Annotated[
    ShopOrderSaved
    | CartInvalid
    | AmountInvalid
    | CurrencyWrong
    | ShopUnknown
    | ShopClosed
    | ShopItemUnknown
    | ItemSoldOut
    | PriceChanged
    | NotResident
    | DeliveryNotPossible
    | ParcelUnknown
    | ParcelStateWrong
    | MerchantUnknown
    | MerchantNotActive
    | MethodNotPossible
    | InsufficientBalance
    | AccountFrozen
    | AccountClosed
    | AccountUnknown
    | PaymentRefused
    | PayerBlocked
    | PaymentGatewayMissing
    | IdempotencyConflict,
    strawberry.union("PlaceShopOrderResult"),
]
PayShopOrderResult = Annotated[
    ShopOrderSaved | ShopOrderUnknown | ShopOrderStateWrong, strawberry.union("PayShopOrderResult")
]
CancelShopOrderResult = Annotated[
    ShopOrderSaved
    | ShopOrderUnknown
    | ShopOrderStateWrong
    | PaymentNotRefundable
    | RefundTooHigh
    | IdempotencyConflict,
    strawberry.union("CancelShopOrderResult"),
]
ConfirmShopOrderResult = Annotated[
    ShopOrderSaved | ShopOrderUnknown | ShopOrderStateWrong | IdempotencyConflict,
    strawberry.union("ConfirmShopOrderResult"),
]


@strawberry.type
class ShopQuery:
    @strawberry.field(description="Open ones that deliver to an estate.", metadata=everyone())
    async def shops(
        self, info: Info, estate_id: strawberry.ID, first: int | None = None, after: str | None = None
    ) -> Connection[Shop]:
        service, locale = info.context.services.community.together.shopping.shops, info.context.locale
        page = await service.serving(key_of(estate_id, "Estate"), PageRequest.of(first, after))
        return connection(page, lambda one: one.code, lambda one: Shop.of(one, locale))

    @strawberry.field(description="Null where there is none, or it is closed for good.", metadata=everyone())
    async def shop_menu(self, info: Info, shop_id: strawberry.ID) -> ShopMenu | None:
        found = await info.context.services.community.together.shopping.shops.menu(key_of(shop_id, "Shop"))
        return ShopMenu.of(found, info.context.locale) if found else None

    @strawberry.field(description="One's own, the newest first.", metadata=citizens(live=True))
    async def shop_orders(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[ShopOrder]:
        service, locale = info.context.services.community.together.shopping.orders, info.context.locale
        page = await service.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.order.id, lambda one: ShopOrder.mine(one, locale))

    @strawberry.field(description="Null when there is none, or it is not one's own.", metadata=citizens(live=True))
    async def shop_order(self, info: Info, order_id: strawberry.ID) -> ShopOrder | None:
        service = info.context.services.community.together.shopping.orders
        found = await service.one(info.context.viewer, key_of(order_id, "ShopOrder"))
        return ShopOrder.mine(found, info.context.locale) if found else None

    @strawberry.field(description="One's own at all stations, the newest first.", metadata=citizens(live=True))
    async def parcels(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Parcel]:
        service, locale = info.context.services.community.together.shopping.parcels, info.context.locale
        page = await service.mine(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.parcel.id, lambda one: Parcel.mine(one, locale))


@strawberry.type
class ShopMutation:
    @strawberry.mutation(
        description="All of the cart or nothing, at the prices that were shown. From the wallet it is paid at once, at "
        "the gateway within a quarter of an hour.",
        metadata=citizens(live=True),
    )
    async def place_shop_order(
        self, info: Info, cart: CartInput, idempotency_key: IdempotencyKey, method: Method | None = None
    ) -> PlaceShopOrderResult:
        service, viewer = info.context.services.community.together.shopping.orders, info.context.viewer
        done = await service.place(viewer, cart.parsed(), means_of(method), idempotency_key)
        return ShopOrderSaved(order=ShopOrder.mine(done, info.context.locale))

    @strawberry.mutation(description="Where it is paid. Safe to repeat.", metadata=citizens(live=True))
    async def pay_shop_order(self, info: Info, order_id: strawberry.ID) -> PayShopOrderResult:
        service = info.context.services.community.together.shopping.orders
        done = await service.pay_at(info.context.viewer, key_of(order_id, "ShopOrder"))
        return ShopOrderSaved(order=ShopOrder.mine(done, info.context.locale))

    @strawberry.mutation(description="Until the shop has begun; what was paid goes back.", metadata=citizens(live=True))
    async def cancel_shop_order(
        self, info: Info, order_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> CancelShopOrderResult:
        service = info.context.services.community.together.shopping.orders
        done = await service.cancel(info.context.viewer, key_of(order_id, "ShopOrder"), idempotency_key)
        return ShopOrderSaved(order=ShopOrder.mine(done, info.context.locale))

    @strawberry.mutation(description="One has it.", metadata=citizens(live=True))
    async def confirm_shop_order(
        self, info: Info, order_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> ConfirmShopOrderResult:
        service = info.context.services.community.together.shopping.orders
        done = await service.confirm(info.context.viewer, key_of(order_id, "ShopOrder"), idempotency_key)
        return ShopOrderSaved(order=ShopOrder.mine(done, info.context.locale))
