"""Shops, what they sell, orders and parcels."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.core.messages import message
from app.core.money import Currency
from app.core.money import Money as Sum
from app.core.said import Said
from app.domains.community.shops import model as shops
from app.domains.community.shops.model import Delivery, Hours, ShopKind
from app.domains.community.shops.orders import model as orders
from app.domains.community.shops.orders.model import AT_WORK, Cart, FetchWay, OrderState, Unasked, Wanted
from app.domains.community.shops.orders.service import SeenOrder
from app.domains.community.shops.parcels import model as parcels
from app.domains.community.shops.parcels.model import ParcelState
from app.domains.community.shops.parcels.service import SeenParcel
from app.domains.community.shops.service import ItemWish, Menu
from graphql_schema.types.common import Info, Money, global_id, key_of
from graphql_schema.types.payment.money import MoneyInput

strawberry.enum(ShopKind)
strawberry.enum(FetchWay)


@strawberry.type(description="Minutes of the city's day; alike, it is the whole day.")
class ShopHours:
    opens: int
    closes: int


@strawberry.type
class Shop:
    id: strawberry.ID
    name: str
    kind: ShopKind
    hours: ShopHours
    open: bool
    halted: str = strawberry.field(description="Why the city stopped it; mostly empty.")
    estate_ids: list[strawberry.ID] = strawberry.field(description="Where it delivers.")
    delivery_fee: Money
    free_from: Money | None = strawberry.field(description="From so much on bringing is free; null: never.")
    least: Money = strawberry.field(description="Below so much nothing is brought.")
    rev: int

    @classmethod
    def of(cls, one: shops.Shop, locale: str) -> Shop:
        terms = one.delivery
        return cls(
            id=global_id("Shop", one.code),
            name=one.name.within(locale),
            kind=one.kind,
            hours=ShopHours(opens=one.hours.opens, closes=one.hours.closes),
            open=one.open,
            halted=one.halted,
            estate_ids=[global_id("Estate", code) for code in terms.estates],
            delivery_fee=_money(terms.fen),
            free_from=_money(terms.free_from) if terms.free_from else None,
            least=_money(terms.least),
            rev=one.rev,
        )


@strawberry.type
class ShopItem:
    id: strawberry.ID
    category: str
    name: str
    text: str
    price: Money
    stock: int | None = strawberry.field(description="Null: it does not run out.")
    most: int = strawberry.field(description="In one order.")
    hours: ShopHours
    available: bool = strawberry.field(description="Whether it can be had now.")
    listed: bool
    sold_out_until: datetime | None = strawberry.field(description="There is none until then, as its shop said.")
    photo: str | None = strawberry.field(description="A link that lives some minutes.")

    @classmethod
    def of(cls, one: shops.Item, locale: str, *, had: bool, photo: str | None = None) -> ShopItem:
        return cls(
            id=global_id("ShopItem", one.id),
            category=one.category.within(locale),
            name=one.name.within(locale),
            text=one.text.within(locale),
            price=_money(one.fen),
            stock=one.stock,
            most=one.most,
            hours=ShopHours(opens=one.hours.opens, closes=one.hours.closes),
            available=had,
            listed=one.listed,
            sold_out_until=one.sold_out_until,
            photo=photo,
        )


@strawberry.type
class ShopMenu:
    shop: Shop
    selling: bool = strawberry.field(description="Whether it takes orders now.")
    items: list[ShopItem]

    @classmethod
    def of(cls, menu: Menu, locale: str) -> ShopMenu:
        items = [
            ShopItem.of(one, locale, had=one.id in menu.had, photo=menu.photos.get(one.photo or ""))
            for one in menu.items
        ]
        return cls(shop=Shop.of(menu.shop, locale), selling=menu.selling, items=items)


@strawberry.type
class ShopOrderLine:
    item_id: strawberry.ID
    price: Money
    count: int
    said: strawberry.Private[Said]

    @strawberry.field(description="As it was called when it was ordered.")
    def name(self, info: Info) -> str:
        return self.said.within(info.context.locale)


@strawberry.type
class ShopOrderStep:
    state: OrderState
    at: datetime


@strawberry.type
class ShopOrder:
    id: strawberry.ID
    number: str
    shop_id: strawberry.ID
    shop: str
    lines: list[ShopOrderLine]
    parcel_ids: list[strawberry.ID]
    way: FetchWay
    fee: Money
    total: Money
    refunded: Money
    order_state: OrderState
    steps: list[ShopOrderStep]
    note: str
    code: str | None = strawberry.field(description="Which the citizen shows when it is handed over.")
    pay_until: datetime | None
    pay_at: str | None = strawberry.field(description="Where it is paid, when that was just asked for.")
    made_at: datetime
    to: strawberry.Private[Said]
    why: strawberry.Private[str]

    @strawberry.field(description="Where it is brought; to the shop as long as it works at it.")
    def address(self, info: Info) -> str | None:
        return self.to.within(info.context.locale) or None

    @strawberry.field(description="Why it came to nothing; empty as long as it has not.")
    def reason(self, info: Info) -> str:
        return message(f"ORDER_{self.why}", info.context.locale) if self.why in set(Unasked) else self.why

    @classmethod
    def mine(cls, seen: SeenOrder, locale: str) -> ShopOrder:
        shown = cls.of(seen.order, seen.shop.name.within(locale) if seen.shop else "")
        private = seen.order.private or orders.Private()
        shown.to, shown.note, shown.pay_at = private.to, private.note, seen.pay_at
        shown.code = private.code if seen.order.state in AT_WORK else None
        return shown

    @classmethod
    def of(cls, one: orders.ShopOrder, shop: str = "") -> ShopOrder:
        """As the shop sees it."""
        private = one.private if one.private and one.state in AT_WORK else orders.Private()
        return cls(
            id=global_id("ShopOrder", one.id),
            number=one.number,
            shop_id=global_id("Shop", one.shop),
            shop=shop,
            lines=[_line(line) for line in one.lines],
            parcel_ids=[global_id("Parcel", parcel) for parcel in one.parcels],
            way=one.way,
            fee=_money(one.fee),
            total=_money(one.total),
            refunded=_money(one.refunded),
            order_state=one.state,
            steps=[ShopOrderStep(state=step.state, at=step.at) for step in one.steps],
            to=private.to,
            note=private.note,
            code=None,
            pay_until=one.look_at if one.state is OrderState.PLACED else None,
            pay_at=None,
            why=one.reason,
            made_at=one.made_at,
        )


@strawberry.type(description="A parcel that waits at a station.")
class Parcel:
    id: strawberry.ID
    shop_id: strawberry.ID
    shop: str = strawberry.field(description="Its station; empty to the station itself.")
    parcel_state: ParcelState
    label: str
    code: str | None = strawberry.field(description="With which it is fetched; of one's own.")
    announced_at: datetime
    keep_until: datetime
    order_id: strawberry.ID | None = strawberry.field(description="By which it is, or was, brought to the door.")

    @classmethod
    def mine(cls, seen: SeenParcel, locale: str) -> Parcel:
        return cls.of(seen.parcel, own=True, shop=seen.shop.name.within(locale) if seen.shop else "")

    @classmethod
    def of(cls, one: parcels.Parcel, *, own: bool = False, shop: str = "") -> Parcel:
        return cls(
            id=global_id("Parcel", one.id),
            shop_id=global_id("Shop", one.shop),
            shop=shop,
            order_id=global_id("ShopOrder", one.order) if one.order else None,
            parcel_state=one.state,
            label=one.label,
            code=one.code if own and one.state is ParcelState.WAITING else None,
            announced_at=one.announced_at,
            keep_until=one.keep_until,
        )


@strawberry.type
class ShopSaved:
    shop: Shop


@strawberry.type
class ShopItemSaved:
    item: ShopItem


@strawberry.type
class ShopOrderSaved:
    order: ShopOrder


@strawberry.type
class ParcelSaved:
    parcel: Parcel


@strawberry.input
class ShopHoursInput:
    opens: int = 0
    closes: int = 0

    def parsed(self) -> Hours:
        return Hours(self.opens, self.closes)


@strawberry.input(description="`rev` 0 adds a shop; otherwise it is the revision that was read.")
class ShopInput:
    code: str
    name: str
    name_en: str = ""
    kind: ShopKind
    hours: ShopHoursInput
    estate_ids: list[strawberry.ID]
    delivery_fee: MoneyInput
    free_from: MoneyInput | None = None
    least: MoneyInput | None = None
    open: bool = True
    rev: int = 0

    def parsed(self, organisation: str) -> shops.Shop:
        """Raises AmountInvalid, CurrencyWrong."""
        estates = tuple(key_of(one, "Estate") for one in self.estate_ids)
        terms = Delivery(estates, _fen(self.delivery_fee), _fen(self.free_from), _fen(self.least))
        name, hours = Said(self.name, self.name_en), self.hours.parsed()
        return shops.Shop(self.code, organisation, name, self.kind, hours, terms, self.open, rev=self.rev)


@strawberry.input(description="`stock` is heard when it is added; null: it does not run out.")
class ShopItemInput:
    category: str
    category_en: str = ""
    name: str
    name_en: str = ""
    text: str = ""
    text_en: str = ""
    price: MoneyInput
    stock: int | None = None
    most: int = 99
    hours: ShopHoursInput | None = None
    listed: bool = True
    photo_id: strawberry.ID | None = None

    def parsed(self) -> ItemWish:
        """Raises AmountInvalid, CurrencyWrong."""
        hours = self.hours.parsed() if self.hours else Hours()
        said = (Said(self.category, self.category_en), Said(self.name, self.name_en), Said(self.text, self.text_en))
        photo = key_of(self.photo_id, "Upload") if self.photo_id else None
        return ItemWish(*said, _fen(self.price), self.stock, self.most, hours, self.listed, photo)


@strawberry.input(description="`price` as it was shown.")
class CartLineInput:
    item_id: strawberry.ID
    count: int
    price: MoneyInput


@strawberry.input(description="`total` as it was shown, with what bringing costs; `residencyId`: one's own home.")
class CartInput:
    shop_id: strawberry.ID
    lines: list[CartLineInput]
    way: FetchWay
    total: MoneyInput
    residency_id: strawberry.ID | None = None
    note: str = ""
    parcel_ids: list[strawberry.ID] | None = None

    def parsed(self) -> Cart:
        """Raises AmountInvalid, CurrencyWrong."""
        lines = tuple(Wanted(key_of(one.item_id, "ShopItem"), one.count, _fen(one.price)) for one in self.lines)
        home = key_of(self.residency_id, "Residency") if self.residency_id else None
        waiting = tuple(key_of(one, "Parcel") for one in self.parcel_ids or ())
        return Cart(key_of(self.shop_id, "Shop"), lines, self.way, _fen(self.total), home, self.note, waiting)


def _line(one: orders.Line) -> ShopOrderLine:
    return ShopOrderLine(item_id=global_id("ShopItem", one.item), price=_money(one.fen), count=one.count, said=one.said)


def _money(fen: int) -> Money:
    return Money.of(Sum(fen))


def _fen(given: MoneyInput | None) -> int:
    return given.read(Currency.CNY).fen if given else 0
