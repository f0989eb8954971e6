"""A server that stops without cutting anybody off.

uvicorn alone closes, with its listening socket, every connection on which no request has been read yet: a client that
connected a moment before SIGTERM would lose its request.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import uvicorn

_LAST_WORDS = 0.5  # seconds in which those who are connected can still be heard
_STARTUP_FAILURE = 3  # uvicorn's own exit status


class DrainingServer(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody new in, answer those who are in and tell them not to ask again here, then stop."""
        await asyncio.sleep(0)  # who waits at the socket is let in
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await asyncio.sleep(_LAST_WORDS)
        await super().shutdown(sockets)


def serve(app: str, **options: Any) -> None:
    """As `uvicorn.run` for one process."""
    config = uvicorn.Config(app, **options)
    config.load_app()  # an app that cannot be made is told before anything listens
    server = DrainingServer(config)
    server.run()
    if not server.started:
        sys.exit(_STARTUP_FAILURE)
