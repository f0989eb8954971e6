"""Bad air: what is measured near home, an alert that is set, told by its station, and the hour told again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.core.ids import new_id
from app.tour.journey import Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import TourFailed

_MEASURES, _STATION = "rongcheng-measures", "air-square"
_HOME = {"latitude": 26.0745, "longitude": 119.3062}
_SMOG = {"so2": 12.0, "no2": 60.0, "co": 1.1, "o3": 262.0, "pm10": 90.0, "pm25": 60.0}
_USUAL = {"so2": 6.0, "no2": 34.0, "co": 0.8, "o3": 58.0, "pm10": 50.0, "pm25": 28.0}


class Surroundings(Tour):
    """Wants a signed-in citizen, and the stations of the seeded city."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._station: dict[str, Any] = {}

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("what is measured near home, and how it was in the last day", self.look),
            ("an alert is set: tell me when the air near home is polluted", self.watch),
            ("the station reports bad air, and the citizen is told once", self.worse),
            ("the hour is revised: the air is good again, and nothing is left of the alert", self.better),
            ("an emergency call is recorded, and says what to call whatever happens", self.call),
        ]

    async def look(self) -> str:
        near = (await self.payer.phone.read("StationsNear", position=_HOME, kind="AIR", first=5))["stationsNear"]
        found = next((one["station"] for one in near if one["station"]["code"] == _STATION), None)
        if found is None:
            raise TourFailed("the seeded station is not near the square")
        self._station = found
        chart = (await self.payer.phone.read("StationChart", station=found["id"], span="DAY"))["stationChart"]
        known = sum(1 for point in chart["points"] if point["hours"])
        return f"{found['name']}: {known} of 24 hours are known"

    async def watch(self) -> str:
        await self._report(_USUAL)
        wish = {"place": "HOME", "position": _HOME, "kind": "AIR", "level": 3}
        done = await self.payer.phone.do("WatchSurroundings", "SurroundingsWatchSet", input=wish, key=new_id())
        return f"{done['watch']['station']['name']}, from {done['watch']['words']}"

    async def worse(self) -> str:
        await self._report(_SMOG)

        async def told() -> dict[str, Any] | None:
            watches = (await self.payer.phone.read("SurroundingsWatches"))["surroundingsWatches"]
            return next((one for one in watches if one["toldAt"]), None)

        watch = await self.payer.journey.until(told, "the alert was not told", 30.0)
        standing = watch["station"]["standing"]
        return f"{standing['value']}, {standing['words']}, because of {', '.join(standing['by'])}"

    async def better(self) -> str:
        done = await self._report(_USUAL)
        [watch] = (await self.payer.phone.read("SurroundingsWatches"))["surroundingsWatches"]
        await self.payer.phone.do("DropSurroundingsWatch", "SurroundingsWatchDropped", watch=watch["id"], key=new_id())
        return f"{done['revised']} revised, {done['new']} new"

    async def call(self) -> str:
        given = {"number": "AMBULANCE", "position": _HOME, "accuracy": 15, "key": new_id()}
        done = await self.payer.phone.do("CallEmergency", "EmergencyCalled", **given)
        return f"call {done['callNow']}; the centre {'has' if done['placeShared'] else 'has not'} the place"

    async def _report(self, values: dict[str, float]) -> dict[str, Any]:
        at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        told = [{"measure": name, "value": value} for name, value in values.items()]
        given = {"station": self._station["id"], "readings": [{"at": at.isoformat(), "values": told}]}
        return await self.payer.as_payee(_MEASURES, "ReportReadings", "ReadingsTaken", **given)
