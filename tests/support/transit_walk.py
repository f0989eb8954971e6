"""The walk of a citizen through transit, on which its commands are counted."""

from __future__ import annotations

from io import BytesIO

from app.core.ids import new_id
from graphql_schema.types.common import global_id
from mocks.bus_lines import feed
from tests.support.api import OPS, Api, Person
from tests.support.credit_walk import Step


class TransitWalk:
    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self, person: Person) -> None:
        await self._api.city.services.life.transit.feeds.run(OPS, lambda: BytesIO(feed()))
        stop, far = global_id("TransitStop", "FZ005A"), global_id("TransitStop", "FZ021A")
        await self._step("TransitStopsNear", place={"latitude": 26.0877, "longitude": 119.2965}, metres=500.0, first=5)
        await self._step("TransitStop", code="0051")
        await self._step("SearchTransit", words="东街口", first=5)
        await self._step("TransitRoute", id=global_id("TransitRoute", "FZ-1路"))
        board = await self._step("TransitDepartures", stop=stop, first=10)
        trip = board["departures"][-1]["tripId"]
        await self._step("TransitTrip", id=trip)
        await self._step("TransitJourneys", origin={"stopId": stop}, target={"stopId": far})
        kept = {"input": {"stopId": stop}}
        await self._step("KeepTransitFavourite", person.token, **kept, key=new_id())
        await self._step("TransitFavourites", person.token)
        await self._step("DropTransitFavourite", person.token, **kept, key=new_id())
        wish = {"trip": trip, "stop": stop, "stopsAway": 3}
        watch = await self._step("WatchTransitTrip", person.token, **wish, key=new_id())
        await self._step("TransitWatches", person.token)
        await self._step("DropTransitWatch", person.token, watch=watch["watch"]["id"], key=new_id())


async def transit_watch(api: Api, owner: Person) -> str:
    """One that he has set, at a stop of the seeded city."""
    await api.city.services.life.transit.feeds.run(OPS, lambda: BytesIO(feed()))
    stop = global_id("TransitStop", "FZ005A")
    board = await api.data("TransitDepartures", stop=stop, first=10)
    wish = {"trip": board["departures"][-1]["tripId"], "stop": stop, "stopsAway": 3}
    done = await api.data("WatchTransitTrip", owner.token, **wish, key=new_id())
    return str(done["watch"]["id"])
