"""What uvicorn itself does not bound: headers without end are cut off, and a client that leaves is no fault."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.cli.draining import HEAD_LIMIT, BoundedHttp


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async def length(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    listening = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/", length, methods=["GET", "POST"])])
    config = uvicorn.Config(app, http=BoundedHttp, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    yield listening.getsockname()[1]
    server.should_exit = True
    await running


async def _ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read(4096)
    writer.close()
    return answer


async def test_headers_without_end_are_cut_off(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
    sent = 0
    try:
        while sent < 64 * HEAD_LIMIT:
            writer.write(b"a" * 16_384)
            sent += 16_384
            await writer.drain()
            await asyncio.sleep(0)
    except ConnectionError:
        pass
    assert sent < 64 * HEAD_LIMIT, "the connection was closed long before"
    writer.close()


async def test_large_bodies_and_many_requests_on_one_connection_pass(port: int) -> None:
    body = b"x" * (4 * HEAD_LIMIT)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert str(len(body)).encode() in await _ask(port, head + body)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(50):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 4_000 + b"\r\n\r\n")
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(1)
    writer.close()
