"""A shop's stock between two processes that share nothing but the database, and after one that died."""

from __future__ import annotations

import asyncio
from collections import Counter as Counted
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.said import Said
from app.core.tills.model import Means
from app.domains.community.shops.model import Hold, Item
from app.domains.community.shops.orders.service import SeenOrder
from app.domains.community.shops.store import ShopStore
from app.wiring import City, build
from tests.support.api import Api
from tests.support.fakes import MovableClock
from tests.support.paying import holder, purse
from tests.support.together_walk import Counter, counter_of


@pytest.fixture
async def other(shared_api: Api) -> AsyncIterator[City]:
    """A second city on the first one's database, as another process has it."""
    city = build(shared_api.city.settings, beyond=shared_api.city.outside)
    await city.start(follow=False, prepared=True)
    yield city
    await city.tallies.stop()
    await city.db.close()


async def _wants(shop: Counter, citizen: str) -> str:
    try:
        return str((await shop.order(citizen)).state.value)
    except Outcome as refused:
        return refused.code


async def test_two_processes_sell_no_more_than_there_is(shared_api: Api, other: City) -> None:
    here = await counter_of(shared_api.city, stock=3)
    await other.services.organisations.load()
    there = replace(here, city=other)
    purses = [await purse(shared_api.city, 50_00) for _ in range(24)]
    answers = await asyncio.gather(*(_wants((here, there)[n % 2], one) for n, one in enumerate(purses)))
    assert Counted(answers) == {"paid": 3, "ITEM_SOLD_OUT": 21}
    assert await here.stock() == 0


async def test_what_a_process_took_that_died_is_on_the_shelf_again_once(city: City, clock: MovableClock) -> None:
    shop, shelf = await counter_of(city, stock=5), ShopStore(city.db)
    assert await shelf.hold(shop.dumplings, Hold(new_id(), 2, clock.now()))
    ending = shop.ours.shopping.ending
    await ending.sweep()
    assert await shop.stock() == 3
    clock.advance(minutes=11)
    await asyncio.gather(*(ending.sweep() for _ in range(3)))
    assert await shop.stock() == 5


async def test_what_was_sold_by_a_process_that_died_stays_sold(city: City, clock: MovableClock) -> None:
    """It died after the order was there, before the note with the item was gone."""
    shop, shelf = await counter_of(city, stock=5), ShopStore(city.db)
    order = await shop.order(await purse(city, 50_00), shop.cart(2))
    assert await shelf.hold(shop.dumplings, Hold(order.id, 1, clock.now()))
    clock.advance(minutes=11)
    await shop.ours.shopping.ending.sweep()
    assert await shop.stock() == 2
    assert await shelf.old_holds(clock.now() + timedelta(days=1), 10) == []


async def test_two_carts_leave_nothing_held_whatever_became_of_them(city: City, clock: MovableClock) -> None:
    shop, citizen, poor = await counter_of(city, stock=5), await purse(city, 50_00), await purse(city, 1)
    key = new_id()
    place = shop.ours.shopping.orders.place
    carts = [place(holder(citizen), shop.cart(2), Means.WALLET, key) for _ in range(4)]
    answers = await asyncio.gather(*carts, shop.order(poor), shop.order(citizen, shop.cart(9)), return_exceptions=True)
    assert len({one.order.id for one in answers if isinstance(one, SeenOrder)}) == 1
    assert {type(one).__name__ for one in answers if isinstance(one, Exception)} >= {
        "InsufficientBalance",
        "ItemSoldOut",
    }
    assert await shop.stock() == 3
    assert await ShopStore(city.db).old_holds(clock.now() + timedelta(days=1), 10) == []


def test_what_was_taken_minutes_ago_is_not_sold() -> None:
    """By a process that slept: the sweep may have put it back."""
    at, later = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(seconds=1)
    item = Item("i", "s", Said("c"), Said("x"), Said(""), 100, 3, holds=(Hold("order", 2, at),))
    assert item.held_for("order", 2, at)
    assert not any((item.held_for("order", 2, at + later), item.held_for("order", 1, at), item.held_for("o", 2, at)))


async def test_all_who_want_what_there_is_enough_of_have_it(shared_api: Api, other: City) -> None:
    """Nobody waits for a turn: who meets a rival begins anew, and none of them is turned away for that."""
    here = await counter_of(shared_api.city, stock=16)
    await other.services.organisations.load()
    there = replace(here, city=other)
    purses = [await purse(shared_api.city, 50_00) for _ in range(16)]
    answers = await asyncio.gather(*(_wants((here, there)[n % 2], one) for n, one in enumerate(purses)))
    assert Counted(answers) == {"paid": 16}
    assert await here.stock() == 0
