"""Traces leave by OTLP when a collector is named: one span a request, and nothing of its content."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.server import create_app
from app.wiring import City
from tests.support.api import soon

pytest.importorskip("opentelemetry.sdk")


@pytest.fixture
async def collector() -> AsyncIterator[tuple[str, list[bytes]]]:
    """An OTLP collector on a free port, and what it was sent."""
    received: list[bytes] = []

    async def take(request: Request) -> Response:
        received.append(await request.body())
        return Response(media_type="application/x-protobuf")

    listening = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/v1/traces", take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1/traces", received
    server.should_exit = True
    await running


async def test_a_request_is_a_span_without_its_content(
    city: City, collector: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    url, received = collector
    settings = city.settings.model_copy(update={"otlp_endpoint": url})
    transport = httpx2.ASGITransport(create_app(settings, city))
    async with httpx2.AsyncClient(transport=transport, base_url="http://city.test") as http:
        body = {"query": "query Secret { __typename }", "variables": {"phone": "+8619900001234"}}
        await http.post("/graphql?code=RONG:SECRET", json=body, headers={"authorization": "Bearer not-a-token"})

    async def arrived() -> bool:
        return bool(received)

    await soon(arrived)
    sent = b"".join(received)
    assert b"POST /graphql" in sent
    assert b"rong" in sent
    for secret in (b"19900001234", b"SECRET", b"Secret", b"not-a-token"):
        assert secret not in sent
