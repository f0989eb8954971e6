"""Personal data at rest: sealed with AES-256-GCM, bound to its record and field, and found by keyed hash.

Three layers of keys, each sealed by the one above it:

    root keys (settings)  ──wrap──>  data keys (database)  ──wrap──>  person keys (one per citizen)

The ring holds the first two. Its newest data key whose time has come seals, each key it knows opens. Before the
first data key is made, and for what a city sealed before there were any, a root key does both.

A sealed value is `version(1) | key id length(1) | key id | nonce(12) | ciphertext and tag`; under a person's key,
which needs no name beside the person, `version(2) | nonce(12) | ciphertext and tag`.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.clock import Clock, SystemClock
from app.core.errors import RongError
from app.settings import Settings

KEY_BYTES = 32
DATA_KEY_PREFIX = "data-"
_BY_RING, _BY_PERSON = b"\x01", b"\x02"
_NONCE = 12


class SealBroken(RongError):
    """The value was altered, moved to another record or field, or its key is not in the ring."""


class PersonErased(SealBroken):
    """The person's key was destroyed: nothing opens what was sealed under it any more."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key as the ring knows it."""

    id: str
    raw: bytes = dataclasses.field(repr=False)
    seals_from: datetime


class KeyRing:
    def __init__(self, roots: Mapping[str, bytes], lookup_key: bytes, clock: Clock) -> None:
        self._roots = {key_id: AESGCM(raw) for key_id, raw in roots.items()}
        self._lookup_key = lookup_key
        self._clock = clock
        self._data: dict[str, tuple[datetime, AESGCM]] = {}

    @classmethod
    def from_settings(cls, settings: Settings, clock: Clock | None = None) -> KeyRing:
        """Raises ValueError on keys that are not 256 bits in base64, and on a name kept for data keys."""
        pairs = (entry.split(":", 1) for entry in settings.data_keys.get_secret_value().split(","))
        roots = {key_id.strip(): _key(text) for key_id, text in pairs}
        if any(key_id.startswith(DATA_KEY_PREFIX) for key_id in roots):
            raise ValueError(f"a root key's id does not begin with {DATA_KEY_PREFIX}")
        return cls(roots, _key(settings.lookup_key.get_secret_value()), clock or SystemClock())

    @property
    def root(self) -> str:
        """The root key that wraps: the first of the settings."""
        return next(iter(self._roots))

    @property
    def sealing(self) -> str:
        """The key that seals now: the newest data key whose time has come, and without data keys the first root."""
        if not self._data:
            return self.root
        now = self._clock.now()
        begun = [(seals_from, key_id) for key_id, (seals_from, _) in self._data.items() if seals_from <= now]
        # None has begun when their maker's clock is ahead of ours: then the first one serves.
        return max(begun)[1] if begun else min((since, key_id) for key_id, (since, _) in self._data.items())[1]

    def learn(self, keys: Iterable[DataKey]) -> None:
        for key in keys:
            self._data[key.id] = key.seals_from, AESGCM(key.raw)

    def forget(self, key_id: str) -> None:
        self._data.pop(key_id, None)

    def seal(self, value: bytes, *, record: str, field: str) -> bytes:
        return self._seal(self.sealing, value, record, field)

    def wrap(self, value: bytes, *, record: str, field: str) -> bytes:
        """Seal a key under the first root key."""
        return self._seal(self.root, value, record, field)

    def open(self, sealed: bytes, *, record: str, field: str) -> bytes:
        """Raises SealBroken."""
        cipher = self._cipher(key_id) if (key_id := key_of(sealed)) is not None else None
        if cipher is None:
            raise SealBroken
        return decrypted(cipher, sealed[2 + sealed[1] :], record, field)

    def seal_text(self, value: str, *, record: str, field: str) -> bytes:
        return self.seal(value.encode(), record=record, field=field)

    def open_text(self, sealed: bytes, *, record: str, field: str) -> str:
        return self.open(sealed, record=record, field=field).decode()

    def keyed_hash(self, value: str, *, kind: str) -> str:
        """The name under which a value is found (or compared) without being kept. `kind` keeps uses apart."""
        return hmac.new(self._lookup_key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()

    def _seal(self, key_id: str, value: bytes, record: str, field: str) -> bytes:
        cipher = self._cipher(key_id)
        assert cipher is not None
        name = key_id.encode()
        return b"".join((_BY_RING, bytes([len(name)]), name, encrypted(cipher, value, record, field)))

    def _cipher(self, key_id: str) -> AESGCM | None:
        return self._data[key_id][1] if key_id in self._data else self._roots.get(key_id)


def key_of(sealed: bytes) -> str | None:
    """The id of the ring's key a value is sealed under; None when it is no value of the ring."""
    if sealed[:1] != _BY_RING or len(sealed) < 2:
        return None
    return sealed[2 : 2 + sealed[1]].decode(errors="replace")


def of_person(body: bytes) -> bytes:
    """A value that was encrypted under a person's key, as it is kept."""
    return _BY_PERSON + body


def person_body(sealed: bytes) -> bytes | None:
    """What `of_person` was given; None when the value is no person's."""
    return sealed[1:] if sealed[:1] == _BY_PERSON else None


def encrypted(cipher: AESGCM, value: bytes, record: str, field: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, value, _binding(record, field))


def decrypted(cipher: AESGCM, body: bytes, record: str, field: str) -> bytes:
    """Raises SealBroken."""
    try:
        return cipher.decrypt(body[:_NONCE], body[_NONCE:], _binding(record, field))
    except (InvalidTag, ValueError):  # ValueError: cut off within the nonce
        raise SealBroken from None


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key must be 256 bits in base64")
    return key


def _binding(record: str, field: str) -> bytes:
    return f"{record}\0{field}".encode()
