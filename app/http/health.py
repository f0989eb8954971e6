"""Is the process up, can it serve, and its figures."""

from __future__ import annotations

import asyncio
import hmac
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.settings import Settings
from app.wiring import City

_AGE = Gauge("rong_outbox_age_seconds", "Age of the oldest event that is not told yet")
_UNSEALED = Gauge("rong_audit_unsealed_age_seconds", "Age of the oldest audit record without a place in the chain")
_SOUND = Gauge("rong_audit_sound", "1 when the last check found the audit chain sound, 0 when it did not")
_CHECKED = Gauge("rong_audit_checked_age_seconds", "Time since the audit chain was checked; -1 before the first time")
_BOOKS = Gauge("rong_ledger_sound", "1 when the last proof found the ledger sound, 0 when it did not")
_PROVEN = Gauge("rong_ledger_proven_age_seconds", "Time since the ledger was proven; -1 before the first time")


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
        _AGE.set(_age(city, oldest))
        await _audit(city)
        await _ledger(city)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", up), Route("/readyz", can_serve), Route("/metrics", figures)]


async def _audit(city: City) -> None:
    stands = await city.audit_trail.soundness()
    _UNSEALED.set(_age(city, stands.waiting_since))
    _SOUND.set(stands.checked is None or stands.checked.sound)
    _CHECKED.set(_age(city, stands.checked.at) if stands.checked else -1)


async def _ledger(city: City) -> None:
    verdict = await city.services.payment.proof.last()
    _BOOKS.set(verdict is None or verdict.sound)
    _PROVEN.set(_age(city, verdict.at) if verdict else -1)


def _age(city: City, since: datetime | None) -> float:
    return (city.clock.now() - since).total_seconds() if since else 0


def _may_read(request: Request, settings: Settings) -> bool:
    """With a token set, who has it; without one, everybody in development and nobody in production."""
    if settings.metrics_token is None or not settings.metrics_token.get_secret_value():
        return settings.development
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), settings.metrics_token.get_secret_value().encode())
