"""The form of a licence file: signed claims (CWT in COSE_Sign1) that say what stands on the licence.

Who holds the published keys checks it without the city; who holds the list of barred licences, too, knows what has
become of it up to the age of that list. A file is good for half a year, then a fresh one is fetched: so a key that
signed is published for no longer than that after its last signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.signed import Reader, sign
from virtual_card.codes.status_list import StatusList
from virtual_card.licences.documents.errors import (
    LicenceFileExpired,
    LicenceFileMalformed,
    LicenceFileRevoked,
    LicenceFileUntrusted,
)

MEDIA_TYPE = "application/rong-licence+cwt"
LIFE = timedelta(days=180)
MOST_BYTES = 16_384
_LEEWAY = timedelta(minutes=5)
_ISS, _SUB, _EXP, _IAT, _RONG = 1, 2, 4, 6, -65537
_KIND, _PLACE, _FACTS, _FROM, _UNTIL, _ISSUER = 1, 2, 3, 4, 5, 6
_END_OF_TIME = 2**33  # the year 2242
_reader = Reader(malformed=LicenceFileMalformed, untrusted=LicenceFileUntrusted, typ=MEDIA_TYPE)


@dataclass(frozen=True, slots=True)
class LicenceFile:
    """`city` is the address of who signed; `number` the licence's; `issuer` the code of the unit that issued it.
    Times in whole seconds.
    """

    city: str
    number: str
    kind: str
    issuer: str
    facts: Mapping[str, str]
    valid_from: date
    valid_until: date | None
    status_index: int
    signed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that holds. `stale` is how long ago the list was made: since then the licence may have been revoked."""

    file: LicenceFile
    stale: timedelta


def seal(file: LicenceFile, key: SigningKey) -> bytes:
    claims = {
        _ISS: file.city,
        _SUB: file.number,
        _EXP: int(file.expires_at.timestamp()),
        _IAT: int(file.signed_at.timestamp()),
        _RONG: {
            _KIND: file.kind,
            _PLACE: file.status_index,
            _FACTS: dict(file.facts),
            _FROM: file.valid_from.isoformat(),
            _UNTIL: file.valid_until.isoformat() if file.valid_until else None,
            _ISSUER: file.issuer,
        },
    }
    return sign(claims, key, typ=MEDIA_TYPE)


def open_(data: bytes, keys: KeySet, now: datetime) -> LicenceFile:
    """A file that is genuine and not over. Raises LicenceFileMalformed, LicenceFileUntrusted, LicenceFileExpired."""
    if len(data) > MOST_BYTES:
        raise LicenceFileMalformed
    file = _unpacked(_reader.claims(data, keys))
    if now >= file.expires_at + _LEEWAY:
        raise LicenceFileExpired(file.expires_at)
    return file


def check(data: bytes, keys: KeySet, status: StatusList, now: datetime, max_age: timedelta) -> Checked:
    """As `open_`, and not on the list. Raises also LicenceFileRevoked, StatusListStale (older than `max_age`)."""
    status.demand_fresh(now, max_age)
    file = open_(data, keys, now)
    if status.is_revoked(file.status_index):
        raise LicenceFileRevoked
    return Checked(file, status.age(now))


def _unpacked(claims: dict[int, Any]) -> LicenceFile:
    """Raises LicenceFileMalformed: a signature does not make it sensible."""
    try:
        match claims:
            case {
                1: str(city),
                2: str(number),
                4: int(expires),
                6: int(signed),
                -65537: {1: str(kind), 2: int(place), 3: dict(facts), 4: str(first), 5: last, 6: str(issuer)},
            } if 0 < signed < expires < _END_OF_TIME and 0 <= place < 2**32 and _plain(facts):
                return LicenceFile(
                    city,
                    number,
                    kind,
                    issuer,
                    facts,
                    date.fromisoformat(first),
                    date.fromisoformat(last) if last is not None else None,
                    place,
                    datetime.fromtimestamp(signed, UTC),
                    datetime.fromtimestamp(expires, UTC),
                )
    except (ValueError, TypeError):
        pass
    raise LicenceFileMalformed


def _plain(facts: dict[Any, Any]) -> bool:
    return all(isinstance(key, str) and isinstance(value, str) for key, value in facts.items())
