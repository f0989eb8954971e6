"""Stand-in for who measures air and water and warns of the weather: `GET /surroundings/readings?since=…` and
`GET /surroundings/weather`, for the stations of the seeded city (`data/life/stations.toml`).

Faults are set at `POST /control/surroundings/faults` as everywhere. What it says can be made wrong at
`POST /control/surroundings/mood`: `gaps` (each third hour is missing), `late` (the last two hours are), `doubled` (each
hour is told twice), `revised` (each is told anew, a tenth higher), `impossible` (values that nothing measures) and
`broken` (no JSON). `POST /control/surroundings/weather` issues a notice, changes or lifts it; `DELETE` forgets all.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mocks.faults import Faults
from mocks.standin import StandIn, bearer_is, control_body, refuse
from mocks.surroundings_values import measured, measuring_stations

_HOUR = timedelta(hours=1)
_READY = timedelta(minutes=20)  # so long after its hour a reading is there
_LONGEST = 72


class Mood(StrEnum):
    GOOD = "good"
    GAPS = "gaps"
    LATE = "late"
    DOUBLED = "doubled"
    REVISED = "revised"
    IMPOSSIBLE = "impossible"
    BROKEN = "broken"


class _Mood(BaseModel):
    mood: Mood


class _Text(BaseModel):
    zh: str = Field(min_length=1)
    en: str = ""


class _Notice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=80)
    kind: str
    level: str
    text: _Text
    issued_at: AwareDatetime
    until: AwareDatetime
    areas: list[str] = []
    cancelled: bool = False


class Surroundings(StandIn):
    name = "surroundings"

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.mood = Mood.GOOD
        self.notices: dict[str, _Notice] = {}

    def refusal(self, faults: Faults) -> Response:
        return refuse(faults.status or 503, "UNAVAILABLE", "out of order", retry_after=faults.retry_after)

    def routes(self) -> list[Route]:
        return [
            Route("/surroundings/readings", self._readings, methods=["GET"]),
            Route("/surroundings/weather", self._weather, methods=["GET"]),
        ]

    def control_routes(self) -> list[Route]:
        return [
            *super().control_routes(),
            Route("/control/surroundings/mood", self._set_mood, methods=["POST"]),
            Route("/control/surroundings/weather", self._warn, methods=["POST"]),
            Route("/control/surroundings/weather", self._forget, methods=["DELETE"]),
        ]

    async def _readings(self, request: Request) -> Response:
        self.calls.append("/surroundings/readings")

        async def answer() -> Response:
            if not bearer_is(request, self.key):
                return refuse(401, "UNAUTHORIZED", "wrong key")
            if self.mood is Mood.BROKEN:
                return Response("<html>", media_type="text/html")
            try:
                since = datetime.fromisoformat(request.query_params["since"]).astimezone(UTC)
            except (KeyError, ValueError):
                return refuse(400, "BAD_REQUEST", "since when?")
            return JSONResponse({"readings": self.told(since, datetime.now(UTC))})

        return await self.switch.guard(answer, self.refusal)

    def told(self, since: datetime, now: datetime) -> list[dict[str, Any]]:
        """Of each station, hour by hour."""
        last = (now - _READY).replace(minute=0, second=0, microsecond=0)
        if self.mood is Mood.LATE:
            last -= 2 * _HOUR
        hours = [last - _HOUR * back for back in range(_LONGEST) if last - _HOUR * back >= since]
        if self.mood is Mood.GAPS:
            hours = [at for at in hours if at.hour % 3]
        lines = [
            {"station": one.code, "at": at.isoformat(), "values": self._bent(measured(one, at))}
            for one in measuring_stations()
            for at in hours
        ]
        return [line for line in lines for _ in range(2)] if self.mood is Mood.DOUBLED else lines

    async def _weather(self, request: Request) -> Response:
        self.calls.append("/surroundings/weather")

        async def answer() -> Response:
            if not bearer_is(request, self.key):
                return refuse(401, "UNAUTHORIZED", "wrong key")
            return JSONResponse({"notices": [one.model_dump(mode="json") for one in self.notices.values()]})

        return await self.switch.guard(answer, self.refusal)

    def _bent(self, values: dict[str, float]) -> dict[str, float]:
        if self.mood is Mood.REVISED:
            return {name: round(value * (1 if name == "ph" else 1.1), 3) for name, value in values.items()}
        if self.mood is Mood.IMPOSSIBLE:
            return {name: -1.0 if number % 2 else 99_999.0 for number, name in enumerate(values)}
        return values

    async def _set_mood(self, request: Request) -> Response:
        self.mood = (await control_body(request, _Mood)).mood
        return JSONResponse({"mood": self.mood})

    async def _warn(self, request: Request) -> Response:
        notice = await control_body(request, _Notice)
        self.notices[notice.id] = notice
        return JSONResponse(notice.model_dump(mode="json"))

    async def _forget(self, request: Request) -> Response:
        self.notices.clear()
        self.mood = Mood.GOOD
        return JSONResponse({})
