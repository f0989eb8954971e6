"""One key per citizen: whatever of his is sealed, wherever it stands, is sealed under it.

Destroying the key erases all of it at once, also what a copy of the data still holds. The key's row stays without
the key: the proof that it is gone, and since when. Keys are wrapped by a data key and kept open in memory for some
minutes; the change stream drops a destroyed one from the memory of every process.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cachetools import LRUCache, TTLCache
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.clock import Clock
from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.core.sealed import (
    KEY_BYTES,
    KeyRing,
    PersonErased,
    SealBroken,
    decrypted,
    encrypted,
    of_person,
    person_body,
)

FIELD = "person key"
_KEPT_OPEN, _SECONDS = 20_000, 600


@dataclass(frozen=True, slots=True)
class PersonKey:
    """The key of one person, to seal and open with. Without a `secret` he has none yet, or has none any more."""

    citizen: str
    ring: KeyRing
    secret: bytes | None = dataclasses.field(default=None, repr=False)
    destroyed_at: datetime | None = None

    @property
    def _cipher(self) -> AESGCM | None:
        # Made when it is used, in 5 µs: a cipher takes 2.5 KB, and thousands of keys are kept open.
        return AESGCM(self.secret) if self.secret is not None else None

    def seal(self, value: bytes, *, record: str, field: str) -> bytes:
        """Raises PersonErased."""
        if (cipher := self._cipher) is None:
            raise PersonErased
        return of_person(encrypted(cipher, value, record, field))

    def open(self, sealed: bytes, *, record: str, field: str) -> bytes:
        """Raises PersonErased, SealBroken. What was sealed under the ring before there were person keys opens too."""
        if self.destroyed_at is not None:
            raise PersonErased
        body = person_body(sealed)
        if body is None:
            return self.ring.open(sealed, record=record, field=field)
        if (cipher := self._cipher) is None:
            raise SealBroken
        return decrypted(cipher, body, record, field)

    def seal_text(self, value: str, *, record: str, field: str) -> bytes:
        return self.seal(value.encode(), record=record, field=field)

    def open_text(self, sealed: bytes, *, record: str, field: str) -> str:
        return self.open(sealed, record=record, field=field).decode()

    def shown(self, sealed: bytes | None, *, record: str, field: str) -> str | None:
        """The text, or None when there is none or the person was erased. Raises SealBroken."""
        if sealed is None or self.destroyed_at is not None:
            return None
        return self.open_text(sealed, record=record, field=field)


class PersonKeys:
    def __init__(self, db: Database, ring: KeyRing, clock: Clock) -> None:
        self._rows = db["person_keys"]
        self._ring = ring
        self._clock = clock
        self._open: TTLCache[str, PersonKey] = TTLCache(_KEPT_OPEN, _SECONDS)
        # Lest a read that was under way when the key was destroyed bring it back into memory.
        self._gone: LRUCache[str, PersonKey] = LRUCache(_KEPT_OPEN)

    async def of(self, citizen: str, tx: Tx | None = None) -> PersonKey:
        """To open with. Costs one read the first time."""
        return (await self.many([citizen], tx))[citizen]

    async def many(self, citizens: Iterable[str], tx: Tx | None = None) -> dict[str, PersonKey]:
        """To open with, for many people by one read."""
        wanted = set(citizens)
        found = {one: key for one in wanted if (key := self._gone.get(one) or self._open.get(one)) is not None}
        missing = sorted(wanted - found.keys())
        if missing:
            rows = await self._rows.find({"_id": {"$in": missing}}, session=tx).to_list(None)
            read = {row["_id"]: self._key(row) for row in rows}
            if tx is None:  # what a transaction read may be its own, and never come to be
                self._remember(read.values())
            found |= read
        return {one: self._gone.get(one) or found.get(one) or PersonKey(one, self._ring) for one in wanted}

    async def sealing(self, citizen: str, tx: Tx | None = None) -> PersonKey:
        """To seal with; made (in this transaction) for who has none. Raises PersonErased."""
        key = await self.of(citizen, tx)
        if key.destroyed_at is not None:
            raise PersonErased
        if key.secret is not None:
            return key
        try:
            return await self.make(citizen, tx)
        except DuplicateKey:
            if tx is not None:
                raise
            return await self.sealing(citizen)  # made elsewhere a moment ago

    async def make(self, citizen: str, tx: Tx | None) -> PersonKey:
        """The key of a new citizen, in the transaction that makes him. Raises DuplicateKey."""
        raw = os.urandom(KEY_BYTES)
        wrapped = self._ring.seal(raw, record=citizen, field=FIELD)
        await self._rows.insert_one({"_id": citizen, "key": wrapped, "made_at": self._clock.now()}, session=tx)
        return PersonKey(citizen, self._ring, raw)

    async def destroy(self, citizen: str, by: str, tx: Tx) -> datetime:
        """For good. When it was done: a repeat finds the first time."""
        now = self._clock.now()
        change: Document = {"$set": {"destroyed_at": now, "destroyed_by": by}, "$unset": {"key": ""}}
        row = await self._rows.find_one({"_id": citizen}, session=tx)
        if row is not None and "destroyed_at" in row:
            before: datetime = row["destroyed_at"]
            return before
        await self._rows.update_one({"_id": citizen}, change, upsert=True, session=tx)
        self._open.pop(citizen, None)
        return now

    async def destruction(self, citizen: str) -> tuple[datetime, str] | None:
        """When the key was destroyed, and by whom; None when it was not. Read from the database, not from memory."""
        row = await self._rows.find_one({"_id": citizen})
        return (row["destroyed_at"], row["destroyed_by"]) if row and "destroyed_at" in row else None

    def changed(self, row: Document) -> None:
        if "destroyed_at" in row:
            self._gone[row["_id"]] = self._key(row)
            self._open.pop(row["_id"], None)

    async def forget(self) -> None:
        """After a gap in the change stream: a key may have been destroyed meanwhile."""
        self._open.clear()

    def _key(self, row: Document) -> PersonKey:
        if "destroyed_at" in row:
            return PersonKey(row["_id"], self._ring, destroyed_at=row["destroyed_at"])
        return PersonKey(row["_id"], self._ring, self._ring.open(row["key"], record=row["_id"], field=FIELD))

    def _remember(self, keys: Iterable[PersonKey]) -> None:
        for key in keys:
            if key.secret is not None:
                self._open[key.citizen] = key
