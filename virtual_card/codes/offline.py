"""Offline codes: signed claims that a gate checks without network. `RONG1:` + base45 of a CWT, shown as a QR code.

The private claims sit in one claim of RFC 8392's private range, under small integer keys, because each byte costs one
and a half characters of the picture. A code names no person: it carries what its purpose allows
and a place in the status list.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from base45 import b45decode, b45encode

from virtual_card.codes.errors import (
    OfflineCodeExpired,
    OfflineCodeMalformed,
    OfflineCodeNotYetValid,
    OfflineCodeUntrusted,
)
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.signed import Reader, sign

PREFIX = "RONG1:"
MAX_LIFE = timedelta(minutes=5)
LEEWAY = timedelta(seconds=30)
MAX_TEXT = 1024

_ISS, _EXP, _IAT, _CTI = 1, 4, 6, 7
_RONG, _PURPOSE, _STATUS_INDEX, _ATTRIBUTES = -65537, 1, 2, 3
_END_OF_TIME = 2**33  # the year 2242
_reader = Reader(malformed=OfflineCodeMalformed, untrusted=OfflineCodeUntrusted)

Attribute = bool | int | str


@dataclass(frozen=True, slots=True)
class OfflineClaims:
    """Times: whole seconds in UTC. `code_id`: 16 random bytes. `status_index`: the card's place in the status list."""

    issuer: str
    purpose: str
    status_index: int
    attributes: Mapping[str, Attribute]
    issued_at: datetime
    expires_at: datetime
    code_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))


def seal(claims: OfflineClaims, key: SigningKey) -> str:
    """The code's text. Raises ValueError when a claim breaks its limit, such as a life over five minutes."""
    packed = _packed(claims)
    text = PREFIX + str(b45encode(sign(packed, key)), "ascii")
    if _unpacked(packed) is None or len(text) > MAX_TEXT:
        raise ValueError("these claims cannot be an offline code")
    return text


def open_(text: str, keys: KeySet, now: datetime, leeway: timedelta = LEEWAY) -> OfflineClaims:
    """The claims of a code that is genuine and valid at `now`, give or take `leeway`.

    Whether it suits the purpose, is revoked or was seen before is the verifier's to say.
    Raises OfflineCodeMalformed, OfflineCodeUntrusted, OfflineCodeNotYetValid, OfflineCodeExpired.
    """
    claims = _unpacked(_reader.claims(_bytes_of(text), keys))
    if claims is None:
        raise OfflineCodeMalformed
    if now < claims.issued_at - leeway:
        raise OfflineCodeNotYetValid(claims.issued_at)
    if now >= claims.expires_at + leeway:
        raise OfflineCodeExpired(claims.expires_at)
    return claims


def _bytes_of(text: str) -> bytes:
    text = text.strip("\r\n\t ")  # scanners add line ends; base45 itself never ends in a space
    if len(text) > MAX_TEXT or not text.startswith(PREFIX):
        raise OfflineCodeMalformed
    try:
        return bytes(b45decode(text.removeprefix(PREFIX)))
    except ValueError:
        raise OfflineCodeMalformed from None


def _packed(claims: OfflineClaims) -> dict[int, Any]:
    return {
        _ISS: claims.issuer,
        _EXP: int(claims.expires_at.timestamp()),
        _IAT: int(claims.issued_at.timestamp()),
        _CTI: claims.code_id,
        _RONG: {
            _PURPOSE: claims.purpose,
            _STATUS_INDEX: claims.status_index,
            _ATTRIBUTES: dict(claims.attributes),
        },
    }


def _unpacked(packed: dict[int, Any]) -> OfflineClaims | None:
    """None unless every claim is there, of its type and within its limit: a signature does not make a code sensible."""
    match packed:
        case {
            1: str(issuer),
            4: int(expires),
            6: int(issued),
            7: bytes(code_id),
            -65537: {1: str(purpose), 2: int(index), 3: dict(attributes)},
        } if 0 < expires - issued <= MAX_LIFE.total_seconds() and 0 < issued < _END_OF_TIME:
            pass
        case _:
            return None
    plain = all(isinstance(k, str) and isinstance(v, Attribute) for k, v in attributes.items())
    if not plain or len(code_id) != 16 or not 0 <= index < 2**32:
        return None
    return OfflineClaims(issuer, purpose, index, attributes, _time(issued), _time(expires), code_id)


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
