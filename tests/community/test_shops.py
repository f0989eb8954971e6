"""Shops: what is on the shelf is sold once, what is paid is brought or goes back, what ends is on the shelf again."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.tills.model import Means
from app.domains.community.residents.errors import NotResident
from app.domains.community.shops.orders.errors import HandoverCodeWrong, PriceChanged, ShopOrderStateWrong
from app.domains.community.shops.orders.model import OrderState
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.seed.community.estates import seed_estates
from app.seed.community.shops import seed_shops
from app.seed.demo import SEEDER, Demo
from app.wiring import City
from mocks.estates import told_estates
from tests.support.api import Api
from tests.support.estates import moved_in
from tests.support.fakes import MovableClock
from tests.support.paying import holder, purse
from tests.support.together_walk import PRICE, TogetherWalk, counter_of


async def test_each_operation_answers(shared_api: Api) -> None:
    asked: list[str] = []

    async def step(operation: str, token: str | None = None, audience: str = "citizen", **variables: object) -> object:
        answer = await shared_api.data(operation, token, audience, **variables)
        kind = answer.get("__typename", "") if isinstance(answer, dict) else ""
        assert not kind or kind.endswith(("Saved", "Entered", "Revealed")), (operation, answer)
        asked.append(operation)
        return answer

    await TogetherWalk(shared_api, step).walk()
    assert len(asked) > 40


async def test_the_last_three_of_an_item_that_fifty_want_are_sold_to_three(shared_api: Api) -> None:
    shop = await counter_of(shared_api.city, stock=3)
    purses = [await purse(shared_api.city, 50_00) for _ in range(50)]

    async def wants(citizen: str) -> str:
        try:
            return str((await shop.order(citizen)).state.value)
        except Outcome as refused:
            return refused.code

    assert Counter(await asyncio.gather(*map(wants, purses))) == {"paid": 3, "ITEM_SOLD_OUT": 47}
    assert await shop.stock() == 0


async def test_a_cart_is_had_whole_or_not_at_all(shared_api: Api) -> None:
    shop = await counter_of(shared_api.city, stock=2)
    poor = await purse(shared_api.city, PRICE - 1)
    with pytest.raises(Outcome) as refused:
        await shop.order(poor)
    assert (refused.value.code, await shop.stock()) == ("INSUFFICIENT_BALANCE", 2)


async def test_a_price_that_is_not_the_one_shown_is_not_charged(shared_api: Api) -> None:
    shop, citizen = await counter_of(shared_api.city), await purse(shared_api.city, 50_00)
    with pytest.raises(PriceChanged) as refused:
        await shop.order(citizen, shop.cart(price=PRICE - 1))
    assert refused.value.items == (shop.dumplings,)


async def test_what_was_ordered_is_named_in_both_languages(shared_api: Api) -> None:
    shop, citizen = await counter_of(shared_api.city), await purse(shared_api.city, 50_00)
    made = await shop.order(citizen)
    kept = await shared_api.city.services.community.together.shopping.orders.one(holder(citizen), made.id)
    assert kept is not None
    names = [(line.said.within("zh-CN"), line.said.within("en")) for line in kept.order.lines]
    assert names == [("鱼丸", "Fish balls")]


async def test_it_is_brought_to_one_s_own_home_only(shared_api: Api) -> None:
    shop, citizen = await counter_of(shared_api.city), await purse(shared_api.city, 50_00)
    _, another = await moved_in(shared_api.city, shop.where)
    with pytest.raises(NotResident):
        await shop.order(citizen, shop.cart(residency=another))


async def test_where_it_is_brought_is_said_as_people_call_the_estate(shared_api: Api) -> None:
    shop, citizen = await counter_of(shared_api.city), await purse(shared_api.city, 50_00)
    _, home = await moved_in(shared_api.city, shop.where, citizen)
    made = await shop.order(citizen, shop.cart(residency=home))
    to = made.private.to
    assert (to.within("zh-CN"), to.within("en")) == ("榕荫里 1 101", "Banyan Lane 1 101")


async def test_what_is_refused_goes_back_to_the_shelf_and_the_wallet_once(shared_api: Api) -> None:
    shop, citizen = await counter_of(shared_api.city, stock=5), await purse(shared_api.city, 50_00)
    order = await shop.order(citizen, shop.cart(2))
    assert await shop.stock() == 3
    working = shop.ours.shopping.working

    async def refuse() -> str:
        try:
            return str((await working.refuse(shop.keeper, order.id, "卖完了", new_id())).state.value)
        except ShopOrderStateWrong:
            return "too late"

    cancel = shop.ours.shopping.orders.cancel(holder(citizen), order.id, new_id())
    await asyncio.gather(*(refuse() for _ in range(4)), cancel, return_exceptions=True)
    seen = await shop.ours.shopping.orders.one(holder(citizen), order.id)
    assert seen is not None
    assert seen.order.refunded == 2 * PRICE
    assert await shop.stock() == 5


async def test_it_is_handed_over_against_the_citizen_s_code_and_five_tries_are_all(shared_api: Api) -> None:
    shop, citizen = await counter_of(shared_api.city), await purse(shared_api.city, 50_00)
    order, working = await shop.order(citizen), shop.ours.shopping.working
    await working.accept(shop.keeper, order.id, new_id())
    await working.send(shop.keeper, order.id, new_id())
    for left in (4, 3, 2, 1, 0, 0):
        with pytest.raises(HandoverCodeWrong) as refused:
            await working.hand_over(shop.keeper, order.id, "x", new_id())
        assert refused.value.left == left
    with pytest.raises(HandoverCodeWrong):
        await working.hand_over(shop.keeper, order.id, order.private.code, new_id())
    done = await shop.ours.shopping.orders.confirm(holder(citizen), order.id, new_id())
    assert done.order.state is OrderState.DELIVERED


async def test_who_never_pays_holds_nothing_after_a_quarter_of_an_hour(city: City, clock: MovableClock) -> None:
    """As after a process that died between placing and paying: the order lies there, and nobody comes for it."""
    shop, citizen = await counter_of(city, stock=5), await purse(city, 50_00)
    order = await shop.order(citizen, shop.cart(3), Means.GATEWAY)
    assert (order.state, await shop.stock()) == (OrderState.PLACED, 2)
    clock.advance(minutes=16)
    await asyncio.gather(*(shop.ours.shopping.ending.sweep() for _ in range(3)))
    seen = await shop.ours.shopping.orders.one(holder(citizen), order.id)
    assert seen is not None
    assert (seen.order.state, await shop.stock()) == (OrderState.LAPSED, 5)


async def test_what_no_shop_takes_up_in_an_hour_goes_back(city: City, clock: MovableClock) -> None:
    shop, citizen = await counter_of(city, stock=5), await purse(city, 50_00)
    order = await shop.order(citizen)
    clock.advance(minutes=61)
    await shop.ours.shopping.ending.sweep()
    seen = await shop.ours.shopping.orders.one(holder(citizen), order.id)
    assert seen is not None
    assert (seen.order.state, seen.order.refunded) == (OrderState.REFUSED, PRICE)
    assert await shop.stock() == 5


async def test_the_seeded_city_has_shops_and_parcels_and_is_seeded_once(city: City) -> None:
    government = Organisation("350100000000", "福州市", Kind.GOVERNMENT, Level.CITY)
    for unit in {government.code, *(one.committee.unit for one in told_estates())}:
        await city.services.organisations.put(SEEDER, replace(government, code=unit))
    demo, said = Demo(), list[str]()
    await seed_estates(city, demo, said.append, small=True)
    for _ in range(2):
        await seed_shops(city, demo, said.append)
    assert said[1:] == ["3 shops, 0 parcels"]
    menu = await city.services.community.together.shopping.shops.menu("banyan-canteen")
    assert menu is not None
    assert len(menu.items) == 5
