"""Is the process up, can it serve, and its figures."""

from __future__ import annotations

import asyncio
import hmac

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.settings import Settings
from app.wiring import City

_AGE = Gauge("rong_outbox_age_seconds", "Age of the oldest event that is not told yet")


def routes(city: City) -> list[Route]:
    async def up(request: Request) -> Response:
        return PlainTextResponse("up\n")

    async def can_serve(request: Request) -> Response:
        """503 while the database has no primary: a load balancer sends requests elsewhere."""
        try:
            async with asyncio.timeout(2):
                await city.db.ping()
        except Exception:
            return JSONResponse({"database": "out of reach"}, 503)
        return JSONResponse({"database": "ok"})

    async def figures(request: Request) -> Response:
        if not _may_read(request, city.settings):
            raise HTTPException(404)
        oldest = await city.outbox.oldest()
        _AGE.set((city.clock.now() - oldest).total_seconds() if oldest else 0)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", up), Route("/readyz", can_serve), Route("/metrics", figures)]


def _may_read(request: Request, settings: Settings) -> bool:
    """With a token set, who has it; without one, everybody in development and nobody in production."""
    if settings.metrics_token is None or not settings.metrics_token.get_secret_value():
        return settings.development
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), settings.metrics_token.get_secret_value().encode())
