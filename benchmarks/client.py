"""A light HTTP/1.1 client: so many keep-alive connections, each with one request under way, for so many seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


def request(
    method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None, *, media: str = "json"
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: city.bench", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    if body:
        lines += [f"content-type: application/{media}", f"content-length: {len(body)}"]
    return "\r\n".join(lines).encode() + _END + body


@dataclass(slots=True)
class Driven:
    """Latencies in seconds of the answers that came in time; `wrong` is one answer that was not the wanted one."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    wrong: bytes | None = None

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def at(self, share: float) -> float:
        """The latency, in ms, that this share of the answers did not pass."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], wanted: bytes, until: float, driven: Driven) -> None:
        self._requests, self._wanted, self._until, self._driven = requests, wanted, until, driven
        self._received = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class
        self._send(time.perf_counter())

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(_END)
        if head < 0:
            return
        start = self._received.index(_LENGTH) + len(_LENGTH)
        length = int(self._received[start : self._received.index(b"\r", start)])
        if len(self._received) < head + len(_END) + length:
            return
        self._answered(self._received)
        self._received = b""

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self._driven.wrong = self._driven.wrong or b"connection lost"
            self.ended.set_result(None)

    def _answered(self, answer: bytes) -> None:
        now = time.perf_counter()
        if self._wanted not in answer:
            self._driven.wrong = answer
        if now >= self._until:
            self._end()
            return
        self._driven.latencies.append(now - self._sent_at)
        self._send(now)

    def _send(self, now: float) -> None:
        following = next(self._requests, None)
        assert self._transport is not None
        if following is None:
            self._driven.wrong = b"the bench ran out of requests"
            self._end()
            return
        self._sent_at = now
        self._transport.write(following)

    def _end(self) -> None:
        self.ended.set_result(None)
        assert self._transport is not None
        self._transport.close()


async def drive(port: int, requests: Iterator[bytes], wanted: bytes, *, connections: int, seconds: float) -> Driven:
    """Ask as fast as the answers come; each must hold `wanted`. Raises WrongAnswer."""
    driven = Driven()
    began = time.perf_counter()
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: _Connection(requests, wanted, began + seconds, driven), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.ended for _, protocol in made))
    driven.seconds = time.perf_counter() - began
    if driven.wrong is not None:
        raise WrongAnswer(driven.wrong.decode(errors="replace")[:2000])
    return driven


class WrongAnswer(AssertionError):
    """What was measured is not what was meant."""
