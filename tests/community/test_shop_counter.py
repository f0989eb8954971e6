"""A merchant at his counter: categories in both languages, sold out for today, one order as a webhook names it."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.core.clock import CITY_TIME
from app.core.errors import Outcome
from app.core.ids import new_id
from app.domains.community.shops.model import Hours
from app.wiring import City
from graphql_schema.types.common import global_id
from tests.support.api import Api
from tests.support.fakes import MovableClock
from tests.support.paying import purse
from tests.support.together_walk import SCOPES, Counter, counter_of


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        (Hours(), "2026-11-23T09:00", "2026-11-24T00:00"),
        (Hours(480, 1200), "2026-11-23T23:30", "2026-11-24T00:00"),
        (Hours(1080, 120), "2026-11-23T21:00", "2026-11-24T02:00"),  # open over midnight: until it closes
        (Hours(1080, 120), "2026-11-24T01:00", "2026-11-24T02:00"),
        (Hours(1080, 120), "2026-11-24T02:00", "2026-11-25T02:00"),
    ],
)
def test_today_ends_at_midnight_or_when_the_shop_closes_after_it(hours: Hours, now: str, ends: str) -> None:
    assert hours.day_ends(moment(now)) == moment(ends)


async def tried(shop: Counter, citizen: str) -> str:
    try:
        return str((await shop.order(citizen)).state.value)
    except Outcome as refused:
        return refused.code


async def test_what_is_sold_out_today_is_sold_again_tomorrow_and_its_stock_stays(
    city: City, clock: MovableClock
) -> None:
    shop, citizen = await counter_of(city, stock=7), await purse(city, 100_00)
    marked = await shop.ours.shopping.shops.sell_out(shop.keeper, shop.dumplings, True, new_id())
    assert marked.sold_out_until is not None
    menu = await shop.ours.shopping.shops.menu(shop.code)
    assert menu is not None
    assert shop.dumplings not in menu.had
    assert await tried(shop, citizen) == "ITEM_SOLD_OUT"
    assert await shop.stock() == 7
    clock.advance(seconds=(marked.sold_out_until - clock.now()).total_seconds() + 1)
    assert (await tried(shop, citizen), await shop.stock()) == ("paid", 6)


async def test_writing_an_item_anew_does_not_put_it_on_sale_again(shared_api: Api) -> None:
    shop = await counter_of(shared_api.city)
    token = await shared_api.provider(shop.merchant, SCOPES)
    which, item = {"shopId": shop.id}, str(global_id("ShopItem", shop.dumplings))
    await shared_api.data("MarkShopItemSoldOut", token, "provider", itemId=item, key=new_id())
    said = {"category": "点心", "categoryEn": "Snacks", "name": "鱼丸", "price": {"amount": "13"}}
    done = await shared_api.data("SaveShopItem", token, "provider", **which, itemId=item, item=said, key=new_id())
    assert done["item"]["soldOutUntil"] is not None
    back = {"itemId": item, "soldOut": False, "key": new_id()}
    assert (await shared_api.data("MarkShopItemSoldOut", token, "provider", **back))["item"]["available"]


@pytest.mark.parametrize(("language", "category"), [("zh-CN", "点心"), ("en", "Snacks")])
async def test_a_menu_is_read_in_one_s_own_language(shared_api: Api, language: str, category: str) -> None:
    shop = await counter_of(shared_api.city)
    menu = await shared_api.speaking(language).data("ShopMenu", shopId=shop.id)
    assert category in {one["category"] for one in menu["items"]}


async def test_a_merchant_reads_one_order_of_his_and_none_of_another_s(shared_api: Api) -> None:
    shop, other = await counter_of(shared_api.city), await counter_of(shared_api.city)
    order = await shop.order(await purse(shared_api.city, 100_00))
    which = {"orderId": str(global_id("ShopOrder", order.id))}
    mine, theirs = [await shared_api.provider(one.merchant, SCOPES) for one in (shop, other)]
    assert (await shared_api.data("ShopOrder", mine, "provider", **which))["number"] == order.number
    assert await shared_api.data("ShopOrder", theirs, "provider", **which) is None
