"""How much of this process's memory files under way may take, and a file as it gathers in it."""

from __future__ import annotations

from collections.abc import AsyncIterable

from app.core.errors import BadInput, Unavailable
from app.core.uploads.errors import UploadTooLarge

BODIES = 128 * 1024 * 1024


class Room:
    """What all files under way may take of this process's memory."""

    def __init__(self, most: int) -> None:
        self._left = most

    def held(self) -> Held:
        return Held(self)

    def take(self, size: int) -> None:
        """Raises Unavailable: another process may have room, or this one in a moment."""
        if size > self._left:
            raise Unavailable
        self._left -= size

    def give_back(self, size: int) -> None:
        self._left += size


class Held:
    """The part of one file; given back at its end, however it ends."""

    def __init__(self, room: Room) -> None:
        self._room, self._size = room, 0

    def __enter__(self) -> Held:
        return self

    def __exit__(self, *_: object) -> None:
        self._room.give_back(self._size)

    def grow(self, size: int) -> None:
        self._room.take(size)
        self._size += size


async def gathered(body: AsyncIterable[bytes], size: int, held: Held) -> bytes:
    """All of the body, never more than was announced. Raises UploadTooLarge, BadInput, Unavailable."""
    raw = bytearray()
    async for piece in body:
        if len(raw) + len(piece) > size:
            raise UploadTooLarge(limit=size)
        held.grow(len(piece))
        raw += piece
    if len(raw) < size:
        raise BadInput(field="bytes")
    return bytes(raw)
