"""Bookings for calendars: a personal feed behind its token, and one booking behind a signed link."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.core.messages import negotiate
from app.domains.appointments.booking.feeds.service import FeedService


def routes(feeds: FeedService) -> list[Route]:
    async def feed(request: Request) -> Response:
        return _calendar(await feeds.behind(request.path_params["token"], _locale(request)))

    async def booking(request: Request) -> Response:
        query, until = request.query_params, request.query_params.get("until", "")
        good = until.isascii() and until.isdigit() and len(until) < 12
        file = await feeds.file(
            request.path_params["booking"],
            query.get("of", ""),
            int(until) if good else 0,
            query.get("proof", ""),
            _locale(request),
        )
        return _calendar(file)

    return [
        Route("/calendar/bookings/{booking:str}.ics", booking),
        Route("/calendar/{token:str}.ics", feed),
    ]


def _calendar(data: bytes | None) -> Response:
    if data is None:
        raise HTTPException(404)
    headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="appointments.ics"'}
    return Response(data, media_type="text/calendar; charset=utf-8", headers=headers)


def _locale(request: Request) -> str:
    return negotiate(request.headers.get("accept-language"))
