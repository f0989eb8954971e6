"""Reads files in a limited process (`nursery.py`); this process never decodes one.

The nursery is started when the first file comes, and again when it is gone. What it answers is looked at, too: a kind
that is known, of a size that was allowed, with the first bytes of its kind.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from app.core.errors import Outcome, Unavailable
from app.core.uploads import errors
from app.core.uploads.model import MOST_BYTES, MediaType
from app.core.uploads.reading import Cleaned, kind_of

log = structlog.get_logger()
_ROOT = Path(__file__).resolve().parents[3]
_AT_ONCE = 2
_PATIENCE = 30  # seconds; the reader's own alarm rings before
_LONGEST_HEAD = 4_096
_MEASURES = ("width", "height", "pages", "seconds")
_REFUSALS = {
    cls.code: cls
    for cls in (
        errors.UploadKindUnknown,
        errors.PictureTooLarge,
        errors.DocumentTooLong,
        errors.ClipTooLong,
        errors.FileBroken,
        errors.FileEncrypted,
        errors.FileTooComplex,
    )
}


class LimitedReader:
    """`at_once` files are read at a time; others wait."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._starting = asyncio.Lock()
        self._nursery: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None

    async def clean(self, raw: bytes) -> Cleaned:
        """Raises UploadKindUnknown, PictureTooLarge, DocumentTooLong, ClipTooLong, FileBroken, FileEncrypted,
        FileTooComplex; Unavailable when no reader can be started.
        """
        async with self._turns:
            job = await self._hand_over()
            reader, writer = await asyncio.open_connection(sock=job)
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await _answer(reader, writer, raw)
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError):
                # It broke its limits and was ended, or answered what no reader of ours would.
                log.warning("a file broke its reader", size=len(raw))
                raise errors.FileTooComplex from None
            finally:
                writer.close()

    async def close(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._nursery is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nursery.wait(), 5)

    async def _hand_over(self) -> socket.socket:
        """Our end of a socket whose other end a child of the nursery holds. Raises Unavailable."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            for _ in range(2):  # a nursery that died is found so by the first try
                control = await self._started()
                with suppress(OSError):
                    socket.send_fds(control, [b"j"], [theirs.fileno()])
                    return ours
                await self._gone()
        finally:
            theirs.close()
        ours.close()
        raise Unavailable

    async def _started(self) -> socket.socket:
        async with self._starting:
            if self._control is None or self._nursery is None or self._nursery.returncode is not None:
                self._control = await self._start()
            return self._control

    async def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        try:
            self._nursery = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "app.core.uploads.nursery",
                str(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                env=_environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise Unavailable from None
        finally:
            theirs.close()
        return ours

    async def _gone(self) -> None:
        async with self._starting:
            if self._control is not None:
                self._control.close()
            self._control = None


def _environment() -> dict[str, str]:
    """No secret among it; one arena of memory, so that what is freed is free for the next step."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "PYTHONPATH": str(_ROOT), "MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8"}


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes) -> Cleaned:
    """Raises a refusal; IncompleteReadError, ConnectionError, ValueError when there is no answer to be trusted."""
    writer.write(len(raw).to_bytes(4) + raw)
    await writer.drain()
    length = int.from_bytes(await reader.readexactly(4))
    if length > _LONGEST_HEAD:
        raise ValueError("head")
    head = json.loads(await reader.readexactly(length))
    if "refused" in head:
        raise _refusal(head)
    return await _cleaned(reader, head)


async def _cleaned(reader: asyncio.StreamReader, head: dict[str, Any]) -> Cleaned:
    size, small = int(head["content"]), int(head["thumbnail"])
    if not 0 < size <= 2 * MOST_BYTES or not 0 <= small <= MOST_BYTES:
        raise ValueError("size")
    content = await reader.readexactly(size)
    thumbnail = await reader.readexactly(small) if small else None
    media_type = MediaType(head["media_type"])
    if kind_of(content) is not media_type or (thumbnail and kind_of(thumbnail) is not MediaType.WEBP):
        raise ValueError("kind")
    measures = {name: None if head[name] is None else int(head[name]) for name in _MEASURES}
    return Cleaned(media_type, content, thumbnail=thumbnail, **measures)


def _refusal(head: dict[str, Any]) -> Outcome:
    """Raises ValueError."""
    made = _REFUSALS.get(str(head["refused"]))
    if made is None:
        raise ValueError("refusal")
    return made(**{str(name): int(value) for name, value in head["data"].items()})
