"""Subscriptions as server-sent events, one connection each (graphql-sse, "distinct connections" mode)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.types import Receive, Send

from graphql_schema.endpoint.tasks import first_of

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]


async def send_events(replies: AsyncGenerator[bytes, None], receive: Receive, send: Send, beat: float) -> None:
    """Send replies, each JSON on one line, until they end or the client goes; a comment every `beat` seconds
    keeps proxies from hanging up."""
    async with aclosing(replies):
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await first_of(_write(replies, send), _keep_alive(send, beat), _until_gone(receive))


async def _write(replies: AsyncGenerator[bytes, None], send: Send) -> None:
    async for reply in replies:
        await _part(send, b"event: next\ndata: " + reply + b"\n\n")
    await send({"type": "http.response.body", "body": b"event: complete\ndata: \n\n"})


async def _keep_alive(send: Send, beat: float) -> None:
    while True:
        await asyncio.sleep(beat)
        await _part(send, b":\n\n")


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _part(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
