"""What the home page asks of shops: orders to pay, to fetch or to open the door for, and parcels that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core.mongo import Part
from app.core.said import Said
from app.domains.community.shops.orders.model import OrderState, ShopOrder
from app.domains.community.shops.orders.store import OrderStore
from app.domains.community.shops.parcels.model import Parcel
from app.domains.community.shops.parcels.store import ParcelStore
from app.domains.life.home.model import Due, DueKind

_MOST = 5
_KINDS = {
    OrderState.PLACED: DueKind.SHOP_ORDER_TO_PAY,
    OrderState.READY: DueKind.SHOP_ORDER_READY,
    OrderState.DELIVERING: DueKind.SHOP_ORDER_COMING,
}

# Each fulfils `life.home.service.DueRoom`.


class DueShopOrders:
    def __init__(self, orders: OrderStore) -> None:
        self._orders = orders

    def asks(self, citizen: str, now: datetime) -> Part[tuple[ShopOrder, Said]]:
        return self._orders.at_hand(citizen, _MOST)

    def due(self, found: Sequence[tuple[ShopOrder, Said]], now: datetime) -> list[Due]:
        return [_order(one, shop) for one, shop in found if one.state is not OrderState.PLACED or _payable(one, now)]


class DueParcels:
    def __init__(self, parcels: ParcelStore) -> None:
        self._parcels = parcels

    def asks(self, citizen: str, now: datetime) -> Part[tuple[Parcel, Said]]:
        return self._parcels.waiting(citizen, _MOST)

    def due(self, found: Sequence[tuple[Parcel, Said]], now: datetime) -> list[Due]:
        return [Due(DueKind.PARCEL, one.id, station, at=one.keep_until) for one, station in found]


def _payable(one: ShopOrder, now: datetime) -> bool:
    return one.look_at is not None and one.look_at > now


def _order(one: ShopOrder, shop: Said) -> Due:
    if one.state is OrderState.PLACED:
        return Due(DueKind.SHOP_ORDER_TO_PAY, one.id, shop, Said(one.number), one.look_at, one.total)
    return Due(_KINDS[one.state], one.id, shop, Said(one.number))
