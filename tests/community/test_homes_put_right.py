"""Homes put right one by one: what is kept of one goes with its name, and where somebody lives nothing is changed."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.community.estates.errors import (
    EstateInvalid,
    EstateReasonMissing,
    EstateUnknown,
    HomeInUse,
    HomeThere,
    HomeUnknown,
)
from app.domains.community.parking.bays.service import BayWish
from app.domains.community.residents.doors.service import DoorService, Doorway
from app.domains.community.residents.model import Relation, Wish
from app.wiring import City
from tests.support.api import OPS, Api
from tests.support.estates import Grounds, grounds, moved_in, named

NEW = Doorway("1", "107")
WHY = "户号登记有误"


def doors_of(city: City) -> DoorService:
    return city.services.community.neighbourhood.doors


def home(where: Grounds, room: str = "101") -> str:
    return f"{where.code}:1:{room}"


async def code_of(done: object) -> str:
    try:
        await done  # type: ignore[misc]
    except Outcome as refused:
        return refused.code
    return "done"


async def test_a_home_is_added_once_named_anew_and_ended(shared_api: Api) -> None:
    city, doors = shared_api.city, doors_of(shared_api.city)
    where = await grounds(city)
    codes = Counter(await asyncio.gather(*(code_of(doors.add(OPS, where.code, NEW, new_id())) for _ in range(4))))
    assert codes == {"done": 1, "HOME_THERE": 3}
    key = new_id()
    for _ in range(2):  # a repeat is the same answer
        assert (await doors.rename(OPS, home(where, "107"), Doorway("1", "108"), key)).room == "108"
    rooms = [one.room for one in (await doors.listed(where.code, "1", PageRequest())).items]
    assert rooms == [f"10{number}" for number in (1, 2, 3, 4, 5, 6, 8)]
    await doors.end(OPS, home(where, "108"), WHY, new_id())
    with pytest.raises(HomeUnknown):
        await doors.end(OPS, home(where, "108"), WHY, new_id())
    trail = await city.db["audit"].find({"action": {"$in": ["home.added", "home.renamed", "home.ended"]}}).to_list(None)
    ours = [row for row in trail if where.code in str(row["target"])]
    assert Counter(row["action"] for row in ours) == {"home.added": 1, "home.renamed": 1, "home.ended": 1}


async def test_where_somebody_lives_or_asks_to_nothing_is_changed(shared_api: Api) -> None:
    city, doors = shared_api.city, doors_of(shared_api.city)
    where = await grounds(city)
    await moved_in(city, where)
    wish = Wish(where.code, "1", "102", Relation.TENANT)
    await city.services.community.neighbourhood.residents.ask(named(new_id()), wish, new_id())
    for room in ("101", "102"):
        with pytest.raises(HomeInUse) as refused:
            await doors.end(OPS, home(where, room), WHY, new_id())
        assert refused.value.people == 1
        with pytest.raises(HomeInUse):
            await doors.rename(OPS, home(where, room), NEW, new_id())
    assert len((await doors.listed(where.code, "1", PageRequest())).items) == 6


async def test_who_moves_in_while_a_home_ends_lives_there_or_it_is_gone(shared_api: Api) -> None:
    city, doors = shared_api.city, doors_of(shared_api.city)
    for _ in range(3):
        where, who = await grounds(city), new_id()
        neighbourhood = city.services.community.neighbourhood
        asked = await neighbourhood.residents.ask(named(who), Wish(where.code, "1", "101", Relation.OWNER), new_id())
        settle = neighbourhood.verifying.settle(where.keeper, asked.residency.id, True, "", new_id())
        codes = await asyncio.gather(code_of(settle), code_of(doors.end(OPS, home(where), WHY, new_id())))
        assert tuple(codes) == ("done", "HOME_IN_USE")


async def test_floor_area_and_bays_go_with_the_name_and_end_with_the_home(shared_api: Api) -> None:
    city, doors = shared_api.city, doors_of(shared_api.city)
    where, community = await grounds(city), city.services.community
    rolls, bays = community.together.voting.rolls, community.neighbourhood.gates.bays
    await rolls.enter(where.keeper, where.code, "building,room,area\n1,101,89.50\n", new_id())
    await bays.add(where.keeper, where.code, ["A-01"], new_id())
    await bays.let(where.keeper, where.code, "A-01", BayWish("1", "101"), new_id())
    await doors.rename(OPS, home(where), NEW, new_id())
    who, _ = await moved_in(city, where, room="107")
    assert [one.home.room for one in await bays.mine(named(who))] == ["107"]
    assert await city.db["home_areas"].count_documents({"estate": where.code, "area": 8_950}) == 1
    (living,) = await community.neighbourhood.residents.living(who)
    await community.neighbourhood.residents.leave(named(who), living.id, new_id())
    await doors.end(OPS, home(where, "107"), WHY, new_id())
    assert await city.db["home_areas"].count_documents({"estate": where.code}) == 0
    assert await bays.counted(where.code) == (1, 0)


@pytest.mark.parametrize(("door", "field"), [(Doorway("", "1"), "building"), (Doorway("1", "a/b"), "room")])
async def test_a_door_says_what_cannot_be(shared_api: Api, door: Doorway, field: str) -> None:
    where = await grounds(shared_api.city)
    with pytest.raises(EstateInvalid) as refused:
        await doors_of(shared_api.city).add(OPS, where.code, door, new_id())
    assert refused.value.field == field


async def test_an_estate_is_closed_for_a_reason_and_opened_again(shared_api: Api) -> None:
    city, where = shared_api.city, await grounds(shared_api.city)
    estates = city.services.community.neighbourhood.estates
    with pytest.raises(EstateReasonMissing):
        await estates.turn(OPS, where.code, " ", new_id(), active=False)
    for _ in range(2):
        assert not (await estates.turn(OPS, where.code, "整体拆迁", new_id(), active=False)).active
    with pytest.raises(EstateUnknown):
        await moved_in(city, where)
    assert (await estates.turn(OPS, where.code, "延期拆迁", new_id(), active=True)).active
    await moved_in(city, where)


async def test_a_home_of_that_name_is_not_made_twice_by_naming(shared_api: Api) -> None:
    where = await grounds(shared_api.city)
    with pytest.raises(HomeThere):
        await doors_of(shared_api.city).rename(OPS, home(where), Doorway("1", "102"), new_id())
    assert await doors_of(shared_api.city).one(home(where)) is not None
