"""Who lives where: let in by the head or by the estate, sealed, and seen by nobody but the household."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.imports.errors import LineFault
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Assurance, Viewer
from app.domains.community.estates.errors import EstateUnknown, HomeFault, HomeImportRefused, HomeUnknown
from app.domains.community.estates.model import Amendment, door
from app.domains.community.residents.errors import (
    HouseholdFull,
    NotResident,
    ResidencyAsked,
    ResidencyReasonMissing,
    ResidencyStateWrong,
    ResidencyUnknown,
    ResidentNeedsRealName,
)
from app.domains.community.residents.model import MOST_PEOPLE, Relation, ResidencyState, Wish
from app.domains.community.residents.service import SeenResidency
from app.wiring import City
from graphql_schema.types.common import key_of
from tests.conftest import Fakes
from tests.support.api import Api
from tests.support.estates import Grounds, grounds, moved_in, named


@pytest.fixture
def city(shared_city: tuple[City, Fakes]) -> City:
    return shared_city[0]


async def asked(city: City, where: Grounds, who: Viewer, relation: Relation = Relation.FAMILY) -> SeenResidency:
    residents = city.services.community.neighbourhood.residents
    return await residents.ask(who, Wish(where.code, "1", "101", relation), new_id())


async def test_the_estate_lets_in_the_first_who_is_head_and_lets_in_others(city: City) -> None:
    where, residents = await grounds(city), city.services.community.neighbourhood.residents
    head, residency = await moved_in(city, where)
    other = named(new_id())
    waiting = await asked(city, where, other)
    assert (waiting.residency.state, waiting.people) == (ResidencyState.ASKED, ())
    (seen,) = await residents.mine(named(head))
    assert (seen.head, [one.state.value for one in seen.people]) == (True, ["resident", "asked"])
    after = await residents.settle(named(head), waiting.residency.id, True, "", new_id())
    assert [one.state.value for one in after.people] == ["resident", "resident"]
    (theirs,) = await residents.mine(other)
    assert (theirs.head, theirs.head_id, len(theirs.people)) == (False, residency, 2)


@pytest.mark.parametrize("beginning", ["榕荫", "Banyan", "banyan la", "  BANYAN   LANE "])
async def test_an_estate_is_found_by_the_beginning_of_its_name_in_either_language(city: City, beginning: str) -> None:
    where, estates = await grounds(city), city.services.community.neighbourhood.estates
    was = await estates.active(where.code)
    tail = where.code[-6:]
    amended = Amendment(
        Said(f"榕荫{tail}", f"Banyan Lane {tail}"), was.address, was.point, was.rules, was.bays, was.rev
    )
    await estates.amend(where.keeper, where.code, amended, new_id())
    for said in (f"榕荫{tail}", f"banyan LANE  {tail}"):
        assert [one.code for one in await estates.named(said)] == [where.code]
    assert await estates.named(beginning)
    assert await estates.named(f"Lane {tail}") == []  # the beginning, and none that lies between two names


async def test_each_home_says_in_which_estate_it_is(shared_api: Api) -> None:
    person = await shared_api.verified()
    citizen = key_of(str(person.citizen_id), "Citizen")
    await moved_in(shared_api.city, await grounds(shared_api.city), citizen)
    other = await grounds(shared_api.city)
    await shared_api.city.services.community.neighbourhood.residents.ask(
        named(citizen), Wish(other.code, "1", "101", Relation.TENANT), new_id()
    )
    homes = await shared_api.data("MyHomes", person.token)
    assert [one["state"] for one in homes] == ["ASKED", "RESIDENT"]
    left = await shared_api.data("LeaveHome", person.token, residencyId=homes[1]["id"], key=new_id())
    names = {one["estateName"] for one in (*homes, left["residency"])}
    assert names in ({"榕荫里"}, {"Banyan Lane"})


async def test_only_the_head_and_the_estate_decide(city: City) -> None:
    where, neighbourhood = await grounds(city), city.services.community.neighbourhood
    head, _ = await moved_in(city, where)
    lodger, _ = await moved_in(city, where, relation=Relation.FAMILY)
    waiting = (await asked(city, where, named(new_id()))).residency.id
    for who in (named(lodger), named(new_id())):
        with pytest.raises(ResidencyUnknown):
            await neighbourhood.residents.settle(who, waiting, True, "", new_id())
    with pytest.raises(EstateUnknown):
        await neighbourhood.verifying.settle((await grounds(city)).keeper, waiting, True, "", new_id())
    with pytest.raises(ResidencyReasonMissing):
        await neighbourhood.residents.settle(named(head), waiting, False, " ", new_id())
    await neighbourhood.residents.settle(named(head), waiting, False, "不认识", new_id())
    with pytest.raises(ResidencyStateWrong):
        await neighbourhood.verifying.settle(where.keeper, waiting, True, "", new_id())


async def test_who_may_not_ask_is_told_why(city: City) -> None:
    where, residents = await grounds(city), city.services.community.neighbourhood.residents
    who, _ = await moved_in(city, where)
    unnamed = replace(named(new_id()), assurance=Assurance.PHONE)
    for viewer, wish, refused in (
        (unnamed, Wish(where.code, "1", "101", Relation.OWNER), ResidentNeedsRealName),
        (named(who), Wish(where.code, "1", " 101 ", Relation.OWNER), ResidencyAsked),
        (named(who), Wish(where.code, "1", "999", Relation.OWNER), HomeUnknown),
        (named(who), Wish("nowhere", "1", "101", Relation.OWNER), EstateUnknown),
    ):
        with pytest.raises(refused):
            await residents.ask(viewer, wish, new_id())


async def test_asked_for_ten_times_at_once_a_home_is_asked_for_once(city: City) -> None:
    where, who = await grounds(city), named(new_id())

    async def one() -> str:
        try:
            return (await asked(city, where, who)).residency.state.value
        except Outcome as refused:
            return refused.code

    got = await asyncio.gather(*(one() for _ in range(10)))
    assert (got.count("asked"), got.count("RESIDENCY_ASKED")) == (1, 9)


async def test_a_home_holds_so_many_however_many_are_let_in_at_once(city: City) -> None:
    where, neighbourhood = await grounds(city), city.services.community.neighbourhood
    waiting = [(await asked(city, where, named(new_id()))).residency.id for _ in range(MOST_PEOPLE + 3)]

    async def let_in(residency: str) -> str:
        try:
            return (await neighbourhood.verifying.settle(where.keeper, residency, True, "", new_id())).residency.state
        except HouseholdFull as full:
            return f"full {full.most}"

    got = await asyncio.gather(*(let_in(one) for one in waiting))
    assert (got.count("resident"), got.count(f"full {MOST_PEOPLE}")) == (MOST_PEOPLE, 3)


async def test_the_head_hands_on_and_who_moves_out_is_head_no_more(city: City) -> None:
    where, residents = await grounds(city), city.services.community.neighbourhood.residents
    first, mine = await moved_in(city, where)
    second, theirs = await moved_in(city, where, relation=Relation.TENANT)
    await residents.hand_on(named(first), theirs, new_id())
    assert [one.head for one in await residents.mine(named(second))] == [True]
    await residents.leave(named(second), mine, new_id())  # the head has somebody moved out
    assert await residents.living(first) == []
    await residents.leave(named(second), theirs, new_id())
    household = await residents.household((await _all(city, second))[0])
    assert household is not None
    assert (household.people, household.head) == (0, None)
    with pytest.raises(NotResident):
        await residents.resident(second, theirs)


async def test_when_the_head_moves_out_the_next_owner_or_tenant_is_head_and_is_told(city: City) -> None:
    where, residents = await grounds(city), city.services.community.neighbourhood.residents
    first, mine = await moved_in(city, where)
    lodger, theirs = await moved_in(city, where, relation=Relation.FAMILY)
    second, next_ = await moved_in(city, where, relation=Relation.TENANT)
    third, _ = await moved_in(city, where, relation=Relation.OWNER)
    await residents.leave(named(first), mine, new_id())
    heads = {who: (await residents.mine(named(who)))[0].head for who in (lodger, second, third)}
    assert heads == {lodger: False, second: True, third: False}
    told = await city.db["outbox"].find({"type": "household.headed", "citizen": second}).to_list(None)
    assert [one["facts"] for one in told] == [{"residency": next_}]
    waiting = (await asked(city, where, named(new_id()))).residency.id
    assert (await residents.settle(named(second), waiting, True, "", new_id())).head
    assert theirs != next_


async def test_of_a_home_without_head_the_estate_alone_lets_in_and_its_family_waits_for_it(city: City) -> None:
    where, neighbourhood = await grounds(city), city.services.community.neighbourhood
    first, mine = await moved_in(city, where)
    lodger, _ = await moved_in(city, where, relation=Relation.FAMILY)
    await neighbourhood.residents.leave(named(first), mine, new_id())
    waiting = (await asked(city, where, named(new_id()), Relation.OWNER)).residency.id
    with pytest.raises(ResidencyUnknown):
        await neighbourhood.residents.settle(named(lodger), waiting, True, "", new_id())
    page = await neighbourhood.verifying.page(where.keeper, where.code, ResidencyState.ASKED, PageRequest())
    assert [one.residency.id for one in page.items] == [waiting]
    assert (await neighbourhood.verifying.settle(where.keeper, waiting, True, "", new_id())).head


async def test_let_in_by_the_head_and_by_the_estate_at_once_somebody_lives_there_once(city: City) -> None:
    where, neighbourhood = await grounds(city), city.services.community.neighbourhood
    head, _ = await moved_in(city, where)
    who = named(new_id())
    waiting = (await asked(city, where, who)).residency.id
    by_head, by_estate = neighbourhood.residents.settle, neighbourhood.verifying.settle
    got = await asyncio.gather(
        *(by_head(named(head), waiting, True, "", new_id()) for _ in range(3)),
        *(by_estate(where.keeper, waiting, True, "", new_id()) for _ in range(3)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in got if isinstance(one, BaseException)) == ["ResidencyStateWrong"] * 5
    household = await neighbourhood.residents.household((await _all(city, who.subject or ""))[0])
    assert household is not None
    assert household.people == 2
    told = await city.db["outbox"].find({"type": "residency.accepted", "citizen": who.subject}).to_list(None)
    assert len(told) == 1


async def test_moved_out_by_two_at_once_one_has_left(city: City) -> None:
    where, residents = await grounds(city), city.services.community.neighbourhood.residents
    head, mine = await moved_in(city, where)
    lodger, theirs = await moved_in(city, where, relation=Relation.FAMILY)
    leaves = ((head, theirs), (lodger, theirs), (head, mine))
    await asyncio.gather(
        *(residents.leave(named(who), home, new_id()) for who, home in leaves for _ in range(2)), return_exceptions=True
    )
    household = await residents.household((await _all(city, head))[0])
    assert household is not None
    assert (household.people, household.head) == (0, None)


async def test_where_somebody_lives_is_sealed_and_the_estate_sees_no_names_of_residents(city: City) -> None:
    where, neighbourhood = await grounds(city), city.services.community.neighbourhood
    who, residency = await moved_in(city, where)
    row = await city.db["residencies"].find_one({"_id": residency})
    assert row is not None
    assert isinstance(row["home"], bytes)
    assert "1 101" not in repr({name: row[name] for name in ("household", "court", "estate", "relation", "state")})
    page = await neighbourhood.verifying.page(where.keeper, where.code, ResidencyState.RESIDENT, PageRequest())
    assert [(one.residency.id, one.name, one.residency.label) for one in page.items] == [(residency, "", "1 101")]
    stranger = (await grounds(city)).keeper
    others = await neighbourhood.verifying.page(stranger, where.code, ResidencyState.RESIDENT, PageRequest())
    assert others.items == ()
    assert await neighbourhood.residents.one(named(new_id()), residency) is None
    looked = await city.db["audit"].count_documents({"action": "residents.read", "target": where.code})
    assert (who != residency, looked) == (True, 1)


async def test_who_leaves_the_city_lives_nowhere(city: City) -> None:
    where, residents = await grounds(city), city.services.community.neighbourhood.residents
    who, _ = await moved_in(city, where)
    for _ in range(2):
        await residents.end_all(named(who), who)
    assert await residents.living(who) == []


async def test_a_file_of_homes_with_bad_lines_brings_none_and_names_them_all(city: City) -> None:
    where, homes = await grounds(city), city.services.community.neighbourhood.homes
    bad = "building,room\n7,701\n,702\n7,???\n7,701\n7\n"
    with pytest.raises(HomeImportRefused) as refused:
        await homes.bring(where.keeper, where.code, bad)
    assert [(row.line, row.fault) for row in refused.value.rows] == [
        (3, HomeFault.HOME_BUILDING),
        (4, HomeFault.HOME_ROOM),
        (5, HomeFault.HOME_TWICE),
        (6, LineFault.COLUMNS),
    ]
    estates = city.services.community.neighbourhood.estates
    assert await estates.rooms(where.code, "7") == []
    good = "building,room\n7,701\n7,702\n"
    for fresh in (2, 0):
        done = await homes.bring(where.keeper, where.code, good + "\n" * fresh)
        assert (done.tally.fresh, done.tally.same) == (fresh, 2 - fresh)
    assert await estates.rooms(where.code, "7") == ["701", "702"]


@pytest.mark.parametrize(
    ("raw", "kept"),
    [(" 3 ", "3"), ("12a", "12A"), ("3幢 2单元", "3幢2单元"), ("B1-07", "B1-07"), ("", None), ("?", None)],
)
def test_a_door_is_read_however_it_is_typed(raw: str, kept: str | None) -> None:
    assert door(raw) == kept


async def _all(city: City, citizen: str) -> list[str]:
    rows = await city.db["residencies"].find({"citizen": citizen}).to_list(None)
    return [row["household"] for row in rows]
