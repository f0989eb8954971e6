"""How much of a mail is read at all, measured on its bytes before anything is parsed.

Python's parser of mail takes time that grows with the square of how many parameters, encoded words, parts or levels
there are, and holds the interpreter meanwhile: 48 KB of parameters held it for 25 seconds. What is refused here was
written by no mail program. Measuring is one walk over the lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.core.errors import BadInput

MOST_BYTES: Final = 64 * 1024
MOST_LINES: Final = 4_000
MOST_HEADERS: Final = 200
LONGEST_HEADERS: Final = 32 * 1024
LONGEST_READ: Final = 8 * 1024  # of all fields that are parsed; nothing parses the others
LONGEST_FIELD: Final = 1_000
MOST_PARAMETERS: Final = 16
MOST_ENCODED_WORDS: Final = 60
MOST_BOUNDARIES: Final = 100
MOST_LEVELS: Final = 8

# What is parsed of a message and of its parts. A line that begins so in the midst of a text is measured likewise.
_FIELD = re.compile(
    rb"(from|subject|date|message-id|precedence|auto-submitted|x-autoreply|list-id|x-failed-recipients|mime-version"
    rb"|content-[a-z-]{1,40}):",
    re.IGNORECASE,
)
_LINE = re.compile(rb"\r\n|\r|\n")
_NESTS = re.compile(rb"content-type:\s*(?:multipart|message)/", re.IGNORECASE)


def demand_bounded(body: bytes) -> None:
    """Raises BadInput, whose field names what there is too much of."""
    if len(body) > MOST_BYTES:
        raise BadInput(field="message.size")
    lines = _LINE.split(body)
    if len(lines) > MOST_LINES:
        raise BadInput(field="message.lines")
    fields = list(_fields(lines))
    if sum(_NESTS.match(field) is not None for field in fields) > MOST_LEVELS:
        raise BadInput(field="message.depth")
    if sum(line.startswith(b"--") for line in lines) > MOST_BOUNDARIES:
        raise BadInput(field="message.parts")
    for field in fields:
        _demand_simple(field)
    if sum(map(len, fields)) > LONGEST_READ:
        raise BadInput(field="message.headers")
    _demand_few_headers(lines)


def _demand_few_headers(lines: list[bytes]) -> None:
    head = lines[: lines.index(b"")] if b"" in lines else lines
    if len(head) > MOST_HEADERS * 4 or sum(not line.startswith((b" ", b"\t")) for line in head) > MOST_HEADERS:
        raise BadInput(field="message.headers")
    if b"" in lines and sum(map(len, head)) > LONGEST_HEADERS:
        raise BadInput(field="message.headers")


def _fields(lines: list[bytes]) -> Iterator[bytes]:
    """Every field that is parsed, unfolded, wherever one may stand."""
    field: list[bytes] = []
    for line in lines:
        if field and line.startswith((b" ", b"\t")):
            field.append(line)
            continue
        if field:
            yield b"".join(field)
        field = [line] if _FIELD.match(line) else []
    if field:
        yield b"".join(field)


def _demand_simple(field: bytes) -> None:
    parameters = field.count(b";") + field.count(b"*0") if field[:8].lower() == b"content-" else 0
    if parameters > MOST_PARAMETERS:
        raise BadInput(field="message.parameters")
    if field.count(b"=?") > MOST_ENCODED_WORDS:
        raise BadInput(field="message.encoded_words")
    if len(field) > LONGEST_FIELD:
        raise BadInput(field="message.headers")
