"""What is stuck moves or is seen: at the desk, on the home page, by webhook."""

from __future__ import annotations

import pytest

from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.community.shops.model import ShopKind
from app.domains.community.shops.orders.errors import ShopClosed, ShopOrderStateWrong, ShopReasonMissing
from app.domains.community.shops.orders.model import OrderState
from app.domains.community.shops.orders.store import OrderStore
from app.wiring import City
from notifications.webhooks.deliveries.model import WEBHOOK_EVENTS
from tests.support.api import OPS, Api
from tests.support.estates import moved_in
from tests.support.fakes import MovableClock
from tests.support.paying import holder, purse
from tests.support.tills import payer_of
from tests.support.together_walk import PRICE, counter_of


async def test_a_shop_that_the_desk_stopped_takes_no_orders_whatever_its_merchant_says(shared_api: Api) -> None:
    shop, citizen = await counter_of(shared_api.city), await purse(shared_api.city, 50_00)
    shops = shop.ours.shopping.shops
    await shops.halt(OPS, shop.code, "食品安全检查", new_id())
    kept = await shops.managed(shop.keeper, shop.code)
    assert (await shops.save(shop.keeper, kept, new_id())).halted == "食品安全检查"
    with pytest.raises(ShopClosed):
        await shop.order(citizen)
    assert (await shops.menu(shop.code), (await shops.serving(shop.where.code, PageRequest(20, None))).items) == (
        None,
        (),
    )
    await shops.halt(OPS, shop.code, "", new_id())
    assert (await shop.order(citizen)).state is OrderState.PAID


async def test_the_desk_undoes_an_order_that_is_on_its_way_once(shared_api: Api) -> None:
    shop, citizen = await counter_of(shared_api.city, stock=5), await purse(shared_api.city, 50_00)
    order, working, desk = await shop.order(citizen), shop.ours.shopping.working, shop.ours.shopping.desk
    for step in (working.accept, working.send):
        await step(shop.keeper, order.id, new_id())
    with pytest.raises(ShopReasonMissing):
        await desk.undo(OPS, order.id, " ", new_id())
    done = await desk.undo(OPS, order.id, "配送员失联", new_id())
    assert (done.state, done.refunded, done.private) == (OrderState.REFUSED, PRICE, None)
    with pytest.raises(ShopOrderStateWrong):
        await desk.undo(OPS, order.id, "再来一次", new_id())
    assert await shop.stock() == 5


async def test_what_a_shop_took_up_and_never_sent_goes_back_after_a_day(city: City, clock: MovableClock) -> None:
    shop, citizen = await counter_of(city, stock=5), await purse(city, 50_00)
    order = await shop.order(citizen)
    await shop.ours.shopping.working.accept(shop.keeper, order.id, new_id())
    clock.advance(hours=23)
    await shop.ours.shopping.ending.sweep()
    assert await shop.stock() == 4
    clock.advance(hours=2)
    assert [one.id for one in await shop.ours.shopping.desk.stuck()] == [order.id]
    await shop.ours.shopping.ending.sweep()
    seen = await shop.ours.shopping.orders.one(holder(citizen), order.id)
    assert seen is not None
    assert (seen.order.state, seen.order.refunded, seen.order.reason) == (OrderState.REFUSED, PRICE, "NOT_SENT")
    assert (await shop.stock(), await shop.ours.shopping.desk.stuck()) == (5, [])


async def test_money_that_could_not_go_back_is_seen_until_it_has(shared_api: Api) -> None:
    shop, citizen = await counter_of(shared_api.city), await purse(shared_api.city, 50_00)
    order, ending, desk = await shop.order(citizen), shop.ours.shopping.ending, shop.ours.shopping.desk
    await shop.ours.shopping.orders.cancel(holder(citizen), order.id, new_id())

    async def stuck() -> bool:
        return order.id in {one.id for one in await desk.stuck()}

    seen = [await stuck()]
    for fen in (-PRICE, PRICE):
        await shared_api.city.db.transaction(lambda tx, fen=fen: ending.given_back(order.id, order.sale, fen, tx))  # type: ignore[misc]
        seen.append(await stuck())
    assert seen == [False, True, False]


async def test_a_round_goes_past_what_does_not_move(city: City, clock: MovableClock) -> None:
    """Whatever stumbles at the head of the line does not keep the others from their turn."""
    now = clock.now()
    await city.db["shop_orders"].insert_many([{"_id": f"o{n}", "look_at": now} for n in range(5)])
    orders, seen = OrderStore(city.db, city.persons), list[str]()
    after = None
    while due := await orders.due(now, 2, after):
        seen += [order for _, order in due]
        after = due[-1]
    assert seen == [f"o{n}" for n in range(5)]


async def test_what_is_to_fetch_or_to_open_the_door_for_stands_on_the_home_page(shared_api: Api) -> None:
    person = await payer_of(shared_api, 100_00)
    shop, station = await counter_of(shared_api.city), await counter_of(shared_api.city, kind=ShopKind.PARCELS)
    _, home = await moved_in(shared_api.city, shop.where, shared_api.key(person))
    order = await shop.order(shared_api.key(person), shop.cart(residency=home))
    for step in (shop.ours.shopping.working.accept, shop.ours.shopping.working.send):
        await step(shop.keeper, order.id, new_id())
    await station.ours.shopping.parcels.announce(station.keeper, station.code, person.phone, "小件", new_id())
    due = (await shared_api.data("Home", person.token))["due"]
    assert {(one["kind"], one["title"]) for one in due} == {
        ("SHOP_ORDER_COMING", "Granny's"),
        ("PARCEL", "Granny's"),
    }


async def test_a_shop_is_told_of_an_order_by_ids_and_codes_alone(shared_api: Api) -> None:
    shop, citizen = await counter_of(shared_api.city), await purse(shared_api.city, 50_00)
    order = await shop.order(citizen)
    row = await shared_api.city.db["outbox"].find_one({"type": "shop_order.paid", "facts.order": order.id})
    assert row is not None
    route = WEBHOOK_EVENTS["shop_order.paid"]
    told = {name: row["facts"][fact] for name, fact in route.codes.items()}
    assert row["facts"]["organisation"] == shop.merchant
    assert told == {"number": order.number, "state": "paid", "way": "pick_up", "fen": PRICE}
    assert {kind: row["facts"][fact] for fact, kind in route.ids.values()} == {"ShopOrder": order.id, "Shop": shop.code}
