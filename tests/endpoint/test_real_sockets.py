"""The endpoint behind a real server: bodies that come in pieces, clients that vanish."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
import websockets


@asynccontextmanager
async def _served(app: Any) -> AsyncIterator[int]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


async def _until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for is seen, not told
            await asyncio.sleep(0.01)


async def test_a_client_that_drops_the_line_ends_its_subscription(town: Any) -> None:
    async with _served(town.endpoint(development=True)) as port:
        url = f"ws://127.0.0.1:{port}/graphql"
        async with websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": "lin"}}))
            subscribe = {"id": "1", "type": "subscribe", "payload": {"query": "subscription { forever }"}}
            await _heard(socket, "connection_ack")
            await socket.send(json.dumps(subscribe))
            assert (await _heard(socket, "next"))["payload"] == {"data": {"forever": 0}}
            socket.transport.abort()
        await _until(lambda: "forever ended" in town.ran)
        await _until(lambda: town.count("rong_graphql_streams") == 0)


async def _heard(socket: Any, kind: str) -> Any:
    async with asyncio.timeout(5):
        while (message := json.loads(await socket.recv()))["type"] != kind:
            pass
    return message


async def test_an_event_stream_that_is_dropped_ends_its_subscription(town: Any) -> None:
    async with _served(town.endpoint(development=True)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        body = b'{"query":"subscription { forever }"}'
        head = (
            f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: lin\r\n"
            f"accept: text/event-stream\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        assert b"forever" in await asyncio.wait_for(reader.readuntil(b"}}"), 5)
        writer.transport.abort()
        await _until(lambda: "forever ended" in town.ran)


async def test_a_body_that_is_announced_or_grows_too_large_is_refused(town: Any) -> None:
    async with _served(town.endpoint(development=True)) as port:
        for framing, start in ((b"content-length: 5000000", b""), (b"transfer-encoding: chunked", b"30d40\r\n")):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n" + framing + b"\r\n\r\n"
            writer.write(head + start + b" " * 200_000)
            assert b" 413 " in await asyncio.wait_for(reader.readline(), 5)
            writer.transport.abort()
        assert town.ran == []
