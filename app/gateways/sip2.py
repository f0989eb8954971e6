"""The messages of SIP2 (3M Standard Interchange Protocol 2.00): how they are written and read.

A message is two digits that say what it is, a part of fixed length, then fields `AAvalue|`, and at the end a sequence
number and a checksum (`AY0AZF1D2`), which tells a line that was damaged on its way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

END = b"\r"
LONGEST = 64 * 1024
_CONTROL = str.maketrans(dict.fromkeys(range(32), " ") | {ord("|"): " "})


class SipError(Exception):
    """A message that is none: damaged, cut off, or of another kind than was asked for."""


@dataclass(frozen=True, slots=True)
class Message:
    """`code` is what it is, `fixed` the part of fixed length; of its fields each may stand there several times."""

    code: str
    fixed: str
    fields: Mapping[str, Sequence[str]]

    def first(self, name: str) -> str:
        """Empty when it is not there."""
        return next(iter(self.fields.get(name, ())), "")

    def says(self, place: int) -> bool:
        """Whether this place of the fixed part says yes: `1` or `Y`."""
        return self.fixed[place : place + 1] in ("1", "Y")

    def number(self, start: int, length: int) -> int:
        part = self.fixed[start : start + length].strip()
        return int(part) if part.isdecimal() else 0


def checksum(body: bytes) -> str:
    """The two's complement of the sum of all bytes, in four hexadecimal digits."""
    return f"{-sum(body) & 0xFFFF:04X}"


def written(code: str, fixed: str, fields: Sequence[tuple[str, str]], sequence: int) -> bytes:
    """A whole line. What stands in a field cannot end it: line ends and bars are blanks in it."""
    said = "".join(f"{name}{value.translate(_CONTROL)}|" for name, value in fields)
    body = f"{code}{fixed}{said}AY{sequence}AZ".encode()
    return body + checksum(body).encode() + END


def read(line: bytes, code: str, fixed: int, sequence: int) -> Message:
    """An answer of this kind, with so many places of fixed length. Raises SipError."""
    body = line.strip(b"\r\n")
    if len(body) > LONGEST or len(body) < 2 + fixed:
        raise SipError("cut off")
    before, mark, sum_ = body.rpartition(b"AZ")
    if not mark or checksum(before + mark) != sum_[:4].decode("ascii", "replace").upper():
        raise SipError("damaged")
    try:
        text = before.decode()
    except UnicodeDecodeError:
        raise SipError("not UTF-8") from None
    if text[:2] != code:
        raise SipError("another kind")
    fields: dict[str, list[str]] = defaultdict(list)
    rest = text[2 + fixed :]
    for part in rest.split("|"):
        if len(part) >= 2:
            fields[part[:2]].append(part[2:])
    if fields.get("AY") != [str(sequence)]:
        raise SipError("another answer")
    return Message(code, text[2 : 2 + fixed], fields)


def stamp(at: datetime) -> str:
    """`YYYYMMDDZZZZHHMMSS`, the zone left blank: local time."""
    return f"{at:%Y%m%d}    {at:%H%M%S}"
