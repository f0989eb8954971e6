"""Signing keys (Ed25519), kept sealed in the database so that all processes share them and rotation is one write.

A new key is published before it signs and stays published after it stops, so nobody is signed out and no gate
that fetched the key set lately meets an unknown key:

    published ── lead ──> signs ── until the next one ──> retired ── overlap ──> withdrawn
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.core.clock import Clock
from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.core.sealed import KeyRing


class KeyUse(StrEnum):
    SESSION = "session"
    CARD = "card"
    AUDIT = "audit"
    LICENCE = "licence"


@dataclass(frozen=True, slots=True)
class Timing:
    """`lead`: from published to signing. `overlap`: from the last signature to withdrawn (longest life of a token)."""

    lead: timedelta
    overlap: timedelta


TIMING = {
    KeyUse.SESSION: Timing(lead=timedelta(minutes=5), overlap=timedelta(hours=1)),
    # Gates may be without network for a day: they must have met the key before they meet a code signed by it.
    KeyUse.CARD: Timing(lead=timedelta(hours=24), overlap=timedelta(hours=1)),
    # The head of the audit chain is verified for as long as its records are kept.
    KeyUse.AUDIT: Timing(lead=timedelta(minutes=5), overlap=timedelta(days=3650)),
    # A licence's file is good for half a year after it was signed, also where there is no network.
    KeyUse.LICENCE: Timing(lead=timedelta(hours=24), overlap=timedelta(days=181)),
}


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    use: KeyUse
    private: Ed25519PrivateKey
    signs_from: datetime
    withdrawn: bool = False

    @property
    def public(self) -> Ed25519PublicKey:
        return self.private.public_key()


class SigningKeys:
    def __init__(self, db: Database, ring: KeyRing, clock: Clock) -> None:
        self._db = db
        self._rows = db["signing_keys"]
        self._ring = ring
        self._clock = clock
        self._keys: dict[str, Key] = {}

    async def load(self) -> None:
        """Read all keys; make the first of each use when there is none."""
        for use in KeyUse:
            if await self._rows.find_one({"use": use.value}) is None:
                with suppress(DuplicateKey):  # another process made it a moment ago; its key serves both
                    await self._rows.insert_one(self._new(use, 1, self._clock.now()))
        self._keep(await self._rows.find({}).to_list(None))

    def changed(self, row: Document) -> None:
        self._keep([row])

    async def rotate(
        self, use: KeyUse, *, at_once: bool = False, noted: Callable[[str, Tx], Awaitable[None]] | None = None
    ) -> Key:
        """Publish the next key. It signs after its lead. `noted` writes in the same transaction which key was made.

        `at_once`: the old key is known to others. The new one signs now, and all before it are withdrawn: what they
        signed is void. Nobody is signed out by that (refresh tokens are not signed); codes are asked for anew.
        """
        count = await self._rows.count_documents({"use": use.value})
        lead = timedelta(0) if at_once else TIMING[use].lead
        row = self._new(use, count + 1, self._clock.now() + lead)

        async def rest(tx: Tx) -> None:
            if at_once:
                others = {"use": use.value, "_id": {"$ne": row["_id"]}}
                await self._rows.update_many(others, {"$set": {"withdrawn": True}}, session=tx)
            if noted is not None:
                await noted(row["_id"], tx)

        async def work(tx: Tx) -> None:
            await self._rows.insert_one(row, session=tx)
            await rest(tx)

        try:
            await self._db.transaction(work)
        except DuplicateKey:  # another process made this number a moment ago; its key serves both
            await self._db.transaction(rest)
        await self.load()
        return self._keys[row["_id"]]

    def signing(self, use: KeyUse) -> Key:
        """The newest key whose time has come; the first one at once, though its maker's clock be ahead of ours."""
        now, keys = self._clock.now(), [key for key in self._of(use) if not key.withdrawn]
        return next((key for key in reversed(keys) if key.signs_from <= now), keys[0])

    def published(self, use: KeyUse) -> list[Key]:
        """Keys that may meet a verifier now: those to come, the present one, and the lately retired."""
        return self.known(use, self._clock.now())

    def known(self, use: KeyUse, at: datetime) -> list[Key]:
        """Keys that could meet a verifier at that moment, but for those that were withdrawn since: they are void."""
        keys = self._of(use)
        ends = [following.signs_from + TIMING[use].overlap for following in keys[1:]]
        retired = {key.id for key, end in zip(keys, ends, strict=False) if end <= at}
        return [key for key in keys if key.id not in retired and not key.withdrawn]

    def ever(self, use: KeyUse) -> list[Key]:
        """All of this use, retired and withdrawn ones included: for what was signed long ago."""
        return self._of(use)

    def find(self, use: KeyUse, key_id: str) -> Key | None:
        return next((key for key in self.published(use) if key.id == key_id), None)

    def _of(self, use: KeyUse) -> list[Key]:
        return sorted((key for key in self._keys.values() if key.use is use), key=lambda key: key.signs_from)

    def _new(self, use: KeyUse, number: int, signs_from: datetime) -> Document:
        key_id = f"{use.value}-{number:04d}"
        raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        sealed = self._ring.seal(raw, record=key_id, field="private")
        return {"_id": key_id, "use": use.value, "private": sealed, "signs_from": signs_from}

    def _keep(self, rows: Iterable[Document]) -> None:
        for row in rows:
            raw = self._ring.open(row["private"], record=row["_id"], field="private")
            private = Ed25519PrivateKey.from_private_bytes(raw)
            withdrawn = row.get("withdrawn", False)
            self._keys[row["_id"]] = Key(row["_id"], KeyUse(row["use"]), private, row["signs_from"], withdrawn)
