"""The gateway of who measures, before the stand-in: what it misbehaves in is left out or is Unavailable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from app.core.errors import Unavailable
from app.domains.life.surroundings.stations.model import StationKind
from app.gateways.http import Patience
from app.gateways.surroundings import HttpSurroundings
from mocks.faults import Faults
from mocks.surroundings import Mood, Surroundings
from mocks.surroundings_values import measuring_stations

KEY = "test-surroundings"


@pytest.fixture
def stand_in() -> Surroundings:
    return Surroundings(KEY)


def _gateway(stand_in: Surroundings, key: str = KEY) -> HttpSurroundings:
    app = Starlette(routes=stand_in.routes())
    patience = Patience(attempts=1)
    transport = httpx2.ASGITransport(app)
    return HttpSurroundings("http://mocks.test/surroundings", SecretStr(key), patience=patience, transport=transport)


async def test_the_last_hours_of_each_station_are_heard_and_can_have_been_measured(stand_in: Surroundings) -> None:
    async with _gateway(stand_in) as gateway:
        heard = await gateway.readings(datetime.now(UTC) - timedelta(hours=6))
    assert {one.station for one in heard} == {one.code for one in measuring_stations()}
    kinds = {one.code: StationKind(one.kind) for one in measuring_stations()}
    assert all(kinds[one.station].possible(name, value) for one in heard for name, value in one.values.items())
    assert len({(one.station, one.at) for one in heard}) == len(heard)


async def test_doubled_and_impossible_readings_come_through_for_the_room_to_judge(stand_in: Surroundings) -> None:
    since = datetime.now(UTC) - timedelta(hours=4)
    async with _gateway(stand_in) as gateway:
        usual = await gateway.readings(since)
        stand_in.mood = Mood.DOUBLED
        assert len(await gateway.readings(since)) == 2 * len(usual)
        stand_in.mood = Mood.IMPOSSIBLE
        assert any(value < 0 for one in await gateway.readings(since) for value in one.values.values())


async def test_who_does_not_answer_as_agreed_is_unavailable(stand_in: Surroundings) -> None:
    since = datetime.now(UTC)
    async with _gateway(stand_in, "wrong") as gateway:
        with pytest.raises(Unavailable):
            await gateway.readings(since)
    async with _gateway(stand_in) as gateway:
        stand_in.mood = Mood.BROKEN
        with pytest.raises(Unavailable):
            await gateway.readings(since)
        stand_in.switch.set(Faults(status=500))
        with pytest.raises(Unavailable):
            await gateway.weather()
