"""Parcels at a station: fetched with a code, brought to the door by an order, returned when nobody comes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from app.core.errors import RateLimited
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.tills.model import Means
from app.domains.community.shops.model import ShopKind
from app.domains.community.shops.orders.model import Cart, FetchWay
from app.domains.community.shops.parcels.errors import (
    ParcelInvalid,
    ParcelRecipientUnknown,
    ParcelStateWrong,
    ParcelUnknown,
)
from app.domains.community.shops.parcels.model import Parcel, ParcelState
from app.domains.community.shops.parcels.service import ParcelService
from app.wiring import City
from tests.support.api import Api, Person
from tests.support.estates import moved_in
from tests.support.fakes import MovableClock
from tests.support.paying import holder
from tests.support.tills import payer_of
from tests.support.together_walk import FEE, Counter, counter_of


@dataclass(frozen=True, slots=True)
class _Station:
    """A station, somebody who lives in its estate, and his parcels there."""

    shop: Counter
    person: Person
    citizen: str
    home: str

    @property
    def parcels(self) -> ParcelService:
        return self.shop.ours.shopping.parcels

    async def announced(self, phone: str = "") -> Parcel:
        key = new_id()
        return await self.parcels.announce(self.shop.keeper, self.shop.code, phone or self.person.phone, "小件", key)

    async def mine(self) -> list[Parcel]:
        page = await self.parcels.mine(holder(self.citizen), PageRequest(20, None))
        return [seen.parcel for seen in page.items]

    async def to_the_door(self, *parcels: Parcel, citizen: str = "") -> str:
        which = tuple(one.id for one in parcels)
        cart = Cart(self.shop.code, (), FetchWay.DELIVERY, FEE, self.home, parcels=which)
        orders = self.shop.ours.shopping.orders
        return (await orders.place(holder(citizen or self.citizen), cart, Means.WALLET, new_id())).order.id


async def _station(api: Api) -> _Station:
    shop = await counter_of(api.city, kind=ShopKind.PARCELS)
    person = await payer_of(api, 100_00)
    _, home = await moved_in(api.city, shop.where, api.key(person))
    return _Station(shop, person, api.key(person), home)


async def test_it_is_fetched_with_its_code_once(shared_api: Api) -> None:
    station = await _station(shared_api)
    parcel = await station.announced()
    done = await station.parcels.hand_over(station.shop.keeper, parcel.id, parcel.code, new_id())
    assert done.state is ParcelState.FETCHED
    with pytest.raises(ParcelStateWrong):
        await station.parcels.hand_over(station.shop.keeper, parcel.id, parcel.code, new_id())


async def test_codes_are_not_tried_out(shared_api: Api) -> None:
    station = await _station(shared_api)
    parcel = await station.announced()
    for _ in range(5):
        with pytest.raises(ParcelInvalid):
            await station.parcels.hand_over(station.shop.keeper, parcel.id, "", new_id())
    with pytest.raises(RateLimited):
        await station.parcels.hand_over(station.shop.keeper, parcel.id, parcel.code, new_id())


async def test_a_station_does_not_learn_by_trying_which_phones_are_in_the_app(shared_api: Api) -> None:
    station = await _station(shared_api)
    for n in range(60):
        with pytest.raises(ParcelRecipientUnknown):
            await station.announced(f"+8613377{n:06d}")
    with pytest.raises(RateLimited):
        await station.announced()


async def test_it_is_ordered_to_the_door_once_and_comes_with_the_order(shared_api: Api) -> None:
    station = await _station(shared_api)
    parcel, working = await station.announced(), station.shop.ours.shopping.working
    answers = await asyncio.gather(*(station.to_the_door(parcel) for _ in range(4)), return_exceptions=True)
    (order,) = [one for one in answers if isinstance(one, str)]
    assert {type(one) for one in answers if not isinstance(one, str)} == {ParcelStateWrong}
    with pytest.raises(ParcelStateWrong):
        await station.parcels.hand_over(station.shop.keeper, parcel.id, parcel.code, new_id())
    for step in (working.accept, working.send):
        await step(station.shop.keeper, order, new_id())
    seen = await station.shop.ours.shopping.orders.one(holder(station.citizen), order)
    assert seen is not None
    assert seen.order.private is not None
    await working.hand_over(station.shop.keeper, order, seen.order.private.code, new_id())
    assert [(one.state, one.order) for one in await station.mine()] == [(ParcelState.FETCHED, order)]


async def test_nobody_orders_another_s(shared_api: Api) -> None:
    station = await _station(shared_api)
    parcel = await station.announced()
    stranger = await payer_of(shared_api, 100_00)
    _, home = await moved_in(shared_api.city, station.shop.where, shared_api.key(stranger))
    theirs = _Station(station.shop, stranger, shared_api.key(stranger), home)
    with pytest.raises(ParcelUnknown):
        await theirs.to_the_door(parcel)


async def test_where_the_order_comes_to_nothing_it_waits_again(shared_api: Api) -> None:
    station = await _station(shared_api)
    order = await station.to_the_door(await station.announced())
    await station.shop.ours.shopping.orders.cancel(holder(station.citizen), order, new_id())
    (parcel,) = await station.mine()
    assert (parcel.state, parcel.order) == (ParcelState.WAITING, None)


async def test_what_nobody_fetches_is_told_of_once_and_then_returned(api: Api, city: City, clock: MovableClock) -> None:
    station = await _station(api)
    parcel, returns = await station.announced(), station.shop.ours.shopping.returns
    assert await returns.sweep() == 0
    clock.advance(days=5, minutes=1)
    assert sum(await asyncio.gather(*(returns.sweep() for _ in range(3)))) == 1
    assert await returns.sweep() == 0
    clock.advance(days=2)
    assert await returns.sweep() == 1
    (gone,) = await station.mine()
    assert gone.state is ParcelState.RETURNED
    told = city.db["outbox"].find({"facts.parcel": parcel.id}).sort("_id", 1)
    assert [row["type"] for row in await told.to_list(None)] == ["parcel.announced", "parcel.waits", "parcel.returned"]
