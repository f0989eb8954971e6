"""The limited process: one that is ready, and a child of it for each file, which ends with it.

    python -m app.core.uploads.nursery FD

At the descriptor FD it is handed one socket a file. For each it forks a child that may open no file, start no
process, use some memory and some seconds, and holds no secret: the settings' environment is not given to it. A file
that breaks its reader breaks that child alone.

Over the socket: `length(4) | file` to the child; `length(4) | JSON head | content | thumbnail` back.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

from app.core.errors import Outcome
from app.core.uploads.documents import clean_document
from app.core.uploads.errors import FileTooComplex, UploadKindUnknown
from app.core.uploads.model import MOST_BYTES, MediaType
from app.core.uploads.pictures import clean_picture
from app.core.uploads.reading import Cleaned, kind_of, sound_of
from app.core.uploads.sounds import clean_sound

MEMORY = 288 * 1024 * 1024
CPU_SECONDS = 8
WALL_SECONDS = 20
_PILLOW = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG", MediaType.WEBP: "WEBP"}


def serve(control: socket.socket) -> None:
    """Until whoever started it is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that ended leave nothing behind
    while True:
        said, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not said:
            return
        job = socket.socket(fileno=descriptors[0])
        if os.fork() == 0:
            control.close()
            _child(job)
        job.close()


def _child(job: socket.socket) -> None:
    """Never returns."""
    try:
        limit()
        job.sendall(_packed(_outcome(_received(job))))
        job.shutdown(socket.SHUT_WR)
    finally:
        os._exit(0)


def limit() -> None:
    """From here on this process can do little but reckon, and not for long."""
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)  # SIGALRM ends it, whatever it is busy with
    if sys.platform == "linux":  # elsewhere what is mapped says little, and is not held to a limit
        most = _memory() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def _memory() -> int:
    """What this process has mapped by now, in bytes."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def clean(raw: bytes) -> Cleaned:
    """Raises an outcome of `app.core.uploads.errors`."""
    if (recorded := sound_of(raw)) is not None:
        return clean_sound(raw, recorded)
    kind = kind_of(raw)
    if kind is None:
        raise UploadKindUnknown
    return clean_document(raw) if kind is MediaType.PDF else clean_picture(raw, _PILLOW[kind])


def _outcome(raw: bytes) -> Cleaned | Outcome:
    try:
        done = clean(raw)
        return done if len(done.content) <= 2 * MOST_BYTES else FileTooComplex()
    except Outcome as outcome:
        return outcome
    except MemoryError:
        return FileTooComplex()


def _received(job: socket.socket) -> bytes:
    size = int.from_bytes(_exactly(job, 4))
    return _exactly(job, min(size, MOST_BYTES))


def _exactly(job: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = job.recv(min(size - len(data), 1 << 18))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def _packed(outcome: Cleaned | Outcome) -> bytes:
    if isinstance(outcome, Outcome):
        head: dict[str, Any] = {"refused": outcome.code, "data": outcome.data}
        body = b""
    else:
        thumbnail = outcome.thumbnail or b""
        head = {
            "media_type": outcome.media_type.value,
            "width": outcome.width,
            "height": outcome.height,
            "pages": outcome.pages,
            "seconds": outcome.seconds,
            "content": len(outcome.content),
            "thumbnail": len(thumbnail),
        }
        body = outcome.content + thumbnail
    text = json.dumps(head).encode()
    return len(text).to_bytes(4) + text + body


def main() -> None:
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as mark:
        mark.write("1000")  # when memory runs out, a reader of files goes first
    with suppress(KeyboardInterrupt):
        serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
