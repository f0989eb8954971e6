"""The seeded city's table of responsibilities: no category in any of its counties is nobody's."""

from __future__ import annotations

import pytest

from app.domains.voice.centre.dispatch.proposals.model import Why, matter_of, proposed
from app.domains.voice.places.model import Place
from app.seed.demo import Demo
from app.seed.identity import seed_organisations
from app.seed.voice.categories import seed_categories
from app.seed.voice.dispatch import seed_dispatch, seed_units
from app.wiring import City
from mocks.divisions import neighbourhood
from tests.voice.test_dispatch_proposals import case


def quiet(said: str) -> None:
    """What the seed says is not looked at."""


@pytest.fixture
async def seeded(city: City) -> City:
    await seed_organisations(city, neighbourhood())
    for _ in range(2):  # all of it can be repeated
        await seed_units(city, Demo(), quiet)
        await seed_categories(city, quiet)
        await seed_dispatch(city, quiet)
    return city


async def test_no_category_of_the_seeded_city_is_nobodys(seeded: City) -> None:
    voice, tree = seeded.services.voice, seeded.services.organisations.tree
    book, counties = voice.centre.rules.book, [one.code for one in tree.under("350100000000") if one.code.isdigit()]
    fallen = set()
    for category in voice.categories.tree.leaves():
        way = [one.code for one in voice.categories.tree.path(category.code)]
        for county in counties:
            one = case(county, category=category.code, place=Place(county))
            made = proposed(one, matter_of(one, way, None, tree), book, tree)
            assert made.unit is not None
            assert tree.grants(made.unit, "cases")
            if made.why.is_fallback:
                fallen.add(category.code)
    assert fallen == set()
    assert all(rule.version == 1 for rule in book.rules.values())


async def test_who_owns_the_asset_has_it_before_the_bureau(seeded: City) -> None:
    voice, tree = seeded.services.voice, seeded.services.organisations.tree
    one = case("350102001000")
    lamp = [part.code for part in voice.categories.tree.path("light-out")]
    by_place = proposed(one, matter_of(one, lamp, None, tree), voice.centre.rules.book, tree)
    by_owner = proposed(one, matter_of(one, lamp, "city-gas", tree), voice.centre.rules.book, tree)
    assert (by_place.unit, by_place.why) == ("350102-cgj", Why.RULE)
    assert (by_owner.unit, by_owner.why) == ("city-gas", Why.ASSET_OWNER)
