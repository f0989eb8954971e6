"""The city's card keys: Ed25519 pairs that sign, and the published set (JWKS, RFC 7517, 8037) that gates verify with.

Rotation: publish the new key first, sign with it once every gate has fetched the set, and withdraw the old one when its
last code has ended.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cwt import COSEKey
from cwt.cose_key_interface import COSEKeyInterface

from virtual_card.codes.errors import KeySetMalformed

_KID = re.compile(r"[A-Za-z0-9_-]{1,16}")
_SIGN, _VERIFY = 1, 2


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`kid` is at most 16 letters, digits, `-` or `_`: it travels in every code."""

    kid: str
    private: Ed25519PrivateKey

    def __post_init__(self) -> None:
        if not _KID.fullmatch(self.kid):
            raise ValueError("a key id is 1 to 16 letters, digits, - or _")

    @classmethod
    def new(cls, kid: str) -> SigningKey:
        return cls(kid, Ed25519PrivateKey.generate())

    @property
    def public(self) -> VerifyingKey:
        return VerifyingKey(self.kid, self.private.public_key())

    def cose(self) -> COSEKeyInterface:
        seed, point = self.private.private_bytes_raw(), self.private.public_key().public_bytes_raw()
        return COSEKey.new(_okp(self.kid, _SIGN) | {-2: point, -4: seed})


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    kid: str
    public: Ed25519PublicKey

    def cose(self) -> COSEKeyInterface:
        return COSEKey.new(_okp(self.kid, _VERIFY) | {-2: self.public.public_bytes_raw()})

    def to_jwk(self) -> dict[str, str]:
        point = urlsafe_b64encode(self.public.public_bytes_raw()).rstrip(b"=").decode()
        return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": point}

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> VerifyingKey:
        """Raises KeySetMalformed."""
        kid, point = jwk.get("kid"), jwk.get("x")
        if not isinstance(kid, str) or not _KID.fullmatch(kid) or not isinstance(point, str):
            raise KeySetMalformed
        try:
            return cls(kid, Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(point + "=" * (-len(point) % 4))))
        except ValueError:
            raise KeySetMalformed from None


class KeySet:
    """The keys a verifier trusts, by key id."""

    def __init__(self, keys: Iterable[VerifyingKey]) -> None:
        self._keys = {key.kid: key for key in keys}

    def __iter__(self) -> Iterator[VerifyingKey]:
        return iter(self._keys.values())

    def __len__(self) -> int:
        return len(self._keys)

    def to_jwks(self) -> dict[str, list[dict[str, str]]]:
        """What `/.well-known/card-keys` answers."""
        return {"keys": [key.to_jwk() for key in self]}

    @classmethod
    def from_jwks(cls, jwks: object) -> KeySet:
        """Keys of other kinds are passed over, as RFC 7517 asks. Raises KeySetMalformed."""
        listed = jwks.get("keys") if isinstance(jwks, Mapping) else None
        if not isinstance(listed, list) or not all(isinstance(jwk, Mapping) for jwk in listed):
            raise KeySetMalformed
        return cls(VerifyingKey.from_jwk(jwk) for jwk in listed if _is_ed25519(jwk))


def _okp(kid: str, operation: int) -> dict[int, Any]:
    """A COSE_Key (RFC 9053): key type OKP, EdDSA, curve Ed25519."""
    return {1: 1, 2: kid.encode(), 3: -8, 4: [operation], -1: 6}


def _is_ed25519(jwk: Mapping[str, Any]) -> bool:
    return jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519" and jwk.get("use", "sig") == "sig"
