"""Visits of relatives: only who was named asks; a time has its places and a resident his peace; all ends in order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import date

import pytest

from app.core.clock import CITY_TIME
from app.core.errors import Outcome, RateLimited
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.community.family_visits.errors import CareHouseInvalid
from app.domains.community.family_visits.houses.model import CareHouse, HouseKind, VisitingTime, VisitRules
from app.domains.community.family_visits.model import FamilyVisitState, VisitWish
from app.domains.community.family_visits.stays.model import StayState
from graphql_schema.types.common import key_of
from tests.support.api import OPS, Api, Person
from tests.support.estates import named
from tests.support.fakes import MovableClock
from tests.support.family_visits import House, house_of

PAGE = PageRequest()


def house(*times: VisitingTime, rules: VisitRules | None = None) -> CareHouse:
    parts = ("ward-2", "hospital", HouseKind.WARD, Said("二病区", "Ward 2"), "东街 2 号")
    return CareHouse(*parts, times, rules or VisitRules())


def test_times_are_those_in_which_a_whole_visit_fits() -> None:
    mornings, evenings = VisitingTime((0,), 9 * 60, 11 * 60 + 30), VisitingTime((0, 1), 18 * 60, 19 * 60)
    monday = house(mornings, evenings).slots(date(2026, 11, 23))
    assert [(one.hour, one.minute) for one in monday] == [(9, 0), (10, 0), (18, 0)]
    assert {one.tzinfo for one in monday} == {CITY_TIME}
    assert house(mornings).slots(date(2026, 11, 24)) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (house(), "times"),
        (house(VisitingTime((), 0, 60)), "times"),
        (house(VisitingTime((7,), 0, 60)), "times"),
        (house(VisitingTime((0,), 600, 630)), "times"),  # no visit fits
        (house(VisitingTime((0,), 0, 24 * 60)), "times"),
        (house(VisitingTime((0,), 0, 600), rules=VisitRules(minutes=5)), "minutes"),
        (house(VisitingTime((0,), 0, 600), rules=VisitRules(a_day=0)), "aDay"),
    ],
)
def test_a_house_says_what_cannot_be(changed: CareHouse, field: str) -> None:
    with pytest.raises(CareHouseInvalid) as refused:
        changed.checked()
    assert refused.value.field == field


async def code_of(done: Awaitable[object]) -> str:
    try:
        await done
    except Outcome as refused:
        return refused.code
    return "done"


def viewer(person: Person) -> Viewer:
    return named(key_of(str(person.citizen_id), "Citizen"))


async def stayed(api: Api, **rules: int) -> tuple[House, str, Person, Person]:
    """A house, a stay, who stays there and whom he named."""
    where, resident, relative = await house_of(api.city, **rules), await api.verified(), await api.verified()
    stay = await where.stay(resident)
    await where.name(stay, resident, relative)
    return where, stay, resident, relative


async def test_only_who_was_named_may_ask_and_see_the_times(shared_api: Api) -> None:
    where, stay, resident, relative = await stayed(shared_api)
    stranger = await shared_api.verified()
    assert await code_of(where.ask(stay, stranger)) == "NOT_NAMED"
    day = where.time().date()
    assert await where.ours.visits.times(viewer(stranger), stay, day) == []
    assert await where.ours.visits.times(viewer(relative), stay, day) != []
    assert await code_of(where.ask(stay, relative)) == "done"
    assert [one.name for one in await where.ours.visits.to_visit(viewer(relative))] == [resident.name]
    assert await where.ours.visits.to_visit(viewer(stranger)) == []


async def test_a_name_of_the_registry_is_asked_of_who_visits(shared_api: Api) -> None:
    where, stay, resident, _ = await stayed(shared_api)
    unnamed = await shared_api.sign_in(shared_api.person())
    await where.name(stay, resident, unnamed)
    nobody = Viewer(role=Role.CITIZEN, actor=viewer(unnamed).actor, subject=viewer(unnamed).actor)
    wish = VisitWish(stay, where.time(), 1, "")
    assert await code_of(where.ours.visits.ask(nobody, wish, new_id())) == "RESIDENT_NEEDS_REAL_NAME"


async def test_of_many_at_once_as_many_come_as_there_is_room_for(shared_api: Api) -> None:
    where = await house_of(shared_api.city, at_once=2, a_day=10)
    resident = await shared_api.verified()
    stay, at = await where.stay(resident), where.time()
    relatives = [await shared_api.verified() for _ in range(5)]
    for one in relatives:
        await where.name(stay, resident, one)
    codes = Counter(await asyncio.gather(*(code_of(where.ask(stay, one, at)) for one in relatives)))
    assert codes == {"done": 2, "VISITING_TIME_FULL": 3}


async def test_a_resident_has_his_peace_and_what_is_taken_back_leaves_its_place(shared_api: Api) -> None:
    where, stay, _, relative = await stayed(shared_api, a_day=1)
    first = await where.ask(stay, relative)
    same_day = first.visit.starts_at
    assert await code_of(where.ask(stay, relative, same_day)) == "VISITED_ENOUGH"
    for _ in range(2):
        await code_of(where.ours.visits.withdraw(viewer(relative), first.visit.id, new_id()))
    assert await code_of(where.ask(stay, relative, same_day)) == "done"
    rows = (
        await shared_api.city.db["family_visit_places"].find({"_id": {"$in": list(first.visit.places)}}).to_list(None)
    )
    assert {row["taken"] for row in rows} == {1}


async def test_a_refusal_says_why_and_is_told(shared_api: Api) -> None:
    where, stay, _, relative = await stayed(shared_api)
    visit = (await where.ask(stay, relative)).visit.id
    settle = where.ours.keeping.settle
    assert await code_of(settle(where.keeper, visit, False, " ", new_id())) == "FAMILY_VISIT_INVALID"
    other = await house_of(shared_api.city)
    assert await code_of(settle(other.keeper, visit, True, "", new_id())) == "FAMILY_VISIT_UNKNOWN"
    await settle(where.keeper, visit, False, "当天院内消毒", new_id())
    mine = await where.ours.visits.one(viewer(relative), visit)
    assert mine is not None
    assert (mine.visit.state, mine.visit.reason) == (FamilyVisitState.REFUSED, "当天院内消毒")
    told = {"citizen": mine.visit.citizen, "type": "family_visit.refused"}
    assert await shared_api.city.db["outbox"].count_documents(told) == 1
    assert await code_of(settle(where.keeper, visit, True, "", new_id())) == "FAMILY_VISIT_STATE_WRONG"


async def test_a_visit_is_over_only_when_it_has_begun(api: Api, clock: MovableClock) -> None:
    where, stay, _, relative = await stayed(api)
    visit = (await where.ask(stay, relative)).visit
    await where.ours.keeping.settle(where.keeper, visit.id, True, "", new_id())
    close = where.ours.keeping.close
    assert await code_of(close(where.keeper, visit.id, True, new_id())) == "FAMILY_VISIT_INVALID"
    clock.advance(seconds=(visit.starts_at - clock.now()).total_seconds() + 60)
    assert (await close(where.keeper, visit.id, True, new_id())).visit.state is FamilyVisitState.DONE


async def test_what_nobody_answered_lapses_once(api: Api, clock: MovableClock) -> None:
    where, stay, _, relative = await stayed(api)
    visit = (await where.ask(stay, relative)).visit
    clock.advance(seconds=(visit.starts_at - clock.now()).total_seconds() + 1)
    assert sum(await asyncio.gather(*(where.ours.keeping.sweep() for _ in range(3)))) == 1
    seen = await where.ours.visits.one(viewer(relative), visit.id)
    assert seen is not None
    assert seen.visit.state is FamilyVisitState.LAPSED
    assert await api.city.db["outbox"].count_documents({"type": "family_visit.lapsed", "citizen": visit.citizen}) == 1


async def test_who_is_named_no_more_comes_no_more(shared_api: Api) -> None:
    where, stay, resident, relative = await stayed(shared_api)
    visit = (await where.ask(stay, relative)).visit.id
    seen = (await where.ours.stays.mine(viewer(resident)))[0]
    assert (
        await code_of(where.ours.stays.unname(viewer(relative), seen.relatives[0].id, new_id())) == "RELATIVE_UNKNOWN"
    )
    await where.ours.stays.unname(viewer(resident), seen.relatives[0].id, new_id())
    mine = await where.ours.visits.one(viewer(relative), visit)
    assert mine is not None
    assert mine.visit.state is FamilyVisitState.CANCELLED
    assert await code_of(where.ask(stay, relative)) == "NOT_NAMED"


async def test_an_end_of_the_stay_and_leaving_the_city_end_the_visits(shared_api: Api) -> None:
    where, stay, resident, relative = await stayed(shared_api)
    visit = (await where.ask(stay, relative)).visit.id
    await where.ours.stays.end_all(OPS, str(viewer(relative).actor))
    mine = await where.ours.visits.one(viewer(relative), visit)
    assert mine is not None
    assert mine.visit.state is FamilyVisitState.CANCELLED
    for _ in range(2):
        await where.ours.stays.end_all(OPS, str(viewer(resident).actor))
    assert await where.ours.stays.mine(viewer(resident)) == []
    assert await where.ours.visits.to_visit(viewer(relative)) == []


async def test_a_phone_that_nobody_has_is_tried_twenty_times_an_hour(shared_api: Api) -> None:
    where, resident = await house_of(shared_api.city), await shared_api.verified()
    await where.stay(resident)
    propose = where.ours.stays.propose
    keeper = Viewer(Role.PROVIDER_STAFF, new_id(), organisation=where.organisation, scopes=where.keeper.scopes)
    for number in range(20):
        phone = f"1390000{7000 + number}"
        assert await code_of(propose(keeper, where.code, phone, "1 床", new_id())) == "RELATIVE_UNKNOWN"
    with pytest.raises(RateLimited):
        await propose(keeper, where.code, "13900008000", "1 床", new_id())
    assert await code_of(propose(where.keeper, where.code, resident.phone, "1 床", new_id())) == "STAY_ENTERED"


async def test_a_phone_leads_to_no_name_of_who_has_not_agreed(shared_api: Api) -> None:
    where, resident, relative = (
        await house_of(shared_api.city),
        await shared_api.verified(),
        await shared_api.verified(),
    )
    stays, start = where.ours.stays, resident.name[0]

    async def seen(state: StayState | None = None) -> list[str]:
        page = await stays.of_house(where.keeper, where.code, state, PAGE)
        return [(one.names or {})[one.stay.citizen] for one in page.items]

    asked = await stays.propose(where.keeper, where.code, resident.phone, "1 床", new_id())
    hidden = start + "*" * (len(resident.name) - 1)
    assert [*(asked.names or {}).values(), *await seen()] == [hidden, hidden]
    await stays.end(where.keeper, asked.stay.id, new_id())
    assert await seen(StayState.ENDED) == [hidden]
    stay = await where.stay(resident)
    assert await seen() == [resident.name]
    await where.name(stay, resident, relative)
    (own,) = await stays.mine(viewer(resident))
    named_ = own.names or {}
    assert named_[own.stay.citizen] == resident.name
    assert named_[own.relatives[0].citizen] == relative.name[0] + "*" * (len(relative.name) - 1)


async def test_two_houses_do_not_see_each_other_s_people(shared_api: Api) -> None:
    where, stay, _, relative = await stayed(shared_api)
    await where.ask(stay, relative)
    other = await house_of(shared_api.city)
    assert (await other.ours.stays.of_house(other.keeper, where.code, None, PAGE)).items == ()
    assert (await other.ours.keeping.of_house(other.keeper, where.code, None, PAGE)).items == ()
    assert await code_of(other.ours.stays.end(other.keeper, stay, new_id())) == "STAY_UNKNOWN"
    assert [one.visitor for one in (await where.ours.keeping.of_house(where.keeper, where.code, None, PAGE)).items] == [
        relative.name
    ]
