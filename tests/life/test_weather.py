"""Severe-weather notices: where they hold, and what the weather service tells again and again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from app.core.errors import Unavailable
from app.core.ids import new_id
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.surroundings.readings.model import Heard
from app.domains.life.surroundings.weather.model import (
    HeardWeather,
    Weather,
    WeatherKind,
    WeatherLevel,
    WeatherNotice,
)
from app.domains.life.surroundings.weather.service import WeatherService
from app.domains.life.surroundings.weather.store import WeatherStore, id_of_source
from app.wiring import City
from tests.conftest import Fakes

NOON = datetime.fromisoformat("2026-11-22T04:00:00+00:00")
GULOU, TAIJIANG, UNKNOWN = "350102000000", "350103000000", "999999999999"


@pytest.fixture
def city(shared_city: tuple[City, Fakes]) -> City:
    return shared_city[0]


def says(now: datetime, *areas: str) -> Weather:
    words = Said("台风将在夜间登陆，请减少外出。", "Stay indoors.")
    return Weather(WeatherKind.TYPHOON, WeatherLevel.BLUE, words, now + timedelta(hours=6), areas)


@pytest.mark.parametrize(
    ("area", "division", "holds"),
    [
        ("350103010000", "350103010000", True),
        ("350103010000", "350103011000", False),  # the next street: the zero before is its own
        ("350103010000", "350103012000", False),
        ("350103000000", "350103010000", True),
        ("350103010000", "350103000000", True),
        ("350100000000", "350103010000", True),
        ("350110000000", "350111000000", False),
        ("350000000000", "350103010000", True),
        ("350103010000", "350103010005", True),
    ],
)
def test_what_holds_in_a_street_holds_in_no_other(area: str, division: str, holds: bool) -> None:
    assert WeatherNotice("one", says(NOON, area), NOON).holds_in(division) is holds


async def test_a_notice_that_names_a_division_unknown_here_is_told_once_and_not_with_each_look(city: City) -> None:
    heard = HeardWeather(f"fj-{new_id()}", says(city.clock.now(), GULOU, UNKNOWN), city.clock.now())
    feed = _Feed([heard])
    service = _service(city, feed)
    assert [await service.pull() for _ in range(3)] == [1, 0, 0]
    kept = await service.one(id_of_source(heard.source))
    assert kept is not None
    assert (kept.version, kept.says.areas) == (1, (GULOU,))
    feed.told = [HeardWeather(heard.source, says(city.clock.now(), GULOU, TAIJIANG, UNKNOWN), heard.issued_at)]
    assert [await service.pull() for _ in range(2)] == [1, 0]
    feed.told = [HeardWeather(heard.source, says(city.clock.now(), UNKNOWN), heard.issued_at, cancelled=True)]
    assert [await service.pull() for _ in range(2)] == [1, 0]


async def test_a_notice_that_cannot_be_told_keeps_no_other_waiting(city: City) -> None:
    first, second = (HeardWeather(f"fj-{new_id()}", says(city.clock.now()), city.clock.now()) for _ in range(2))
    service, crier = _service(city, _Feed([first, second])), _Hoarse()
    await service.pull()
    ids = sorted(id_of_source(one.source) for one in (first, second))
    crier.fails = {ids[0]}
    await service.tell(crier)
    assert [one for one in crier.told if one in ids] == [ids[1]]
    crier.fails = set()
    await service.tell(crier)
    assert [one for one in crier.told if one in ids] == [ids[1], ids[0]]


def _service(city: City, feed: _Feed) -> WeatherService:
    return WeatherService(city.db, feed, WeatherStore(city.db), _Divisions(), city.audit, city.once, city.clock)


class _Feed:
    def __init__(self, told: Sequence[HeardWeather]) -> None:
        self.told = told

    async def readings(self, since: datetime) -> Sequence[Heard]:
        return ()

    async def weather(self) -> Sequence[HeardWeather]:
        return self.told


class _Divisions:
    def of(self, point: Point) -> str | None:
        return None

    def holds(self, code: str) -> bool:
        return code != UNKNOWN


class _Hoarse:
    """Tells all but some."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.fails: set[str] = set()

    async def tell(self, notice: WeatherNotice) -> None:
        if notice.id in self.fails:
            raise Unavailable
        self.told.append(notice.id)
