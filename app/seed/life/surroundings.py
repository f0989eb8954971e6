"""Stations of air and water with two days of history, and a notice of heat that holds."""

from __future__ import annotations

from datetime import timedelta

from app.core.places.model import Point
from app.core.said import Said
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.life.surroundings.readings.model import HOUR, Heard, hour_of
from app.domains.life.surroundings.stations.model import Station, StationKind
from app.domains.life.surroundings.stations.service import SCOPE
from app.domains.life.surroundings.weather.model import Weather, WeatherKind, WeatherLevel
from app.seed.demo import SEEDER, Demo, Progress
from app.wiring import City
from mocks.surroundings_values import measured, measuring_stations

MEASURES = "rongcheng-measures"
_NAME = Said("榕城环境监测站", "Rongcheng Measuring")
_HOURS = 48


async def seed_surroundings(city: City, demo: Demo, say: Progress) -> None:
    """Can be repeated: hours that are there are not told again."""
    rooms, now = city.services.life.surroundings, city.clock.now()
    organisations = city.services.organisations
    if organisations.tree.get(MEASURES) is None:
        made = Organisation(MEASURES, _NAME.zh, Kind.DEPARTMENT, scopes=frozenset({SCOPE}), name_en=_NAME.en)
        await organisations.put(SEEDER, made)
    await _client(city, demo)
    await rooms.stations.take(SEEDER, [_station(one.code) for one in measuring_stations()])
    last = hour_of(now) - HOUR  # the newest one is the feed's, or who runs the station reports it
    hours = [last - HOUR * back for back in range(_HOURS)]
    heard = [Heard(one.code, at, measured(one, at)) for one in measuring_stations() for at in hours]
    await rooms.readings.take(heard)
    if not await rooms.weather.in_force():
        words = Said("预计明晨有大雾，能见度不足 500 米，请减速慢行。", "Thick fog tomorrow morning: drive slowly.")
        says = Weather(WeatherKind.FOG, WeatherLevel.YELLOW, words, now + timedelta(hours=30))
        await rooms.weather.issue(SEEDER, says, "seed-weather-fog")
    say(f"{len(measuring_stations())} stations with {_HOURS} hours of readings")


def _station(code: str) -> Station:
    one = next(each for each in measuring_stations() if each.code == code)
    return Station(one.code, StationKind(one.kind), Said(*one.name), Point(*one.at), one.operator)


async def _client(city: City, demo: Demo) -> None:
    client = await city.services.clients.create(SEEDER, MEASURES, _NAME.zh, (SCOPE,))
    demo.payees.append(
        {
            "organisation": MEASURES,
            "name": _NAME.zh,
            "name_en": _NAME.en,
            "kind": Kind.DEPARTMENT.value,
            "scopes": [SCOPE],
            "client_id": client.client,
            "client_secret": client.secret,
        }
    )
