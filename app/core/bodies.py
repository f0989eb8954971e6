"""The body of a request, no longer than it may be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from app.core.errors import PayloadTooLarge

Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]


def bounded(receive: Receive, most: int) -> Receive:
    """What comes in, as far as it has no more bytes than that; beyond that PayloadTooLarge is raised."""
    read = 0

    async def within() -> MutableMapping[str, Any]:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise PayloadTooLarge(limit=most)
        return message

    return within
