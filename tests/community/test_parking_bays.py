"""Bays with numbers: one home's at a time, seen by it and by the gate; visitors' bays are left to them."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import civil_day
from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.community.estates.model import EstateRules, Home
from app.domains.community.parking.bays.model import Bay, BayLet, number_of, numbers_of
from app.domains.community.parking.bays.service import BayService, BayWish
from app.domains.community.parking.errors import BayInvalid, BayTaken, BayUnknown, NoCarPark
from app.wiring import City
from tests.support.api import Api
from tests.support.estates import Grounds, grounds, moved_in, named, plate
from tests.support.fakes import MovableClock

TODAY = date(2026, 11, 23)
HERE = BayWish("1", "101")


def let(since: int, until: int | None) -> BayLet:
    """From that day on, counted from today."""
    last = None if until is None else TODAY + timedelta(days=until)
    return BayLet(new_id(), "e", "A-01", "h", Home("e", "1", "101"), TODAY + timedelta(days=since), last)


SPANS = st.tuples(st.integers(0, 12), st.none() | st.integers(0, 12)).map(
    lambda drawn: let(drawn[0], None if drawn[1] is None else drawn[0] + drawn[1])
)


@given(SPANS, SPANS)
def test_two_meet_when_some_day_is_in_both(one: BayLet, other: BayLet) -> None:
    days = [TODAY + timedelta(days=number) for number in range(40)]
    assert one.meets(other) is other.meets(one) is any(one.on(day) and other.on(day) for day in days)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [(let(-1, None), "since"), (let(366 * 31, None), "since"), (let(3, 2), "until"), (let(0, 366 * 31), "until")],
)
def test_a_let_says_what_cannot_be(wanted: BayLet, field: str) -> None:
    with pytest.raises(BayInvalid) as refused:
        wanted.checked(TODAY)
    assert refused.value.field == field


def test_a_taken_bay_says_until_when() -> None:
    with pytest.raises(BayTaken) as refused:
        Bay("e", "A-01", (let(0, 5),)).demand_free(let(5, None))
    assert refused.value.until == TODAY + timedelta(days=5)
    Bay("e", "A-01", (let(0, 5),)).demand_free(let(6, None))


def test_numbers_are_as_they_stand_on_the_ground() -> None:
    assert numbers_of([" b1-07", "B1-07", "固3"]) == ["B1-07", "固3"]
    for raw in ("", "A/1", "x" * 21):
        with pytest.raises(BayInvalid):
            number_of(raw)
    for many in ([], ["1"] * 501):
        with pytest.raises(BayInvalid):
            numbers_of(many)


def bays_of(city: City) -> BayService:
    return city.services.community.neighbourhood.gates.bays


async def numbered(city: City, *numbers: str, bays: int = 3, visitors: int | None = None) -> Grounds:
    where = await grounds(city, bays=bays, rules=EstateRules(visitor_bays=visitors))
    await bays_of(city).add(where.keeper, where.code, numbers or ("A-01",), new_id())
    return where


async def test_of_ten_homes_at_once_one_has_the_bay(shared_api: Api) -> None:
    city = shared_api.city
    where = await numbered(city)

    async def wanted(number: int) -> str:
        wish = BayWish("1" if number % 2 else "2", f"10{1 + number // 2}")
        try:
            await bays_of(city).let(where.keeper, where.code, "A-01", wish, new_id())
        except Outcome as refused:
            return refused.code
        return "let"

    assert Counter(await asyncio.gather(*map(wanted, range(10)))) == {"let": 1, "BAY_TAKEN": 9}


async def test_whoever_lives_there_sees_his_bay_and_the_gate_does_too(shared_api: Api) -> None:
    city = shared_api.city
    where, bays = await numbered(city, "A-01", "A-02"), bays_of(city)
    who, residency = await moved_in(city, where)
    other, _ = await moved_in(city, where, room="102")
    await bays.let(where.keeper, where.code, "a-02", HERE, new_id())
    assert [(one.number, one.home.label) for one in await bays.mine(named(who))] == [("A-02", "1 101")]
    assert await bays.mine(named(other)) == []
    gates, car = city.services.community.neighbourhood.gates, plate()
    await gates.parking.register(named(who), residency, car, new_id())
    done = await gates.passing.pass_(where.keeper, where.gate("cars"), car, False, new_id())
    assert (done.bays, done.free) == (("A-02",), 2)


async def test_a_bay_that_is_freed_is_another_home_s_on_the_same_day(city: City, clock: MovableClock) -> None:
    where, bays = await numbered(city), bays_of(city)
    who, _ = await moved_in(city, where)
    first = (await bays.let(where.keeper, where.code, "A-01", HERE, new_id())).lets[0]
    clock.advance(days=3)
    freed = await bays.end(where.keeper, first.id, new_id())
    assert freed.lets == ()
    assert await bays.mine(named(who)) == []
    second = await bays.let(where.keeper, where.code, "A-01", BayWish("2", "103"), new_id())
    assert [one.home.label for one in second.lets] == ["2 103"]
    with pytest.raises(BayUnknown):
        await bays.end(where.keeper, first.id, new_id())


async def test_a_period_passes_by_itself_and_the_next_one_begins(city: City, clock: MovableClock) -> None:
    where, bays = await numbered(city), bays_of(city)
    today = civil_day(clock.now())
    until = today + timedelta(days=9)
    await bays.let(where.keeper, where.code, "A-01", BayWish("1", "101", until=until), new_id())
    later = BayWish("1", "102", since=until + timedelta(days=1))
    await bays.let(where.keeper, where.code, "A-01", later, new_id())
    assert await bays.counted(where.code) == (1, 1)
    clock.advance(days=10)
    (bay,) = (await bays.of_estate(where.keeper, where.code, PageRequest())).items
    assert [(one.home.room, one.on(civil_day(clock.now()))) for one in bay.lets] == [("102", True)]


async def test_what_visitors_may_take_is_left_to_them(shared_api: Api) -> None:
    city = shared_api.city
    where = await numbered(city, "1", "2", bays=4, visitors=1)
    with pytest.raises(BayInvalid):
        await bays_of(city).add(where.keeper, where.code, ["3", "4"], new_id())
    assert await bays_of(city).add(where.keeper, where.code, ["2", "3"], new_id()) == 1
    bare = await grounds(city, bays=0)
    with pytest.raises(NoCarPark):
        await bays_of(city).add(bare.keeper, bare.code, ["1"], new_id())


async def test_another_estate_s_bays_are_not_there(shared_api: Api) -> None:
    city = shared_api.city
    where, other, bays = await numbered(city), await grounds(city), bays_of(city)
    made = (await bays.let(where.keeper, where.code, "A-01", HERE, new_id())).lets[0]
    with pytest.raises(BayUnknown):
        await bays.end(other.keeper, made.id, new_id())
    assert (await bays.of_estate(other.keeper, where.code, PageRequest())).items == ()
    with pytest.raises(BayTaken):
        await bays.remove(where.keeper, where.code, "A-01", new_id())
    await bays.end(where.keeper, made.id, new_id())
    await bays.remove(where.keeper, where.code, "A-01", new_id())
    assert (await bays.of_estate(where.keeper, where.code, PageRequest())).items == ()


async def test_no_row_says_in_clear_which_home_has_a_bay(shared_api: Api) -> None:
    city = shared_api.city
    where = await numbered(city)
    await bays_of(city).let(where.keeper, where.code, "A-01", HERE, new_id())
    row = await city.db["bay_lets"].find_one({"estate": where.code})
    assert row is not None
    assert "1 101" not in str(
        {name: value for name, value in row.items() if name not in ("_id", "bay", "household", "estate")}
    )
