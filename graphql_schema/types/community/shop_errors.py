"""Named errors of shops, orders and parcels."""

from __future__ import annotations

import strawberry

from app.domains.community.shops import errors as shops
from app.domains.community.shops.orders import errors as orders
from app.domains.community.shops.orders.model import OrderState
from app.domains.community.shops.parcels import errors as parcels
from app.domains.community.shops.parcels.model import ParcelState
from graphql_schema.endpoint.outcomes import UserError, outcome
from graphql_schema.types.common import global_id

strawberry.enum(OrderState, name="ShopOrderState")
strawberry.enum(ParcelState)


def _items(keys: tuple[str, ...]) -> list[strawberry.ID]:
    return [global_id("ShopItem", key) for key in keys]


@outcome(shops.ShopInvalid)
@strawberry.type
class ShopInvalid(UserError):
    field: str


@outcome(shops.ShopUnknown)
@strawberry.type(description="No such shop, or not yours.")
class ShopUnknown(UserError):
    pass


@outcome(shops.ShopChanged)
@strawberry.type(description="Somebody else changed it meanwhile.")
class ShopChanged(UserError):
    pass


@outcome(shops.ShopItemUnknown)
@strawberry.type(description="The shop has no such item.")
class ShopItemUnknown(UserError):
    pass


@outcome(shops.ShopFull)
@strawberry.type
class ShopFull(UserError):
    most: int


@outcome(orders.CartInvalid)
@strawberry.type
class CartInvalid(UserError):
    field: str


@outcome(orders.ShopClosed)
@strawberry.type(description="It takes no orders at this hour.")
class ShopClosed(UserError):
    pass


@outcome(orders.ItemSoldOut, item=lambda key: global_id("ShopItem", key))
@strawberry.type(description="Fewer are left than wanted.")
class ItemSoldOut(UserError):
    item: strawberry.ID
    left: int


@outcome(orders.PriceChanged, items=_items)
@strawberry.type(description="These cost otherwise than they were shown; none: bringing them does.")
class PriceChanged(UserError):
    items: list[strawberry.ID]


@outcome(orders.DeliveryNotPossible)
@strawberry.type(description="The shop does not bring there, or not below so many fen.")
class DeliveryNotPossible(UserError):
    least: int


@outcome(orders.ShopOrderUnknown)
@strawberry.type(description="No such order, or not yours.")
class ShopOrderUnknown(UserError):
    pass


@outcome(orders.ShopOrderStateWrong, state=OrderState)
@strawberry.type(description="It is in another state.")
class ShopOrderStateWrong(UserError):
    state: OrderState


@outcome(orders.HandoverCodeWrong)
@strawberry.type(description="Another code; so many tries are left.")
class HandoverCodeWrong(UserError):
    left: int


@outcome(orders.ShopReasonMissing)
@strawberry.type
class ShopReasonMissing(UserError):
    pass


@outcome(parcels.ParcelUnknown)
@strawberry.type(description="No such parcel, or not yours.")
class ParcelUnknown(UserError):
    pass


@outcome(parcels.ParcelStateWrong, state=ParcelState)
@strawberry.type(description="It is in another state.")
class ParcelStateWrong(UserError):
    state: ParcelState


@outcome(parcels.ParcelInvalid)
@strawberry.type
class ParcelInvalid(UserError):
    field: str


@outcome(parcels.ParcelRecipientUnknown)
@strawberry.type(description="Nobody in the app has this phone.")
class ParcelRecipientUnknown(UserError):
    pass
