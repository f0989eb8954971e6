"""Stand-in for the bus operator's live feed (GTFS-Realtime): `GET /transit/realtime`, for the lines of the seeded city.

Each trip under way is some minutes late, always the same for the same trip; now and then one does not run. Faults are
set at `POST /control/transit/faults` as everywhere. What it says can be made wrong at `POST /control/transit/mood`:
`stale` (an old stamp), `broken` (no protobuf), `strange` (trips that nobody knows), `silent` (nothing under way).
`POST /control/transit/buses` puts one trip where one wants it, so many seconds late or cancelled; `DELETE` lets all go.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from google.transit import gtfs_realtime_pb2 as gtfs
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.bus_lines import Run, runs, runs_on
from mocks.faults import Faults
from mocks.standin import StandIn, control_body, refuse

_CITY = timezone(timedelta(hours=8))
_DAY = timedelta(days=1)
_LATEST = 480  # seconds that a bus is late
_RARE = 211  # one trip of so many does not run
_OLD = 900


class Mood(StrEnum):
    GOOD = "good"
    STALE = "stale"
    BROKEN = "broken"
    STRANGE = "strange"
    SILENT = "silent"


class _Mood(BaseModel):
    mood: Mood


class _Bus(BaseModel):
    """`stop` counts the trip's stops from 1: it stands there. `late` in seconds."""

    trip: str = Field(max_length=100)
    day: str = Field(pattern=r"^[0-9]{8}$")
    stop: int = Field(default=1, ge=1, le=100)
    late: int = Field(default=0, ge=-3_600, le=7_200)
    cancelled: bool = False


@dataclass(frozen=True)
class _UnderWay:
    """A trip on a day; `begins` is when the day does, in seconds since 1970."""

    run: Run
    day: str
    begins: int
    late: int
    cancelled: bool
    stop: int | None = None

    def at(self, now: int) -> tuple[int, bool]:
        """(the stop it is at or goes to next, counted from 0; whether it stands there)."""
        if self.stop is not None:
            return self.stop - 1, True
        along = now - self.begins - self.run.start - self.late
        offsets = self.run.way.offsets
        following = next((n for n, offset in enumerate(offsets) if offset >= along), len(offsets) - 1)
        return following, abs(offsets[following] - along) < 20


class Transit(StandIn):
    name = "transit"

    def __init__(self) -> None:
        super().__init__()
        self.mood = Mood.GOOD
        self.placed: dict[tuple[str, str], _Bus] = {}

    def refusal(self, faults: Faults) -> Response:
        return refuse(faults.status or 503, "UNAVAILABLE", "out of order", retry_after=faults.retry_after)

    def routes(self) -> list[Route]:
        return [Route("/transit/realtime", self._realtime, methods=["GET"])]

    def control_routes(self) -> list[Route]:
        return [
            *super().control_routes(),
            Route("/control/transit/mood", self._set_mood, methods=["POST"]),
            Route("/control/transit/buses", self._place, methods=["POST"]),
            Route("/control/transit/buses", self._let_go, methods=["DELETE"]),
        ]

    async def _realtime(self, request: Request) -> Response:
        self.calls.append("/transit/realtime")

        async def answer() -> Response:
            if self.mood is Mood.BROKEN:
                return Response(b"\xff\xfe<html>", media_type="application/x-protobuf")
            return Response(self.message(int(time.time())), media_type="application/x-protobuf")

        return await self.switch.guard(answer, self.refusal)

    async def _set_mood(self, request: Request) -> Response:
        self.mood = (await control_body(request, _Mood)).mood
        return JSONResponse({"mood": self.mood})

    async def _place(self, request: Request) -> Response:
        bus = await control_body(request, _Bus)
        if not any(run.id == bus.trip for run in runs()):
            return refuse(404, "UNKNOWN", "no such trip")
        self.placed[bus.trip, bus.day] = bus
        return JSONResponse(bus.model_dump())

    async def _let_go(self, request: Request) -> Response:
        self.placed.clear()
        self.mood = Mood.GOOD
        return JSONResponse({})

    def message(self, now: int) -> bytes:
        said = gtfs.FeedMessage()
        said.header.gtfs_realtime_version = "2.0"
        said.header.timestamp = now - (_OLD if self.mood is Mood.STALE else 0)
        for one in self._under_way(now) if self.mood is not Mood.SILENT else ():
            self._say(said, one, now)
        alert = said.entity.add(id="works")
        alert.alert.informed_entity.add(route_id="FZ-55路")
        for language, text in (
            ("zh", "王庄路口施工，55路可能晚点。"),
            ("en", "Works at Wangzhuang: line 55 may be late."),
        ):
            alert.alert.header_text.translation.add(text=text, language=language)
        return bytes(said.SerializeToString())

    def _under_way(self, now: int) -> Iterator[_UnderWay]:
        today = datetime.fromtimestamp(now, _CITY)
        for day in (today - _DAY, today, today + _DAY):
            midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
            name, begins = f"{day:%Y%m%d}", int(midnight.timestamp())
            for run in runs():
                if (run.id, name) in self.placed:
                    bus = self.placed[run.id, name]
                    yield _UnderWay(run, name, begins, bus.late, bus.cancelled, bus.stop)
                elif runs_on(run.service, name, day.weekday()) and _runs_now(run, begins, now):
                    sign = zlib.crc32(f"{run.id}/{name}".encode())
                    yield _UnderWay(run, name, begins, sign % _LATEST - 60, sign % _RARE == 0)

    def _say(self, said: gtfs.FeedMessage, one: _UnderWay, now: int) -> None:
        known = "" if self.mood is not Mood.STRANGE else "elsewhere-"
        update = said.entity.add(id=f"t/{one.day}/{one.run.id}").trip_update
        trip = update.trip
        trip.trip_id, trip.start_date = known + one.run.id, one.day
        if one.cancelled:
            trip.schedule_relationship = gtfs.TripDescriptor.CANCELED
            return
        stop, stands = one.at(now)
        for n in range(stop, len(one.run.way.poles)):
            told = update.stop_time_update.add(stop_sequence=n + 1, stop_id=one.run.way.poles[n])
            told.departure.delay = told.arrival.delay = one.late
        vehicle = said.entity.add(id=f"v/{one.day}/{one.run.id}").vehicle
        vehicle.trip.CopyFrom(trip)
        vehicle.vehicle.label = f"闽A{zlib.crc32(one.run.id.encode()) % 100_000:05d}D"
        place = one.run.way.places[stop]
        vehicle.position.latitude, vehicle.position.longitude = place.latitude, place.longitude
        vehicle.current_stop_sequence, vehicle.stop_id = stop + 1, one.run.way.poles[stop]
        kinds = gtfs.VehiclePosition
        vehicle.current_status = kinds.STOPPED_AT if stands else kinds.IN_TRANSIT_TO
        vehicle.timestamp = int(said.header.timestamp)


def _runs_now(run: Run, begins: int, now: int) -> bool:
    """Under way, or about to leave."""
    start = begins + run.start
    return start - 600 <= now <= start + run.way.offsets[-1] + _LATEST
