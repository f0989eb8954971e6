"""Personal data at rest: sealed with AES-256-GCM, bound to its record and field, and found by keyed hash.

A sealed value is `version(1) | key id length(1) | key id | nonce(12) | ciphertext and tag`. The first key of
the ring seals; every key of the ring opens, so a key can be rotated while the city runs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.errors import RongError
from app.settings import Settings

_VERSION = b"\x01"
_NONCE = 12


class SealBroken(RongError):
    """The value was altered, moved to another record or field, or its key is not in the ring."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    keys: tuple[tuple[str, AESGCM], ...]
    lookup_key: bytes

    @classmethod
    def from_settings(cls, settings: Settings) -> KeyRing:
        """Raises ValueError on keys that are not 256 bits in base64."""
        pairs = (entry.split(":", 1) for entry in settings.data_keys.get_secret_value().split(","))
        keys = tuple((key_id.strip(), AESGCM(_key(text))) for key_id, text in pairs)
        return cls(keys, _key(settings.lookup_key.get_secret_value()))

    def seal(self, value: bytes, *, record: str, field: str) -> bytes:
        key_id, cipher = self.keys[0]
        nonce = os.urandom(_NONCE)
        name = key_id.encode()
        sealed = cipher.encrypt(nonce, value, _binding(record, field))
        return b"".join((_VERSION, bytes([len(name)]), name, nonce, sealed))

    def open(self, sealed: bytes, *, record: str, field: str) -> bytes:
        """Raises SealBroken."""
        if sealed[:1] != _VERSION or len(sealed) < 2:
            raise SealBroken
        end = 2 + sealed[1]
        cipher = dict(self.keys).get(sealed[2:end].decode(errors="replace"))
        if cipher is None:
            raise SealBroken
        try:
            return cipher.decrypt(sealed[end : end + _NONCE], sealed[end + _NONCE :], _binding(record, field))
        except (InvalidTag, ValueError):  # ValueError: cut off within the nonce
            raise SealBroken from None

    def seal_text(self, value: str, *, record: str, field: str) -> bytes:
        return self.seal(value.encode(), record=record, field=field)

    def open_text(self, sealed: bytes, *, record: str, field: str) -> str:
        return self.open(sealed, record=record, field=field).decode()

    def keyed_hash(self, value: str, *, kind: str) -> str:
        """The name under which a value is found (or compared) without being kept. `kind` keeps uses apart."""
        return hmac.new(self.lookup_key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != 32:
        raise ValueError("a key must be 256 bits in base64")
    return key


def _binding(record: str, field: str) -> bytes:
    return f"{record}\0{field}".encode()
