"""What outside systems send that does not end, or grows when it is unpacked: given up, and named as what it is."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx2
import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr

from app.core.errors import Unavailable
from app.gateways.http import MOST_BYTES, HttpGateway, Patience

Answers = Callable[[asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


async def endless(out: asyncio.StreamWriter) -> None:
    out.write(HEAD + b"\r\n")
    while True:
        out.write(b"x" * 65_536)
        await out.drain()


async def a_byte_now_and_then(out: asyncio.StreamWriter) -> None:
    out.write(HEAD + b"content-length: 100000\r\n\r\n")
    while True:
        out.write(b"x")
        await out.drain()
        await asyncio.sleep(0.05)


async def grown_when_unpacked(out: asyncio.StreamWriter) -> None:
    body = gzip.compress(bytes(MOST_BYTES + 1))
    out.write(HEAD + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    await out.drain()


async def packed(out: asyncio.StreamWriter) -> None:
    body = gzip.compress(b'{"well": true}')
    out.write(HEAD + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    await out.drain()


class System(HttpGateway):
    name = "long-winded"

    async def ask(self) -> httpx2.Response:
        return await self._call("GET", "state")


@asynccontextmanager
async def asked(answers: Answers) -> AsyncIterator[System]:
    async def serve(read: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await read.readuntil(b"\r\n\r\n")
            await answers(out)
        out.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, System(url, SecretStr("test"), patience=Patience(attempt=1.0, attempts=1)) as system:
        yield system


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("rong_gateway_attempts_total", {"gateway": System.name, "outcome": outcome}) or 0


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [(endless, "too_long"), (a_byte_now_and_then, "timeout"), (grown_when_unpacked, "too_long")],
)
async def test_an_answer_beyond_all_bounds_is_given_up(answers: Answers, outcome: str) -> None:
    before = counted(outcome)
    async with asked(answers) as system:
        with pytest.raises(Unavailable):
            await system.ask()
    assert counted(outcome) == before + 1


async def test_a_packed_answer_is_read() -> None:
    async with asked(packed) as system:
        assert (await system.ask()).json() == {"well": True}
