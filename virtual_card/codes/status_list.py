"""The status list: one bit per card, set when the card is suspended or revoked; signed, compressed, fetched by gates.

Modelled on the IETF Token Status List (draft-ietf-oauth-status-list): bit 0 of byte 0 is card 0, zlib,
claims 65533 and 65534.
Both states share the one bit, so the public list does not tell a lost card from a cancelled one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from virtual_card.codes.errors import StatusListMalformed, StatusListStale, StatusListUntrusted
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.signed import Reader, sign

MEDIA_TYPE = "application/statuslist+cwt"
MAX_CARDS = 1 << 26  # 67 million: more than any city has; keeps a list from filling the memory of a gate
_MAX_DATA = MAX_CARDS // 8 + 4096

_END_OF_TIME = 2**33  # the year 2242

_SUB, _EXP, _IAT, _LIST, _TTL = 2, 4, 6, 65533, 65534
_reader = Reader(malformed=StatusListMalformed, untrusted=StatusListUntrusted, typ=MEDIA_TYPE)


@dataclass(frozen=True, slots=True)
class StatusList:
    """`ttl` is how long a gate should keep it before it asks again; past `expires_at` it must not be used."""

    bits: bytes
    issued_at: datetime
    expires_at: datetime
    ttl: timedelta

    def is_revoked(self, index: int) -> bool:
        """A place beyond the list counts as revoked: the list cannot vouch for it."""
        if not 0 <= index < len(self.bits) * 8:
            return True
        return bool(self.bits[index >> 3] >> (index & 7) & 1)

    def age(self, now: datetime) -> timedelta:
        return max(now - self.issued_at, timedelta())

    def demand_fresh(self, now: datetime, max_age: timedelta) -> None:
        """Raises StatusListStale when the list is older than `max_age` or past its own end."""
        limit = min(max_age, self.expires_at - self.issued_at)
        if self.age(now) > limit:
            raise StatusListStale(int(self.age(now).total_seconds()), int(limit.total_seconds()))


def encode(
    revoked: Iterable[int],
    size: int,
    key: SigningKey,
    now: datetime,
    ttl: timedelta,
    *,
    life: timedelta = timedelta(hours=24),
    uri: str = "/.well-known/card-status",
) -> bytes:
    """The signed list of `size` cards. `revoked` are their places. Raises ValueError for a place outside the list."""
    if not 0 < size <= MAX_CARDS:
        raise ValueError("a status list holds 1 to 67,108,864 cards")
    issued = int(now.timestamp())
    claims: dict[int, Any] = {
        _SUB: uri,
        _EXP: issued + int(life.total_seconds()),
        _IAT: issued,
        _TTL: int(ttl.total_seconds()),
        _LIST: {"bits": 1, "lst": zlib.compress(_bits(revoked, size), 9)},
    }
    return sign(claims, key, typ=MEDIA_TYPE)


def decode(data: bytes, keys: KeySet, now: datetime, max_age: timedelta) -> StatusList:
    """Raises StatusListMalformed, StatusListUntrusted, StatusListStale."""
    if len(data) > _MAX_DATA:
        raise StatusListMalformed
    claims = _reader.claims(data, keys)
    match claims:
        case {4: int(expires), 6: int(issued), 65533: {"bits": 1, "lst": bytes(packed)}, 65534: int(ttl)} if (
            0 < ttl <= expires - issued < _END_OF_TIME and 0 < issued < _END_OF_TIME
        ):
            listed = StatusList(_unpacked(packed), _time(issued), _time(expires), timedelta(seconds=ttl))
        case _:
            raise StatusListMalformed
    listed.demand_fresh(now, max_age)
    return listed


def _bits(revoked: Iterable[int], size: int) -> bytes:
    bits = bytearray((size + 7) // 8)
    for index in revoked:
        if not 0 <= index < size:
            raise ValueError(f"place {index} is outside a list of {size}")
        bits[index >> 3] |= 1 << (index & 7)
    return bytes(bits)


def _unpacked(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        bits = inflater.decompress(packed, MAX_CARDS // 8)
    except zlib.error:
        raise StatusListMalformed from None
    if not bits or not inflater.eof or inflater.unused_data:
        raise StatusListMalformed
    return bits


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
