"""The seeded estates: as many as the city has, each with a name and a place of its own; who lives there can begin."""

from __future__ import annotations

from dataclasses import replace

from app.core.paging import PageRequest
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.seed.community.estates import seed_estates
from app.seed.demo import SEEDER, Demo
from app.wiring import City
from mocks.city import PEOPLE
from mocks.estates import all_estates, told_estates
from tests.conftest import Fakes


def test_there_are_146_estates_of_67_committees_with_names_and_places_of_their_own() -> None:
    estates = all_estates()
    assert (len(estates), len({one.committee.code for one in estates})) == (146, 67)
    assert len({one.code for one in estates}) == len({one.zh for one in estates}) == 146
    assert len({(one.latitude, one.longitude) for one in estates}) == 146
    assert {home.key for one in estates for home in one.living} <= {one.key for one in PEOPLE}
    assert all((home.building, home.room) in one.doors for one in estates for home in one.living)


async def test_a_small_city_has_three_and_seeding_again_changes_nothing(city: City, fakes: Fakes) -> None:
    government = Organisation("350100000000", "福州市", Kind.GOVERNMENT, Level.CITY)
    for unit in {government.code, *(one.committee.unit for one in told_estates())}:
        await city.services.organisations.put(SEEDER, replace(government, code=unit))
    demo, said = Demo(), list[str]()
    for _ in range(2):
        await seed_estates(city, demo, said.append, small=True)
    assert said == ["3 estates of 3 committees"]
    page = await city.services.community.neighbourhood.estates.of_city(PageRequest())
    assert [one.code for one in page.items] == ["banyan-garden", "camphor-lane", "riverside-terrace"]
    assert await city.services.community.neighbourhood.estates.homes_of("banyan-garden") == 96
    assert [one["organisation"] for one in demo.payees] == ["rongcheng-estates"]
