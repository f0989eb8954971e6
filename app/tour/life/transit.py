"""A bus in three stops: the stop nearby, what leaves it, the way there, a watch that is set and told."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

from app.core.ids import new_id
from app.tour.journey import Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import TourFailed

_HERE = {"latitude": 26.0877, "longitude": 119.2965}
_AWAY = 3
_NEXT, _SOON = timedelta(minutes=1), timedelta(minutes=25)


class Transit(Tour):
    """Wants a citizen who is signed in."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._stop: dict[str, Any] = {}

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("the stop nearby shows what leaves it next", self.near),
            ("the way to the South Station has one change at most", self.journey),
            ("a bus three stops away is told of", self.watch),
        ]

    async def near(self) -> str:
        found = await self.payer.phone.read("TransitStopsNear", place=_HERE, metres=400.0, first=1)
        if not found["transitStopsNear"]:
            raise TourFailed("no stop is near")
        self._stop = found["transitStopsNear"][0]["stop"]
        await self.payer.phone.do(
            "KeepTransitFavourite", "TransitFavouriteKept", input={"stopId": self._stop["id"]}, key=new_id()
        )
        board = await self._board()
        first = board["departures"][0]
        live = sum(one["state"] == "LIVE" for one in board["departures"])
        return f"{self._stop['name']}: {first['route']['name']} to {first['sign']}; {live} of the next are live"

    async def journey(self) -> str:
        found = await self.payer.phone.read("SearchTransit", words="福州南站", first=1)
        ends = {"origin": {"stopId": self._stop["id"]}, "target": {"stopId": found["searchTransitStops"][0]["id"]}}
        ways = (await self.payer.phone.read("TransitJourneys", **ends))["transitJourneys"]
        if not ways:
            raise TourFailed("no way to the South Station")
        minutes = datetime.fromisoformat(ways[0]["arrivesAt"]) - datetime.fromisoformat(ways[0]["departsAt"])
        return f"{ways[0]['changes']} changes, {int(minutes.total_seconds() // 60)} minutes"

    async def watch(self) -> str:
        one = await self._to_watch()
        if one is None:
            return "no bus within half an hour that is more than three stops away: it is night"
        departure, position = one
        wish = {"trip": departure["tripId"], "stop": self._stop["id"], "stopsAway": _AWAY}
        set_ = await self.payer.phone.do("WatchTransitTrip", "TransitWatchSet", **wish, key=new_id())
        await self._place(departure["tripId"], position - _AWAY + 1)
        try:
            await self.payer.journey.until(
                lambda: self._told(set_["watch"]["id"]), "the watch was not told within a minute", 60.0
            )
        finally:
            await self.payer.journey.stand_ins.delete("/control/transit/buses")
        return f"{departure['route']['name']}: {_AWAY} stops away from {self._stop['name']}"

    async def _board(self) -> dict[str, Any]:
        found = await self.payer.phone.read("TransitDepartures", stop=self._stop["id"], first=20)
        return dict(found["transitDepartures"])

    async def _to_watch(self) -> tuple[dict[str, Any], int] | None:
        """A departure to come soon, of fixed times, and where on its trip the stop is. Not what leaves this moment."""
        now = datetime.now().astimezone()
        for one in (await self._board())["departures"]:
            fit = one["headwayMinutes"] is None and one["state"] in ("SCHEDULED", "LIVE")
            if fit and now + _NEXT < datetime.fromisoformat(one["expectedAt"] or one["scheduledAt"]) < now + _SOON:
                calls = (await self.payer.phone.read("TransitTrip", id=one["tripId"]))["transitTrip"]["calls"]
                position = next(n for n, call in enumerate(calls) if call["stop"]["id"] == one["stop"]["id"])
                if position > _AWAY:
                    return one, position
        return None

    async def _place(self, trip_id: str, stop: int) -> None:
        """The stand-in's bus, at the stop of that number, counted from 1."""
        day, _, rest = base64.b64decode(trip_id).decode().partition(":")[2].partition("/")
        bus = {"trip": rest.partition("/")[2], "day": day.replace("-", ""), "stop": stop}
        (await self.payer.journey.stand_ins.post("/control/transit/buses", json=bus)).raise_for_status()

    async def _told(self, watch: str) -> bool | None:
        mine = (await self.payer.phone.read("TransitWatches"))["transitWatches"]
        return next((one["state"] == "TOLD" for one in mine if one["id"] == watch), False) or None
