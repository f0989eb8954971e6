"""The tour's part with Open311, walked over the seeded city and its stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.jobs.worker import relay_of
from app.seed.demo import Demo
from app.seed.voice.categories import seed_categories
from app.seed.voice.dispatch import seed_units
from app.seed.voice.open311 import seed_neighbours, seed_open311
from app.server import create_app
from app.tour.journey import Journey
from app.tour.open311 import Open311Tour
from app.wiring import City, build
from app.wiring.outside import Outside
from mocks.neighbour_city import NeighbourCity
from tests.conftest import Fakes, settings_for
from tests.support.api import OPS, addressed
from tests.support.served import at_a_port

KEY, CITY = "neighbour-key", "350100000000"
GOVERNMENTS = (
    Organisation(CITY, "福州市", Kind.GOVERNMENT, Level.CITY),
    Organisation("350100-12345", "12345 办公室", Kind.DEPARTMENT, Level.CITY, CITY),
    Organisation("350102000000", "鼓楼区", Kind.GOVERNMENT, Level.COUNTY, CITY),
    Organisation("city-water", "自来水公司", Kind.UTILITY),
    Organisation("city-gas", "燃气公司", Kind.UTILITY),
)


async def working(city: City, stopping: asyncio.Event) -> None:
    relay, voice = relay_of(city), city.services.voice
    while not stopping.is_set():
        await relay.round()
        await voice.messenger.round()
        await voice.neighbour_news.round()
        await asyncio.sleep(0.02)
    await relay.finish()


@pytest.fixture
async def stand_in() -> AsyncIterator[str]:
    there = NeighbourCity(KEY)
    async with at_a_port(Starlette(routes=[*there.routes(), *there.control_routes()])) as url:
        yield url


async def test_the_part_with_open311_is_walked(database_uri: str, database_name: str, stand_in: str) -> None:
    fakes, demo = Fakes(), Demo()
    more = {"neighbour_url": f"{stand_in}/neighbour/open311/v2", "neighbour_key": KEY, "neighbour_pace": 500}
    outside: Outside = fakes.outside
    city = build(settings_for(database_uri, database_name, **more), beyond=outside)
    await city.start()
    for one in GOVERNMENTS:
        await city.services.organisations.put(OPS, one)
    await seed_units(city, demo, lambda _: None)
    await seed_categories(city, lambda _: None)
    for _ in range(2):  # a second seeding gives another key
        demo.open311.clear()
        await seed_open311(city, demo, lambda _: None)
    await seed_neighbours(city, lambda _: None)
    told: dict[str, Any] = {
        "providers": [{"scopes": ["verify:service_hall"]}],
        "departments": demo.departments,
        "open311": demo.open311,
    }
    stopping = asyncio.Event()
    worker = asyncio.create_task(working(city, stopping))
    transport = httpx2.ASGITransport(addressed(create_app(city=city)))
    try:
        async with (
            httpx2.AsyncClient(transport=transport, base_url="http://city.test") as http,
            httpx2.AsyncClient(base_url=stand_in) as control,
        ):
            tour = Open311Tour(Journey(http, control, "http://city.test", stand_in, told), http, told)
            lines = [f"{what}: {await step()}" for what, step in tour.steps()]
    finally:
        stopping.set()
        await worker
        await city.stop()
    assert "filed → accepted" in lines[3]
    assert "Putian" in lines[4]
    assert "已派员处理完毕" in lines[4]
