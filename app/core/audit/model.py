"""A record's canonical form, its mark, its hash in the chain, and the signed statements about the chain.

Canonical form: the document as CBOR in the deterministic, length-first encoding (RFC 8949, 4.2.3), every field of it,
moments as text with tag 0 in UTC. So a changed type shows as well as a changed value.

    mark = HMAC-SHA-256(lookup key, document without mark, seq, prev and hash)     by who writes the record
    hash = SHA-256(document without hash)                                          by the sealer, prev and seq within
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeAlias

import cbor2

Row: TypeAlias = Mapping[str, Any]

FIRST_PREV = "0" * 64
"""What the first record of a chain holds as the hash of the one before."""
_SEALING = frozenset({"seq", "prev", "hash"})
_LARGEST = 2**53


class Malformed(ValueError):
    """A value that no record of ours holds."""


def canonical(row: Row) -> bytes:
    """Raises Malformed."""
    try:
        return cbor2.dumps(row, canonical=True, timezone=UTC)
    except (cbor2.CBORError, TypeError, ValueError, OverflowError):
        raise Malformed from None


def written(row: Row) -> bytes:
    """What its writer vouches for: the canonical form of a record before it was sealed. Raises Malformed."""
    return canonical({name: value for name, value in row.items() if name not in _SEALING and name != "mark"})


def hash_of(row: Row) -> str:
    """The hash of a sealed record, over all its fields but the hash itself. Raises Malformed."""
    return hashlib.sha256(canonical({name: value for name, value in row.items() if name != "hash"})).hexdigest()


def sealed(row: Row, seq: int, prev: str) -> dict[str, Any]:
    """The record at its place in the chain. Raises Malformed."""
    placed = {**row, "seq": seq, "prev": prev}
    return {**placed, "hash": hash_of(placed)}


def plain(value: Any) -> Any:
    """A fact as a record keeps it: text, whole number, truth, or lists and maps of these. Raises TypeError."""
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | str():
            return value
        case int() if abs(value) <= _LARGEST:
            return value
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds")
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case set() | frozenset():
            return sorted(plain(inner) for inner in value)
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [plain(inner) for inner in value]
    raise TypeError(f"a fact is no {type(value).__name__}")
