"""`/board/{stop}`: what an electronic stop board shows. A page of the server's alone, which loads itself anew; it needs
neither a script nor an account. `stop` is the code on the pole, or the stop's id in the timetable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.context.transit import Transit
from app.core.clock import Clock
from app.core.said import Said
from app.domains.life.transit.departures.model import Departure, DepartureState
from app.domains.life.transit.departures.service import DepartureBoard
from app.pages.rendering import Pages

LINES = 10
_SECONDS = 20  # between two loads
_SOON = 60  # minutes: later ones are shown by the clock


@dataclass(frozen=True, slots=True)
class Line:
    """`minutes` is None for what leaves later than within the hour; `time` is by the operator's clock."""

    route: str
    sign: str
    platform: str
    time: str
    minutes: int | None
    live: bool
    cancelled: bool
    away: int | None


class BoardPage:
    def __init__(self, pages: Pages, transit: Transit, clock: Clock) -> None:
        self._pages = pages
        self._transit = transit
        self._clock = clock

    async def show(self, request: Request) -> Response:
        raw = request.path_params["stop"]
        seen = self._transit.stops.by_code(raw) or self._transit.stops.one(raw)
        board = self._transit.departures.board(seen.table.stops[seen.number].id, LINES) if seen else None
        if board is None:
            return self._pages.page(request, "board.html", status=404, stop=None, seconds=_SECONDS)
        now, stop = self._clock.now(), board.table.stops[board.stop]
        answer = self._pages.page(
            request,
            "board.html",
            stop=stop,
            seconds=_SECONDS,
            clock=f"{now.astimezone(board.table.zone):%H:%M}",
            lines=[_line(board, one, now) for one in board.departures if one.state is not DepartureState.SKIPPED],
            live=board.live_at is not None,
            alerts=board.alerts,
            platforms=len(board.table.platforms(board.stop)) > 1,
        )
        answer.headers["cache-control"] = "no-store"
        return answer


def _line(board: DepartureBoard, one: Departure, now: datetime) -> Line:
    table, minutes = board.table, int((one.at - now.timestamp()) // 60)
    at = one.expected_at or one.scheduled_at
    return Line(
        route=table.route_of(one.trip).name,
        sign=table.sign(one.trip, one.position),
        platform=table.stops[one.stop].platform,
        time=f"{at.astimezone(table.zone):%H:%M}",
        minutes=max(0, minutes) if minutes < _SOON else None,
        live=one.state is DepartureState.LIVE,
        cancelled=one.state is DepartureState.CANCELLED,
        away=one.away,
    )


def board_routes(city: Said, transit: Transit, clock: Clock) -> list[BaseRoute]:
    return [Route("/board/{stop}", BoardPage(Pages(city), transit, clock).show)]
