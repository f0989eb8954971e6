"""Points and rides of the seeded city: whole, invented, and the same when the seed runs again."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from app.core.paging import PageRequest
from app.seed.demo import Demo
from app.seed.identity import seed_identity
from app.seed.payment.giving import person, seed_giving
from app.seed.payment.merchants import seed_merchants
from app.seed.payment.rides import seed_riding
from app.tour.journey import Journey
from app.tour.payment.giving import Giving
from app.tour.payment.payer import Payer
from app.wiring import City
from mocks.city import PEOPLE
from mocks.divisions import neighbourhood
from mocks.giving import seed_lines, seed_operators, seed_points, seed_rides
from mocks.merchants import merchants
from tests.support.api import Api
from tests.support.giving import citizen_of, passenger
from tests.support.paying import put_on


def test_what_is_seeded_names_what_there_is() -> None:
    points, people = seed_points(), {one.key for one in PEOPLE}
    shops, givers = {one.key for one in merchants()}, {one.key for one in points.givers}
    assert {one.key for one in points.partners} <= shops
    assert {one.giver for one in points.grants} <= givers
    assert {one.to for one in points.grants} | {one.giver for one in points.gifts} <= people
    assert {one.cause for one in points.gifts} <= {one.key for one in points.causes}
    assert {one.operator for one in seed_lines()} == seed_operators().keys()
    lines = {(one.operator, one.line) for one in seed_lines()}
    assert len(lines) == 6
    assert {(one.operator, one.line) for one in seed_rides()} <= lines
    assert {one.person for one in seed_rides()} <= people


class InProcess(Journey):
    """Whose people are made by the test, without stand-ins."""

    def __init__(self, api: Api, demo: dict[str, Any]) -> None:
        super().__init__(api.http, httpx2.AsyncClient(), "", "", demo)
        self._api = api

    def another(self) -> Journey:
        return InProcess(self._api, self._demo)

    async def sign_in(self) -> str:
        person = await passenger(self._api)
        await put_on(self._api.city, citizen_of(person), 10_000)
        self.phone.token = person.token
        return ""

    async def verify_identity(self) -> str:
        return ""


async def test_a_repeated_seed_gives_and_carries_nothing_twice_and_the_tour_walks_it(city: City, api: Api) -> None:
    demo = Demo()
    await seed_identity(city, demo, neighbourhood(), lambda said: None)
    await seed_merchants(city, demo, lambda said: None)
    seen = None
    for _ in range(2):
        await seed_giving(city, demo, lambda said: None)
        await seed_riding(city, demo, lambda said: None)
        citizen = await person(city, "lin-xiaofeng")
        assert citizen is not None
        held = (await city.services.payment.points.book.of(citizen)).points
        rides = await city.services.payment.rides.rides.of_operator("city-bus", PageRequest())
        causes = [(one.cause.code, one.points) for one in await city.services.payment.points.causes.listed()]
        now = (held, [one.id for one in rides.items], causes)
        assert held > 0
        assert rides.items
        assert now == (seen or now)
        seen = now
    await walked(api, demo)


async def walked(api: Api, demo: Demo) -> None:
    """The tour's part with points, a red packet and rides."""
    shown = json.loads(demo.as_json())
    journey = InProcess(api, shown)
    await journey.sign_in()
    told = [await step() for _, step in Giving(Payer(journey, api.http, shown)).steps()]
    assert "120 points" in told[0]
    assert "TRANSFER -1.00" in told[4]
    assert told[5].endswith("0 rides are owed")
