"""A server that stops without cutting anybody off, and does not read headers without end.

uvicorn alone closes, with its listening socket, every connection on which no request has been read yet: a client that
connected a moment before SIGTERM would lose its request.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.core.memory import loading

HEAD_LIMIT = 64 * 1024
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_LAST_WORDS = 0.5  # seconds in which those who are connected can still be heard
_STARTUP_FAILURE = 3  # uvicorn's own exit status


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's HTTP on httptools, with a bound on what a request may send before its headers end."""

    _reading_head = True
    _head = 0
    _heads = 0

    def data_received(self, data: bytes) -> None:
        reading_head, heads = self._reading_head, self._heads
        super().data_received(data)
        if reading_head and heads == self._heads:  # all of it was head, and the head goes on
            self._head += len(data)
            if self._head > HEAD_LIMIT and not self.transport.is_closing():
                self.transport.write(_TOO_LARGE)
                self.transport.close()

    def on_headers_complete(self) -> None:
        self._reading_head, self._head = False, 0
        self._heads += 1
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._reading_head = True
        super().on_message_complete()


class DrainingServer(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody new in, answer those who are in and tell them not to ask again here, then stop."""
        await asyncio.sleep(0)  # who waits at the socket is let in
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await asyncio.sleep(_LAST_WORDS)
        await super().shutdown(sockets)


def serve(app: str, sockets: list[socket.socket] | None = None, **options: Any) -> None:
    """As `uvicorn.run` for one process; on these `sockets`, or one of its own."""
    config = uvicorn.Config(app, **options)
    with loading():
        config.load_app()  # an app that cannot be made is told before anything listens
    server = DrainingServer(config)
    server.run(sockets)
    if not server.started:
        sys.exit(_STARTUP_FAILURE)
