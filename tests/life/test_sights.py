"""Sights: how crowded they are, and routes of a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import new_id
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.culture.tourism.errors import DayRouteInvalid
from app.domains.life.culture.tourism.model import Crowd, CrowdLevel, DayRoute, legs, level_of
from tests.support.api import OPS, Api
from tests.support.culture import house_of
from tests.support.culture_walk import a_sight

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("people", "level"),
    [
        (0, CrowdLevel.QUIET),
        (399, CrowdLevel.QUIET),
        (400, CrowdLevel.BUSY),
        (799, CrowdLevel.BUSY),
        (800, CrowdLevel.WARNING),
        (999, CrowdLevel.WARNING),
        (1_000, CrowdLevel.FULL),
        (90_000, CrowdLevel.FULL),
    ],
)
def test_how_crowded_a_sight_is_goes_by_what_may_be_there(people: int, level: CrowdLevel) -> None:
    assert level_of(Crowd(people, NOW), 1_000, NOW) is level


def test_an_old_count_says_nothing_of_now() -> None:
    assert level_of(Crowd(900, NOW - timedelta(minutes=31)), 1_000, NOW) is CrowdLevel.UNKNOWN
    assert level_of(None, 1_000, NOW) is CrowdLevel.UNKNOWN


@given(st.integers(0, 500_000), st.integers(1, 500_000))
def test_more_people_never_look_like_fewer(people: int, room: int) -> None:
    order = [CrowdLevel.QUIET, CrowdLevel.BUSY, CrowdLevel.WARNING, CrowdLevel.FULL]
    one, more = (order.index(level_of(Crowd(n, NOW), room, NOW)) for n in (people, people + 1))
    assert one <= more


def test_a_way_begins_where_its_first_stop_is() -> None:
    way = legs([Point(26.08, 119.29), Point(26.08, 119.30), Point(26.09, 119.30)])
    assert way[0].metres == 0
    assert [1_250 < leg.metres < 1_500 for leg in way[1:]] == [True, True]
    assert way[1].minutes == round(way[1].metres / 75)


async def test_the_operator_counts_and_everybody_sees_it(shared_api: Api) -> None:
    house, other = await house_of(shared_api), await house_of(shared_api)
    sight = {"sightId": await a_sight(shared_api, house)}
    token, foreign = await house.token(), await other.token()
    await shared_api.refused("SightUnknown", "CountSightCrowd", foreign, "provider", **sight, people=1)
    await shared_api.refused("SightInvalid", "CountSightCrowd", token, "provider", **sight, people=-1)
    done = await shared_api.data("CountSightCrowd", token, "provider", **sight, people=860)
    assert done["sight"]["crowd"]["level"] == "WARNING"
    seen = await shared_api.data("Sight", **sight)
    assert (seen["crowd"]["level"], seen["crowd"]["percent"], seen["opening"]["open"]) == ("WARNING", 86, True)


async def test_the_nearest_sight_is_first(shared_api: Api) -> None:
    await a_sight(shared_api, await house_of(shared_api))
    found = await shared_api.data("Sights", near={"latitude": 26.08, "longitude": 119.3})
    away = [one["metres"] for one in found]
    assert away == sorted(away)


@pytest.mark.parametrize("stops", [("one",), ("one", "one"), ("no-such", "nor-this")])
async def test_a_route_leads_past_sights_that_are_there(shared_api: Api, stops: tuple[str, ...]) -> None:
    route = DayRoute(f"r-{new_id()[-12:]}", Said("一日"), stops)
    with pytest.raises(DayRouteInvalid):
        await shared_api.city.services.life.culture.tourism.put_route(OPS, route, new_id())
