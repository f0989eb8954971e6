"""The seeded volunteers: once, however often; hours, points and a wish that was thanked for."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.paging import PageRequest
from app.domains.community.volunteers.hours.model import HoursState
from app.domains.community.wishes.model import WishState
from app.domains.identity.organisations.model import Kind, Organisation
from app.seed.community.volunteers import seed_volunteers
from app.seed.demo import Demo
from mocks.city import PEOPLE
from mocks.volunteers import seed_volunteering
from tests.support.api import OPS, Api
from tests.support.volunteering import named

FIRST = PageRequest(first=100)


def test_the_data_speak_of_people_and_groups_that_are_there() -> None:
    data, people = seed_volunteering(), {one.key for one in PEOPLE}
    groups, keepers = {one.key for one in data.groups}, {one.key for one in data.keepers}
    assert {one.person for one in data.volunteers} <= people
    assert {group for one in data.volunteers for group in one.groups} <= groups
    assert {one.group for one in data.activities} <= groups
    assert {one.keeper for one in (*data.groups, *data.wishes)} <= keepers
    assert {person for one in data.activities for person, _ in one.there} <= people


@pytest.fixture
async def seeded(api: Api) -> dict[str, Any]:
    """A city with two of its people, and their citizens' ids."""
    city, known = api.city, {}
    await city.services.organisations.put(OPS, Organisation("350100-mzj", "民政局", Kind.DEPARTMENT))
    for one in PEOPLE:
        if one.key in ("lin-xiaofeng", "chen-jingyi", "huang-xiuying", "zheng-guodong"):
            person = api.person()
            person.name, person.phone, person.id_number = one.name, one.phone, one.id_number
            known[one.key] = api.key(await api.verified(person))
    for _ in range(2):
        await seed_volunteers(city, Demo(), lambda _: None)
    return {"city": city, **known}


async def test_the_seed_makes_hours_points_and_wishes_once(seeded: dict[str, Any]) -> None:
    city = seeded["city"]
    ours = city.services.community.volunteering
    mine = await ours.hours.mine(named(seeded["lin-xiaofeng"]), FIRST)
    assert {one.state for one in mine.items} == {HoursState.PUBLISHED}
    volunteer = await ours.register.mine(named(seeded["lin-xiaofeng"]))
    assert volunteer is not None
    assert volunteer.minutes == 416
    assert (await city.services.payment.points.book.of(seeded["lin-xiaofeng"])).points == 58 + 60
    assert len((await ours.activities.coming(FIRST)).items) == 4
    assert len((await ours.groups.listed(FIRST)).items) == 3
    joined, _ = await ours.groups.mine(named(seeded["chen-jingyi"]))
    assert len(joined) == 2
    states = [one.state for one in (await ours.wishes.of_city(None, FIRST)).items]
    assert (states.count(WishState.OPEN), states.count(WishState.CONFIRMED)) == (4, 1)
