"""Culture as it is seeded: whole, to come, and the same when the seed runs again."""

from __future__ import annotations

from app.core.paging import PageRequest
from app.domains.life.culture.tourism.model import CrowdLevel
from app.seed.demo import Demo
from app.seed.identity import seed_organisations
from app.seed.life.culture import seed_culture
from app.wiring import City
from mocks.divisions import neighbourhood


async def test_a_repeated_seed_leaves_what_is_on_as_it_is(city: City) -> None:
    await seed_organisations(city, neighbourhood())
    culture = city.services.life.culture
    seen = []
    for _ in range(2):
        await seed_culture(city, Demo(), lambda said: None)
        page = await culture.events.to_come(PageRequest(100))
        seen.append([one.event.id for one in page.items])
        assert (len((await culture.venues.listed(PageRequest(100))).items), len(page.items)) == (6, 12)
        assert all(one.sessions for one in page.items)
    assert seen[0] == seen[1]
    levels = {one.sight.id: one.level for one in await culture.tourism.listed()}
    assert (levels["yantai-hill"], levels["drum-mountain"]) == (CrowdLevel.FULL, CrowdLevel.WARNING)
    assert levels["mawei-shipyard"] is CrowdLevel.UNKNOWN
    assert [len(one.stops) for one in await culture.tourism.routes()] == [4, 2]
