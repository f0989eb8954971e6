"""A visitor's code as a picture carries it: `RONGV1:` + base45 of a CWT, signed with the city's card key under a type
of its own, so that neither is ever taken for the other.

It names no person: a pass, its estate and gates, from when until when, how many entries. A fresh one is made each time
the guest's page is drawn, and is good for a minute; a picture of it is worth nothing soon.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from base45 import b45decode, b45encode

from app.domains.community.visitors.errors import GateClockOff, PassCodeMalformed, PassCodeOver, PassForged
from app.domains.community.visitors.model import VisitorPass
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.signed import Reader, sign

PREFIX = "RONGV1:"
TYPE = "application/rong-visitor+cwt"
LIFE = timedelta(seconds=60)
RENEWED = timedelta(seconds=25)
LEEWAY = timedelta(seconds=30)
MAX_TEXT = 1024
_EXP, _IAT, _CTI, _PASS = 4, 6, 7, -65538
_END_OF_TIME = 2**33
_reader = Reader(malformed=PassCodeMalformed, untrusted=PassForged, typ=TYPE)


@dataclass(frozen=True, slots=True)
class PassClaims:
    """Times: whole seconds in UTC. `gates`: none are all of the estate."""

    pass_id: str
    estate: str
    gates: tuple[str, ...]
    begins: datetime
    ends: datetime
    entries: int
    issued_at: datetime
    code_id: bytes = field(default_factory=lambda: secrets.token_bytes(8))

    @property
    def entry(self) -> str:
        """The id of the entry that this very code is good for."""
        return f"{self.pass_id}:{self.code_id.hex()}"


def seal(one: VisitorPass, key: SigningKey, now: datetime) -> str:
    """A fresh code of a pass."""
    claims = PassClaims(one.id, one.estate, one.gates, one.begins, one.ends, one.entries, now)
    return PREFIX + str(b45encode(sign(_packed(claims), key, typ=TYPE)), "ascii")


def open_(text: str, keys: KeySet, now: datetime) -> PassClaims:
    """The claims of a code that this city signed and that is fresh at `now`, by the clock of who reads it.

    Raises PassCodeMalformed, PassForged, PassCodeOver, GateClockOff (it was made later than now).
    """
    claims = _unpacked(_reader.claims(_bytes_of(text), keys))
    if claims.issued_at - now > LEEWAY:
        raise GateClockOff(int((claims.issued_at - now).total_seconds()))
    if now >= claims.issued_at + LIFE + LEEWAY:
        raise PassCodeOver
    return claims


def is_one(text: str) -> bool:
    """Whether it looks like a visitor's code."""
    return text.strip().startswith(PREFIX)


def _bytes_of(text: str) -> bytes:
    text = text.strip("\r\n\t ")
    if len(text) > MAX_TEXT or not text.startswith(PREFIX):
        raise PassCodeMalformed
    try:
        return bytes(b45decode(text.removeprefix(PREFIX)))
    except ValueError:
        raise PassCodeMalformed from None


def _packed(claims: PassClaims) -> dict[int, Any]:
    issued = int(claims.issued_at.timestamp())
    return {
        _EXP: issued + int(LIFE.total_seconds()),
        _IAT: issued,
        _CTI: claims.code_id,
        _PASS: [
            UUID(claims.pass_id).bytes,
            claims.estate,
            list(claims.gates),
            int(claims.begins.timestamp()),
            int(claims.ends.timestamp()),
            claims.entries,
        ],
    }


def _unpacked(packed: dict[int, Any]) -> PassClaims:
    """Raises PassCodeMalformed unless every claim is of its type and within its limit."""
    match packed:
        case {
            4: int(expires),
            6: int(issued),
            7: bytes(code_id),
            -65538: [bytes(pass_id), str(estate), list(gates), int(begins), int(ends), int(entries)],
        } if 0 < expires - issued <= LIFE.total_seconds() and 0 < issued < _END_OF_TIME:
            pass
        case _:
            raise PassCodeMalformed
    plain = len(pass_id) == 16 and len(code_id) == 8 and all(isinstance(gate, str) for gate in gates)
    if not plain or not 0 < begins < ends < _END_OF_TIME or not 0 < entries < 1_000:
        raise PassCodeMalformed
    times = _time(begins), _time(ends)
    return PassClaims(str(UUID(bytes=pass_id)), estate, tuple(gates), *times, entries, _time(issued), code_id)


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
