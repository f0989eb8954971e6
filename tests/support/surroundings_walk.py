"""Every operation of surroundings and of emergency calls, once, as the table of commands asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.core.ids import new_id
from app.domains.life.surroundings.readings.model import HOUR, hour_of
from tests.support.api import Api, Person
from tests.support.emergencies import emergency_category
from tests.support.surroundings import HERE, SMOG, station, told

Step = Callable[..., Awaitable[Any]]
_AT = {"latitude": HERE.latitude, "longitude": HERE.longitude}


class SurroundingsWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self, person: Person) -> None:
        await self._looks(person)
        await self._reports()
        await self._calls(person)

    async def _looks(self, person: Person) -> None:
        city = self._api.city
        await city.services.life.surroundings.readings.take(told(await station(city), city.clock.now(), 24, SMOG))
        near = await self._step("StationsNear", position=_AT, kind="AIR", first=3)
        id_ = near[0]["station"]["id"]
        await self._step("Stations", kind=None)
        await self._step("Station", id=id_)
        await self._step("StationChart", station=id_, span="MONTH", measure=None)
        await self._step("Surroundings")
        await self._step("WeatherNotices", position=_AT)
        wish = {"place": "HOME", "position": _AT, "kind": "AIR", "level": 3}
        await self._step("WatchSurroundings", person.token, input=wish, key=new_id())
        [watch] = await self._step("SurroundingsWatches", person.token)
        await self._step("DropSurroundingsWatch", person.token, watch=watch["id"], key=new_id())

    async def _reports(self) -> None:
        city, token = self._api.city, await self._api.provider("test-measures")
        own = await station(city, operator="test-measures")
        mine = await self._step("RunStations", token, "provider")
        id_ = next(one["id"] for one in mine if one["code"] == own.id)
        at = (hour_of(city.clock.now()) - HOUR).isoformat()
        values = [{"measure": "pm25", "value": 40.0}]
        readings = [{"at": at, "values": values}]
        await self._step("ReportReadings", token, "provider", station=id_, readings=readings, key=new_id())

    async def _calls(self, person: Person) -> None:
        await emergency_category(self._api.city)
        centre = await self._api.provider("test-measures")
        made = {"number": "AMBULANCE", "position": _AT, "accuracy": 10}
        called = [await self._step("CallEmergency", person.token, **made, key=new_id()) for _ in range(2)]
        await self._step("MyEmergencies", person.token, first=5, after=None)
        await self._step("Emergencies", centre, "provider", state="OPEN", first=5, after=None)
        await self._step("EmergencyMap", centre, "provider")
        first, second = ({"emergencyId": one["id"]} for one in called)
        await self._step("Emergency", centre, "provider", **first)
        await self._step("TakeEmergency", centre, "provider", **first, key=new_id())
        await self._step("EndEmergency", centre, "provider", **second, end="FALSE_ALARM", key=new_id())


async def surroundings_belongings(api: Api, owner: Person) -> dict[str, str]:
    """A watch over the air, and a call for help."""
    await station(api.city)
    await emergency_category(api.city)
    wish = {"place": "HOME", "position": _AT, "kind": "AIR", "level": 3}
    made = await api.data("WatchSurroundings", owner.token, input=wish, key=new_id())
    called = await api.data("CallEmergency", owner.token, number="AMBULANCE", position=_AT, accuracy=10, key=new_id())
    return {"SurroundingsWatch": made["watch"]["id"], "Emergency": called["id"]}
