"""The seeded directory: enough of everything, run by who the story needs, and brought again without a change."""

from __future__ import annotations

from app.core.paging import PageRequest
from app.core.places.model import Point
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.life.directory.doubles.model import DoubleState
from app.domains.life.directory.kinds.model import PlaceClass
from app.domains.life.directory.places.model import Which
from app.seed.life.places import id_of, seed_places
from app.wiring import City
from mocks.places import seeded_places, story_places
from tests.support.api import OPS

SQUARE = Point(26.0745, 119.3030)


async def test_the_seed_fills_the_directory_once_and_the_pharmacy_of_the_story_is_near(city: City) -> None:
    await city.services.organisations.put(OPS, Organisation("first-hospital", "榕城第一医院", Kind.HOSPITAL))
    said = list[str]()
    for _ in range(2):
        await seed_places(city, said.append, small=True)
    assert said == ["306 places", "306 places"]
    assert await city.db["places"].count_documents({}) == await city.db["places"].count_documents({"active": True})
    directory = city.services.life.directory
    page = await directory.places.near(SQUARE, Which(kind="pharmacy"), 5_000, True, PageRequest(3))
    assert (page.items[0].place.id, page.items[0].place.operator) == (id_of(story_places()[0]), "first-hospital")
    for group in PlaceClass:
        assert (await directory.places.listed(Which(group), False, PageRequest(1))).items, group
    assert len((await directory.doubles.page(DoubleState.OPEN, PageRequest(100))).items) < 10


def test_the_generator_gives_the_same_each_time_and_as_many_as_are_wanted() -> None:
    many = list(seeded_places(10_000))
    assert len({one.reference for one in many}) == 10_000
    assert many[:50] == list(seeded_places(50))
