"""Signed claims: a CWT (RFC 8392) in a COSE_Sign1 envelope, EdDSA, key id in the protected header.

Reading is strict on purpose. The envelope has exactly one accepted form, the one written here, so that nothing of a
stranger's CBOR is interpreted before its signature holds, and no second spelling of a spent code exists.
"""

from __future__ import annotations

from typing import Any

import cbor2
from cwt import COSE
from cwt.exceptions import CWTError

from app.core.errors import Outcome
from virtual_card.codes.keys import KeySet, SigningKey

_ALG, _KID, _TYP = 1, 4, 16
_EDDSA = -8
_TAG_AND_ARRAY = b"\xd2\x84"  # tag 18 (COSE_Sign1), array of four
_NO_UNPROTECTED_HEADER = b"\xa0"
_LENGTH_BYTES = {24: 1, 25: 2, 26: 4}
_cose = COSE.new()


def sign(claims: dict[int, Any], key: SigningKey, typ: str | None = None) -> bytes:
    """`typ` (RFC 9596) keeps two kinds of claims under one key apart."""
    return bytes(_cose.encode_and_sign(cbor2.dumps(claims), key.cose(), _header(key.kid, typ), {}))


class Reader:
    """Opens what `sign` made, for one kind of claims; `malformed` and `untrusted` are the errors it raises."""

    def __init__(self, malformed: type[Outcome], untrusted: type[Outcome], typ: str | None = None) -> None:
        self._malformed, self._untrusted, self._typ = malformed, untrusted, typ

    def claims(self, data: bytes, keys: KeySet) -> dict[int, Any]:
        header = self._protected_header(data)
        trusted = [key.cose() for key in keys if cbor2.dumps(_header(key.kid, self._typ)) == header]
        if not trusted:
            raise self._untrusted
        try:
            claims = cbor2.loads(_cose.decode(data, trusted))
        except (CWTError, ValueError, TypeError):
            raise self._untrusted from None
        if not isinstance(claims, dict):
            raise self._malformed
        return claims

    def _protected_header(self, data: bytes) -> bytes:
        """The header's bytes, once the whole envelope is seen to be in the one accepted form."""
        try:
            header, at = _byte_string(data, len(_TAG_AND_ARRAY))
            payload, end = _byte_string(data, at + 1)
            signature, _ = _byte_string(data, end)
        except IndexError:
            raise self._malformed from None
        if data != _envelope(header, payload, signature):
            raise self._malformed
        return header


def _header(kid: str, typ: str | None) -> dict[int | str, Any]:
    header: dict[int | str, Any] = {_ALG: _EDDSA, _KID: kid.encode()}
    return header | {_TYP: typ} if typ else header


def _envelope(header: bytes, payload: bytes, signature: bytes) -> bytes:
    parts = [cbor2.dumps(part) for part in (header, payload, signature)]
    return _TAG_AND_ARRAY + parts[0] + _NO_UNPROTECTED_HEADER + parts[1] + parts[2]


def _byte_string(data: bytes, at: int) -> tuple[bytes, int]:
    """The CBOR byte string that begins at `at`, and where it ends. Raises IndexError."""
    short = data[at] & 0x1F
    start = at + 1 + _LENGTH_BYTES.get(short, 0)
    length = int.from_bytes(data[at + 1 : start]) if short in _LENGTH_BYTES else short
    return data[start : start + length], start + length
