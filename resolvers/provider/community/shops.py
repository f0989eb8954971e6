"""A merchant's shops: menus, orders, parcels."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.core.paging import PageRequest
from app.domains.community.shops.orders.model import OrderState
from app.domains.community.shops.parcels.model import ParcelState
from app.domains.community.shops.service import SCOPE
from graphql_schema.types.common import (
    Connection,
    IdempotencyConflict,
    IdempotencyKey,
    Info,
    connection,
    key_of,
    providers,
)
from graphql_schema.types.community.shop_errors import (
    HandoverCodeWrong,
    ParcelInvalid,
    ParcelRecipientUnknown,
    ParcelStateWrong,
    ParcelUnknown,
    ShopChanged,
    ShopFull,
    ShopInvalid,
    ShopItemUnknown,
    ShopOrderStateWrong,
    ShopOrderUnknown,
    ShopReasonMissing,
    ShopUnknown,
)
from graphql_schema.types.community.shops import (
    Parcel,
    ParcelSaved,
    Shop,
    ShopInput,
    ShopItem,
    ShopItemInput,
    ShopItemSaved,
    ShopMenu,
    ShopOrder,
    ShopOrderSaved,
    ShopSaved,
)
from graphql_schema.types.identity_errors import PhoneInvalid
from graphql_schema.types.payment.money import AmountInvalid, CurrencyWrong
from graphql_schema.types.payment.refunds import PaymentNotRefundable, RefundTooHigh
from graphql_schema.types.uploads import UploadClaimed, UploadNotReady, UploadUnknown

_MINE = providers(scope=SCOPE, live=True)
SaveShopResult = Annotated[
    ShopSaved | ShopInvalid | AmountInvalid | CurrencyWrong | ShopUnknown | ShopChanged | IdempotencyConflict,
    strawberry.union("SaveShopResult"),
]
SaveShopItemResult = Annotated[
    ShopItemSaved
    | ShopInvalid
    | AmountInvalid
    | CurrencyWrong
    | ShopUnknown
    | ShopItemUnknown
    | ShopFull
    | ShopChanged
    | UploadUnknown
    | UploadNotReady
    | UploadClaimed
    | IdempotencyConflict,
    strawberry.union("SaveShopItemResult"),
]
RestockShopItemResult = Annotated[
    ShopItemSaved | ShopItemUnknown | ShopUnknown | ShopInvalid | IdempotencyConflict,
    strawberry.union("RestockShopItemResult"),
]
MarkShopItemSoldOutResult = Annotated[
    ShopItemSaved | ShopItemUnknown | ShopUnknown | IdempotencyConflict, strawberry.union("MarkShopItemSoldOutResult")
]
MoveShopOrderResult = Annotated[
    ShopOrderSaved | ShopOrderUnknown | ShopOrderStateWrong | IdempotencyConflict,
    strawberry.union("MoveShopOrderResult"),
]
HandOverShopOrderResult = Annotated[
    ShopOrderSaved | ShopOrderUnknown | ShopOrderStateWrong | HandoverCodeWrong | IdempotencyConflict,
    strawberry.union("HandOverShopOrderResult"),
]
RefuseShopOrderResult = Annotated[
    ShopOrderSaved
    | ShopOrderUnknown
    | ShopOrderStateWrong
    | ShopReasonMissing
    | PaymentNotRefundable
    | RefundTooHigh
    | IdempotencyConflict,
    strawberry.union("RefuseShopOrderResult"),
]
AnnounceParcelResult = Annotated[
    ParcelSaved | ShopUnknown | ParcelInvalid | PhoneInvalid | ParcelRecipientUnknown | IdempotencyConflict,
    strawberry.union("AnnounceParcelResult"),
]
HandOverParcelResult = Annotated[
    ParcelSaved | ParcelUnknown | ParcelStateWrong | ParcelInvalid | IdempotencyConflict,
    strawberry.union("HandOverParcelResult"),
]


@strawberry.type
class ProviderShopQuery:
    @strawberry.field(description="One's own, by code.", metadata=_MINE)
    async def kept_shops(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Shop]:
        service, locale = info.context.services.community.together.shopping.shops, info.context.locale
        page = await service.kept_by(info.context.viewer, PageRequest.of(first, after))
        return connection(page, lambda one: one.code, lambda one: Shop.of(one, locale))

    @strawberry.field(description="Everything, also what is not listed; null of another's.", metadata=_MINE)
    async def kept_shop_menu(self, info: Info, shop_id: strawberry.ID) -> ShopMenu | None:
        service = info.context.services.community.together.shopping.shops
        found = await service.kept_menu(info.context.viewer, key_of(shop_id, "Shop"))
        return ShopMenu.of(found, info.context.locale) if found else None

    @strawberry.field(description="Paid ones, the newest first; in one state, or all.", metadata=_MINE)
    async def shop_orders(
        self,
        info: Info,
        shop_id: strawberry.ID,
        state: OrderState | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[ShopOrder]:
        service, key = info.context.services.community.together.shopping.working, key_of(shop_id, "Shop")
        page = await service.orders(info.context.viewer, key, state, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, ShopOrder.of)

    @strawberry.field(description="A paid one, as webhooks name it; null of another's.", metadata=_MINE)
    async def shop_order(self, info: Info, order_id: strawberry.ID) -> ShopOrder | None:
        service, key = info.context.services.community.together.shopping.working, key_of(order_id, "ShopOrder")
        found = await service.one(info.context.viewer, key)
        return ShopOrder.of(found) if found else None

    @strawberry.field(metadata=_MINE)
    async def shop_parcels(
        self,
        info: Info,
        shop_id: strawberry.ID,
        state: ParcelState = ParcelState.WAITING,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Parcel]:
        service, key = info.context.services.community.together.shopping.parcels, key_of(shop_id, "Shop")
        page = await service.at_shop(info.context.viewer, key, state, PageRequest.of(first, after))
        return connection(page, lambda one: one.id, Parcel.of)


@strawberry.type
class ProviderShopMutation:
    @strawberry.mutation(metadata=_MINE)
    async def save_shop(self, info: Info, shop: ShopInput, idempotency_key: IdempotencyKey) -> SaveShopResult:
        service, viewer = info.context.services.community.together.shopping.shops, info.context.viewer
        saved = await service.save(viewer, shop.parsed(viewer.provider(SCOPE)), idempotency_key)
        return ShopSaved(shop=Shop.of(saved, info.context.locale))

    @strawberry.mutation(description="Without `itemId` one is added.", metadata=_MINE)
    async def save_shop_item(
        self,
        info: Info,
        shop_id: strawberry.ID,
        item: ShopItemInput,
        idempotency_key: IdempotencyKey,
        item_id: strawberry.ID | None = None,
    ) -> SaveShopItemResult:
        service, shop = info.context.services.community.together.shopping.shops, key_of(shop_id, "Shop")
        which = key_of(item_id, "ShopItem") if item_id else None
        saved = await service.save_item(info.context.viewer, shop, which, item.parsed(), idempotency_key)
        return ShopItemSaved(item=ShopItem.of(saved, info.context.locale, had=saved.stock != 0))

    @strawberry.mutation(description="So many more, or (below none) fewer.", metadata=_MINE)
    async def restock_shop_item(
        self, info: Info, item_id: strawberry.ID, by: int, idempotency_key: IdempotencyKey
    ) -> RestockShopItemResult:
        service, key = info.context.services.community.together.shopping.shops, key_of(item_id, "ShopItem")
        saved = await service.restock(info.context.viewer, key, by, idempotency_key)
        return ShopItemSaved(item=ShopItem.of(saved, info.context.locale, had=saved.stock != 0))

    @strawberry.mutation(
        description="There is no more of it today, whatever is counted; or there is some after all.", metadata=_MINE
    )
    async def mark_shop_item_sold_out(
        self, info: Info, item_id: strawberry.ID, idempotency_key: IdempotencyKey, sold_out: bool = True
    ) -> MarkShopItemSoldOutResult:
        service, key = info.context.services.community.together.shopping.shops, key_of(item_id, "ShopItem")
        saved = await service.sell_out(info.context.viewer, key, sold_out, idempotency_key)
        return ShopItemSaved(item=ShopItem.of(saved, info.context.locale, had=not sold_out and saved.stock != 0))

    @strawberry.mutation(metadata=_MINE)
    async def accept_shop_order(
        self, info: Info, order_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveShopOrderResult:
        service, key = info.context.services.community.together.shopping.working, key_of(order_id, "ShopOrder")
        return ShopOrderSaved(order=ShopOrder.of(await service.accept(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(description="It is on its way, or ready to be fetched.", metadata=_MINE)
    async def send_shop_order(
        self, info: Info, order_id: strawberry.ID, idempotency_key: IdempotencyKey
    ) -> MoveShopOrderResult:
        service, key = info.context.services.community.together.shopping.working, key_of(order_id, "ShopOrder")
        return ShopOrderSaved(order=ShopOrder.of(await service.send(info.context.viewer, key, idempotency_key)))

    @strawberry.mutation(description="Against the citizen's code.", metadata=_MINE)
    async def hand_over_shop_order(
        self, info: Info, order_id: strawberry.ID, code: str, idempotency_key: IdempotencyKey
    ) -> HandOverShopOrderResult:
        service, key = info.context.services.community.together.shopping.working, key_of(order_id, "ShopOrder")
        done = await service.hand_over(info.context.viewer, key, code, idempotency_key)
        return ShopOrderSaved(order=ShopOrder.of(done))

    @strawberry.mutation(description="Its money goes back, and the citizen is told why.", metadata=_MINE)
    async def refuse_shop_order(
        self, info: Info, order_id: strawberry.ID, reason: str, idempotency_key: IdempotencyKey
    ) -> RefuseShopOrderResult:
        service, key = info.context.services.community.together.shopping.working, key_of(order_id, "ShopOrder")
        done = await service.refuse(info.context.viewer, key, reason, idempotency_key)
        return ShopOrderSaved(order=ShopOrder.of(done))

    @strawberry.mutation(description="At a station of parcels, to the phone on the label.", metadata=_MINE)
    async def announce_parcel(
        self, info: Info, shop_id: strawberry.ID, phone: str, label: str, idempotency_key: IdempotencyKey
    ) -> AnnounceParcelResult:
        service, key = info.context.services.community.together.shopping.parcels, key_of(shop_id, "Shop")
        done = await service.announce(info.context.viewer, key, phone, label, idempotency_key)
        return ParcelSaved(parcel=Parcel.of(done))

    @strawberry.mutation(
        description="At the station, with the code of whom it is for. Unfetched it is returned after a week by itself.",
        metadata=_MINE,
    )
    async def hand_over_parcel(
        self, info: Info, parcel_id: strawberry.ID, code: str, idempotency_key: IdempotencyKey
    ) -> HandOverParcelResult:
        service, key = info.context.services.community.together.shopping.parcels, key_of(parcel_id, "Parcel")
        done = await service.hand_over(info.context.viewer, key, code, idempotency_key)
        return ParcelSaved(parcel=Parcel.of(done))


@strawberry.type
class ProviderShopSubscription:
    @strawberry.subscription(description="Paid orders as they come and change.", metadata=_MINE)
    async def shop_order_changed(self, info: Info, shop_id: strawberry.ID) -> AsyncGenerator[ShopOrder, None]:
        service, key = info.context.services.community.together.shopping.working, key_of(shop_id, "Shop")
        async with service.live(info.context.viewer, key) as orders:
            async for one in orders:
                yield ShopOrder.of(one)
