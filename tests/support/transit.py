"""A city with the buses of a small town, on a Monday morning."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from app.core.errors import Unavailable
from app.core.passwords import Passwords
from app.domains.life.transit.feeds.service import Imported
from app.domains.life.transit.realtime.model import Heard, HeardStop, HeardTrip, HeardVehicle
from app.wiring import City, build
from graphql_schema.types.common import global_id
from tests.conftest import QUICK, Fakes, caller, settings_for
from tests.support.api import OPS, Api
from tests.support.fakes import MovableClock
from tests.support.gtfs import feed

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 30, 7, 50, tzinfo=ZONE)
DAY = "20261130"


@dataclass
class FakeTransit:
    """Says what a test has it say."""

    heard_now: Heard | None = None
    asked: int = 0

    async def heard(self) -> Heard:
        self.asked += 1
        if self.heard_now is None:
            raise Unavailable
        return self.heard_now


@dataclass
class Town:
    """`api` calls it; `clock` is moved by `at`."""

    city: City
    api: Api
    clock: MovableClock
    operator: FakeTransit
    delays: dict[str, int] = field(default_factory=dict)

    def at(self, moment: datetime) -> None:
        self.clock.ahead += moment.astimezone(UTC) - self.clock.now()

    async def imported(self, file: bytes | None = None) -> Imported:
        data = feed() if file is None else file
        return await self.city.services.life.transit.feeds.run(OPS, lambda: BytesIO(data))

    def says(self, *trips: HeardTrip, vehicles: tuple[HeardVehicle, ...] = (), ago: int = 0, **more: object) -> None:
        stamp = int(self.clock.now().timestamp()) - ago
        self.operator.heard_now = Heard(stamp, trips, vehicles, **more)  # type: ignore[arg-type]

    async def listen(self) -> str:
        """Ask the operator now; in a word what came of it."""
        transit = self.city.services.life.transit
        assert transit.keeper.held is not None
        return await transit.listening.look(self.operator, transit.keeper.held)

    def vehicle(self, trip: str, turn: int, *, stopped: bool = True) -> HeardVehicle:
        return HeardVehicle(trip, DAY, "", "闽A00001D", None, turn, "", stopped, int(self.clock.now().timestamp()))


def late(trip: str, seconds: int, turn: int = 1) -> HeardTrip:
    return HeardTrip(trip, DAY, stops=(HeardStop(turn, "", departure_delay=seconds, arrival_delay=seconds),))


def stop_id(stop: str) -> str:
    return global_id("TransitStop", stop)


@asynccontextmanager
async def town(uri: str, name: str) -> AsyncIterator[Town]:
    """A started city with the town's timetable in force."""
    fakes, clock, operator = Fakes(), MovableClock(), FakeTransit()
    clock.ahead = MONDAY.astimezone(UTC) - datetime.now(UTC)
    beyond = replace(fakes.outside, transit=operator)
    city = build(settings_for(uri, name), beyond=beyond, clock=clock, passwords=Passwords(QUICK))
    await city.start()
    async with caller(city, fakes) as api:
        made = Town(city, api, clock, operator)
        await made.imported()
        yield made
    await city.stop()


MINUTE = timedelta(minutes=1)
