"""Keyset paging: a page starts after a key, never at an offset, so that deep pages cost what first pages cost."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.core.errors import BadInput

T = TypeVar("T")
MOST = 100


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`first` rows after the row with this key (newest first)."""

    first: int = 20
    after: str | None = None

    @classmethod
    def of(cls, first: int | None, after: str | None) -> PageRequest:
        """Raises BadInput."""
        size = 20 if first is None else first
        if not 1 <= size <= MOST:
            raise BadInput(field="first")
        return cls(size, None if after is None else decode_cursor(after))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    has_next: bool

    @classmethod
    def cut(cls, rows: Sequence[T], request: PageRequest) -> Page[T]:
        """From `first + 1` rows: the extra one tells that more follow."""
        return cls(tuple(rows[: request.first]), len(rows) > request.first)


def encode_cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """Raises BadInput."""
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise BadInput(field="after") from None
    if not key:
        raise BadInput(field="after")
    return key
