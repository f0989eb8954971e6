"""Cars of an estate: residents' and visitors' bays, full, read twice, at two gates at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.passwords import Passwords
from app.domains.community.estates.errors import EstateInvalid, EstateUnknown
from app.domains.community.estates.model import EstateRules
from app.domains.community.parking.errors import CarPlateTaken, CarPlateUnknown, CarUnknown
from app.domains.community.parking.model import GONE, MOST_PLATES, READ_TWICE, CarPark, Passed
from app.domains.community.visitors.errors import PassWrongGate
from app.settings import Settings
from app.wiring import City, build
from tests.conftest import QUICK, Fakes
from tests.support.estates import Grounds, grounds, invited, moved_in, named, plate
from tests.support.fakes import MovableClock


@pytest.fixture
async def city(settings: Settings, fakes: Fakes, clock: MovableClock) -> AsyncIterator[City]:
    city = build(settings, beyond=fakes.outside, clock=clock, passwords=Passwords(QUICK))
    await city.start(follow=False)
    yield city
    await city.stop()


async def test_of_twenty_visitors_at_once_as_many_park_as_there_are_bays(city: City) -> None:
    where = await grounds(city, bays=3)
    who, residency = await moved_in(city, where)
    plates = [plate() for _ in range(8)]
    for one in plates:
        await invited(city, who, residency, plate=one)

    async def comes(one: str) -> str:
        try:
            return f"free {(await passed(city, where, one)).free}"
        except Outcome as refused:
            return refused.code

    got = await asyncio.gather(*(comes(one) for one in plates))
    assert sorted(got) == ["CAR_PARK_FULL"] * 5 + ["free 0", "free 1", "free 2"]


async def passed(city: City, where: Grounds, one: str, *, out: bool = False) -> Passed:
    passing = city.services.community.neighbourhood.gates.passing
    return await passing.pass_(where.keeper, where.gate("cars"), one, out, new_id())


async def test_a_resident_always_comes_in_and_a_car_is_counted_once(city: City) -> None:
    where = await grounds(city, bays=1)
    gates = city.services.community.neighbourhood.gates
    who, residency = await moved_in(city, where)
    mine, guest = plate(), plate()
    await gates.parking.register(named(who), residency, mine, new_id())
    other, theirs = await moved_in(city, where, room="102")
    with pytest.raises(CarPlateTaken):
        await gates.parking.register(named(other), theirs, mine, new_id())
    with pytest.raises(CarUnknown):
        await passed(city, where, guest)
    await invited(city, who, residency, plate=guest)
    assert (await passed(city, where, guest)).free == 0
    assert not (await passed(city, where, mine)).visitor
    await passed(city, where, mine)
    park = await park_of(city, where)
    assert (park.inside, park.visitors, park.free) == (2, 1, 0)
    assert [(await passed(city, where, one, out=True)).known for one in (mine, guest, guest)] == [True, True, False]
    park = await gates.parking.park(where.code)
    assert park is not None
    assert (park.inside, park.free) == (0, 1)
    row = await city.db["resident_plates"].find_one({"citizen": who})
    assert mine not in repr(row)


async def park_of(city: City, where: Grounds) -> CarPark:
    park = await city.services.community.neighbourhood.gates.parking.park(where.code)
    assert park is not None
    return park


async def test_visitors_take_the_bays_that_are_left_to_them_and_no_others(city: City) -> None:
    where = await grounds(city, bays=5, rules=EstateRules(visitor_bays=2))
    who, residency = await moved_in(city, where)
    mine, guests = plate(), [plate() for _ in range(4)]
    await city.services.community.neighbourhood.gates.parking.register(named(who), residency, mine, new_id())
    for one in guests:
        await invited(city, who, residency, plate=one)

    async def comes(one: str) -> str:
        try:
            return f"left to visitors {(await passed(city, where, one)).visitor_free}"
        except Outcome as refused:
            return refused.code

    got = await asyncio.gather(*(comes(one) for one in guests))
    assert sorted(got) == ["CAR_PARK_FULL"] * 2 + ["left to visitors 0", "left to visitors 1"]
    assert not (await passed(city, where, mine)).visitor
    park = await park_of(city, where)
    assert (park.inside, park.visitors, park.free, park.visitor_free) == (3, 2, 2, 0)
    came = guests[next(at for at, one in enumerate(got) if one.startswith("left"))]
    await passed(city, where, came, out=True)
    assert (await park_of(city, where)).visitor_free == 1
    with pytest.raises(EstateInvalid):
        EstateRules(visitor_bays=-1).checked()


async def test_a_car_that_two_cameras_read_at_once_is_one_entry_of_its_pass(city: City, clock: MovableClock) -> None:
    where = await grounds(city)
    who, residency = await moved_in(city, where)
    guest = plate()
    seen = await invited(city, who, residency, plate=guest, entries=2, ends=clock.now() + timedelta(hours=3))
    got = await asyncio.gather(*(passed(city, where, guest) for _ in range(4)))
    assert sorted(str(one.left) for one in got) == ["1", "None", "None", "None"]
    clock.advance(seconds=READ_TWICE.total_seconds() - 2)
    assert (await passed(city, where, guest)).left is None
    log = city.services.community.neighbourhood.gates.log
    assert len((await log.of_estate(where.keeper, where.code, PageRequest())).items) == 1
    clock.advance(seconds=5)  # no gate saw it leave; it comes again
    assert (await passed(city, where, guest)).left == 0
    park, used = await park_of(city, where), await city.db["visitor_passes"].find_one({"_id": seen.one.id})
    assert used is not None
    assert (park.inside, park.visitors, used["used"]) == (1, 1, 2)


async def test_a_visitors_car_that_left_unseen_is_counted_out_and_a_residents_is_not(
    city: City, clock: MovableClock
) -> None:
    where = await grounds(city)
    who, residency = await moved_in(city, where)
    mine, guest = plate(), plate()
    parking = city.services.community.neighbourhood.gates.parking
    await parking.register(named(who), residency, mine, new_id())
    await invited(city, who, residency, plate=guest)
    for one in (mine, guest):
        await passed(city, where, one)
    assert await parking.forget() == 0
    clock.advance(seconds=(GONE + timedelta(hours=2)).total_seconds())
    assert sum(await asyncio.gather(*(parking.forget() for _ in range(3)))) == 1
    park = await park_of(city, where)
    assert (park.inside, park.visitors) == (1, 0)


async def test_a_home_registers_so_many_plates_however_many_it_asks_for_at_once(city: City) -> None:
    where = await grounds(city)
    homes = [await moved_in(city, where) for _ in range(2)]
    parking = city.services.community.neighbourhood.gates.parking

    async def registers(home: tuple[str, str]) -> str:
        try:
            await parking.register(named(home[0]), home[1], plate(), new_id())
        except Outcome as refused:
            return refused.code
        return "registered"

    got = await asyncio.gather(*(registers(homes[at % 2]) for at in range(MOST_PLATES)))
    got += await asyncio.gather(*(registers(homes[at % 2]) for at in range(3)))
    assert (got.count("registered"), got.count("TOO_MANY_PLATES")) == (MOST_PLATES, 3)


async def test_the_estate_takes_away_a_plate_that_is_anothers_and_tells_who_had_it(city: City) -> None:
    where, other = await grounds(city), await grounds(city)
    who, residency = await moved_in(city, where)
    parking, taken = city.services.community.neighbourhood.gates.parking, plate()
    await parking.register(named(who), residency, taken, new_id())
    with pytest.raises(EstateUnknown):
        await parking.drop(other.keeper, where.code, taken, new_id())
    with pytest.raises(CarPlateUnknown):
        await parking.drop(other.keeper, other.code, taken, new_id())
    keeper, key = where.keeper, new_id()
    for _ in range(2):
        await parking.drop(keeper, where.code, taken, key)
    assert await parking.mine(named(who)) == []
    told = await city.db["outbox"].find({"citizen": who, "type": "plate.dropped"}).to_list(None)
    assert len(told) == 1
    owner, home = await moved_in(city, where, room="102")
    assert len(await parking.register(named(owner), home, taken, new_id())) == 1


async def test_of_two_passes_of_one_car_the_one_for_this_gate_lets_it_in(city: City, clock: MovableClock) -> None:
    where = await grounds(city)
    who, residency = await moved_in(city, where)
    guest, now = plate(), clock.now()
    ends_first = {"ends": now + timedelta(hours=1), "gates": ("east",)}
    await invited(city, who, residency, plate=guest, **ends_first)
    with pytest.raises(PassWrongGate):
        await passed(city, where, guest)
    await invited(city, who, residency, plate=guest, ends=now + timedelta(hours=2), gates=("cars",))
    assert (await passed(city, where, guest)).visitor
    rows = await city.db["visitor_passes"].find({"citizen": who}).sort("ends", 1).to_list(None)
    assert [row["used"] for row in rows] == [0, 1]
