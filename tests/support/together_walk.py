"""Shops, votes and care for tests: a shop at an estate, its merchant and its customers; and each operation once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.context.together import Together
from app.core.ids import new_id
from app.core.said import Said
from app.core.tills.model import Means
from app.core.viewer import Role, Viewer
from app.domains.community.shops.model import Delivery, Hours, Shop, ShopKind
from app.domains.community.shops.orders.model import Cart, FetchWay, Wanted
from app.domains.community.shops.service import ItemWish
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.merchants.model import Category
from app.domains.payment.merchants.service import Profile
from app.wiring import City
from graphql_schema.types.common import global_id, key_of
from tests.support.api import OPS, Api, Person
from tests.support.estates import Grounds, grounds, moved_in
from tests.support.paying import holder
from tests.support.tills import payer_of

Step = Callable[..., Awaitable[Any]]
SCOPES = ("shops", "payments", "payments:manage")
PRICE, FEE = 12_00, 3_00


@dataclass(frozen=True, slots=True)
class Counter:
    """A shop at an estate with two items: dumplings, of which there are so many, and tea, which never runs out."""

    city: City
    where: Grounds
    merchant: str
    code: str
    dumplings: str
    tea: str

    @property
    def ours(self) -> Together:
        return self.city.services.community.together

    @property
    def keeper(self) -> Viewer:
        scopes = frozenset(SCOPES)
        return Viewer(role=Role.PROVIDER_STAFF, actor="keeper", organisation=self.merchant, scopes=scopes)

    @property
    def id(self) -> str:
        return str(global_id("Shop", self.code))

    def cart(self, count: int = 1, *, price: int = PRICE, residency: str | None = None) -> Cart:
        fee = FEE if residency else 0
        way = FetchWay.DELIVERY if residency else FetchWay.PICK_UP
        return Cart(self.code, (Wanted(self.dumplings, count, price),), way, count * price + fee, residency)

    async def order(self, citizen: str, cart: Cart | None = None, means: Means = Means.WALLET) -> Any:
        return (await self.ours.shopping.orders.place(holder(citizen), cart or self.cart(), means, new_id())).order

    async def stock(self) -> int | None:
        menu = await self.ours.shopping.shops.menu(self.code)
        assert menu is not None
        return next(one.stock for one in menu.items if one.id == self.dumplings)


async def counter_of(city: City, *, stock: int = 20, kind: ShopKind = ShopKind.CANTEEN) -> Counter:
    where, merchant = await grounds(city), f"shop-{new_id()[-12:]}"
    await city.services.organisations.put(
        OPS, Organisation(merchant, "测试小店", Kind.MERCHANT, scopes=frozenset(SCOPES))
    )
    await city.services.payment.merchants.put(
        OPS, merchant, Profile.parse("测试小店", Category.CONVENIENCE, 38), new_id()
    )
    shops = city.services.community.together.shopping.shops
    made = Shop(merchant, merchant, Said("阿婆小吃", "Granny's"), kind, Hours(), Delivery((where.code,), FEE))
    await shops.save(OPS, made, new_id())
    wish = ItemWish(
        Said("点心", "Snacks"), Said("鱼丸", "Fish balls"), Said("现煮", "Fresh"), PRICE, stock, 99, Hours()
    )
    dumplings = await shops.save_item(OPS, merchant, None, wish, new_id())
    other = ItemWish(Said("饮品", "Drinks"), Said("茉莉花茶", "Jasmine tea"), Said(""), 5_00, None, 9, Hours())
    tea = await shops.save_item(OPS, merchant, None, other, new_id())
    return Counter(city, where, merchant, merchant, dumplings.id, tea.id)


class TogetherWalk:
    """Each operation of shops, votes and care."""

    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        person = await payer_of(self._api, 1_000_00)
        shop = await counter_of(self._api.city)
        _, residency = await moved_in(self._api.city, shop.where, self._api.key(person))
        home = str(global_id("Residency", residency))
        token = await self._api.provider(shop.merchant, SCOPES)
        await self._keeps(shop, token)
        await self._orders(shop, token, person, home)
        await self._parcels(person)
        committee = await self._api.provider(shop.where.committee, ("community",))
        await self._votes(shop.where, committee, person, home)
        await self._cares(shop.where, committee, person, home)

    async def _keeps(self, shop: Counter, token: str) -> None:
        said = {"code": f"s-{new_id()[-12:]}", "name": "水果店", "kind": "GROCER", "hours": {}, "estateIds": []}
        await self._step("SaveShop", token, "provider", shop=said | {"deliveryFee": {"amount": "2"}}, key=new_id())
        item = {"category": "水果", "categoryEn": "Fruit", "name": "枇杷", "price": {"amount": "19.80"}, "stock": 5}
        done = await self._step("SaveShopItem", token, "provider", shopId=shop.id, item=item, key=new_id())
        await self._step("RestockShopItem", token, "provider", itemId=done["item"]["id"], by=5, key=new_id())
        for sold_out in (True, False):
            which = {"itemId": done["item"]["id"], "soldOut": sold_out}
            await self._step("MarkShopItemSoldOut", token, "provider", **which, key=new_id())
        await self._step("KeptShops", token, "provider")
        await self._step("KeptShopMenu", token, "provider", shopId=shop.id)

    async def _orders(self, shop: Counter, token: str, person: Person, home: str) -> None:
        await self._step("Shops", estateId=shop.where.id)
        await self._step("ShopMenu", shopId=shop.id)
        item = str(global_id("ShopItem", shop.dumplings))
        line = {"itemId": item, "count": 1, "price": {"amount": "12"}}
        cart = {"shopId": shop.id, "lines": [line], "way": "DELIVERY", "total": {"amount": "15"}, "residencyId": home}
        ask = {"cart": cart, "method": "WALLET"}
        order = (await self._step("PlaceShopOrder", person.token, **ask, key=new_id()))["order"]
        for operation in ("AcceptShopOrder", "SendShopOrder"):
            await self._step(operation, token, "provider", orderId=order["id"], key=new_id())
        await self._step("HandOverShopOrder", token, "provider", orderId=order["id"], code=order["code"], key=new_id())
        second = (await self._api.data("PlaceShopOrder", person.token, **ask, key=new_id()))["order"]["id"]
        await self._step("CancelShopOrder", person.token, orderId=second, key=new_id())
        third = (await self._api.data("PlaceShopOrder", person.token, **ask, key=new_id()))["order"]["id"]
        await self._step("RefuseShopOrder", token, "provider", orderId=third, reason="卖完了", key=new_id())
        fourth = (await self._api.data("PlaceShopOrder", person.token, **ask, key=new_id()))["order"]["id"]
        for operation in ("AcceptShopOrder", "SendShopOrder"):
            await self._api.data(operation, token, "provider", orderId=fourth, key=new_id())
        await self._step("ConfirmShopOrder", person.token, orderId=fourth, key=new_id())
        await self._step("ShopOrders", person.token)
        await self._step("ShopOrder", person.token, orderId=fourth)
        await self._step("ShopOrders", token, "provider", shopId=shop.id)
        await self._step("ShopOrder", token, "provider", orderId=fourth)
        fifth = (await self._api.data("PlaceShopOrder", person.token, cart=cart, method="GATEWAY", key=new_id()))[
            "order"
        ]
        await self._step("PayShopOrder", person.token, orderId=fifth["id"])

    async def _parcels(self, person: Person) -> None:
        station = await counter_of(self._api.city, kind=ShopKind.PARCELS)
        token = await self._api.provider(station.merchant, SCOPES)
        said = {"shopId": station.id, "phone": person.phone, "label": "快递 小件"}
        parcel = (await self._step("AnnounceParcel", token, "provider", **said, key=new_id()))["parcel"]["id"]
        await self._step("ShopParcels", token, "provider", shopId=station.id)
        mine = await self._step("Parcels", person.token)
        code = mine["edges"][0]["node"]["code"]
        await self._step("HandOverParcel", token, "provider", parcelId=parcel, code=code, key=new_id())

    async def _votes(self, where: Grounds, token: str, person: Person, home: str) -> None:
        areas = "building,room,area\n1,101,89.50\n"
        await self._step("EnterHomeAreas", token, "provider", estateId=where.id, file=areas, key=new_id())
        vote = vote_input(self._api.city)
        opened = await self._step("OpenVote", token, "provider", estateId=where.id, vote=vote, key=new_id())
        which = {"voteId": opened["vote"]["id"]}
        await self._step("EstateVotes", person.token)
        second = await self._api.verified()
        _, other = await moved_in(self._api.city, where, self._api.key(second))
        ask = {**which, "residencyId": home, "toResidencyId": str(global_id("Residency", other)), "agreed": True}
        await self._step("EmpowerVoter", person.token, **ask, key=new_id())
        await self._step("CastVote", person.token, **which, residencyId=home, option=0, key=new_id())
        await self._step("EstateVote", person.token, **which)
        await self._step("NamedVoices", person.token, **which)
        await self._step("KeptVotes", token, "provider", estateId=where.id)
        await self._step("WithdrawVote", token, "provider", **which, reason="改期再议", key=new_id())

    async def _cares(self, where: Grounds, token: str, person: Person, home: str) -> None:
        rhythm, contact = {"weekdays": list(range(7)), "minute": 600}, {"contact": "陈女士", "phone": "13900001234"}
        ask = {"residencyId": home, "rhythm": rhythm, "contact": contact}
        await self._step("EnterCareList", person.token, **ask, key=new_id())
        await self._step("CheckInCare", person.token, key=new_id())
        until = (self._api.city.clock.now() + timedelta(days=3)).isoformat()
        await self._step("PauseCare", person.token, why="HOSPITAL", until=until, key=new_id())
        await self._step("ResumeCare", person.token, key=new_id())
        await self._step("CareEntry", person.token)
        entry = (await self._step("CareEntries", token, "provider"))["edges"][0]["node"]["id"]
        await self._step("MissedCare", token, "provider")
        await self._step("NoteCareSign", token, "provider", entryId=entry, sign="PHONE", key=new_id())
        await self._step("RevealCareEntry", token, "provider", entryId=entry, reason="电话无人接听", key=new_id())
        await self._step("LeaveCareList", person.token, key=new_id())
        proposed = {"residencyId": home, "rhythm": rhythm}
        again = (await self._step("ProposeCare", token, "provider", **proposed, key=new_id()))["entry"]["id"]
        await self._step("AnswerCareProposal", person.token, accept=True, contact=contact, key=new_id())
        await self._step("EndCare", token, "provider", entryId=again, key=new_id())


def vote_input(city: City, **changed: Any) -> dict[str, Any]:
    """An advisory one with proxies, that can be changed."""
    closes = (city.clock.now() + timedelta(days=3)).isoformat()
    said = {
        "title": "是否增设充电桩",
        "text": "在二号楼东侧增设十个充电桩，费用由运营方承担。",
        "options": ["增设", "不增设"],
    }
    flags = {"rule": "ADVISORY", "secret": False, "changeable": True, "proxies": True}
    return {**said, "options": ["增设", "不增设"], **flags, "closesAt": closes, **changed}


async def together_belongings(api: Api, owner: Person) -> dict[str, str]:
    """Ids of what is the owner's, by type."""
    shop = await counter_of(api.city)
    citizen = key_of(str(owner.citizen_id), "Citizen")
    await moved_in(api.city, shop.where, citizen)
    token = await api.provider(shop.where.committee, ("community",))
    asked = {"estateId": shop.where.id, "vote": vote_input(api.city), "key": new_id()}
    vote = (await api.data("OpenVote", token, "provider", **asked))["vote"]["id"]
    item = {"itemId": str(global_id("ShopItem", shop.tea)), "count": 1, "price": {"amount": "5"}}
    cart = {"shopId": shop.id, "lines": [item], "way": "PICK_UP", "total": {"amount": "5"}}
    placed = await api.data("PlaceShopOrder", owner.token, cart=cart, method="GATEWAY", key=new_id())
    return {"ShopOrder": placed["order"]["id"], "EstateVote": vote, "Shop": shop.id}
