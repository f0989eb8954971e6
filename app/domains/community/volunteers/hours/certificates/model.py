"""A certificate of hours. It is drawn when it is asked for, from what is published; its code is the volunteer's number
and a piece of its keyed hash: one that was not given out is not found by trying.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

_PROOF = 16
_CODE = re.compile(r"([0-9]{17})-([0-9a-f]{16})")
MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Line:
    day: date
    title: str
    organisation: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """`lines`: the newest parts, of `minutes` in all."""

    number: str
    name: str
    minutes: int
    stars: int
    lines: tuple[Line, ...]
    at: datetime
    check_at: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What the public page says, as it is now."""

    number: str
    name: str | None
    hours: int
    stars: int


def code_of(number: str, signed: Callable[[str], str]) -> str:
    return f"{number}-{signed(number)[:_PROOF]}"


def number_of(code: str, signed: Callable[[str], str]) -> str | None:
    """The number that this code was made of, or None."""
    found = _CODE.fullmatch(code)
    if found is None or not hmac.compare_digest(found[2], signed(found[1])[:_PROOF]):
        return None
    return found[1]


def masked(name: str) -> str | None:
    """Its first character: enough for who knows whose it is."""
    return f"{name[0]}{'*' * max(len(name) - 1, 1)}" if name else None
