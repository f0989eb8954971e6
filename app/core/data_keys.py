"""Data keys: kept in the database, wrapped by the root keys of the settings, rotated while the city runs.

    made ── lead ──> seals ── until the next one ──> retired ── nothing left under it ──> destroyed

The lead lets every process hear of a key (by the change stream) before anything is sealed under it. A retired key
opens until all it had sealed is sealed anew (`resealing`); then its bytes are destroyed and its row stays.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from app.core.clock import Clock
from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.core.sealed import DATA_KEY_PREFIX, KEY_BYTES, DataKey, KeyRing, SealBroken, key_of

LEAD = timedelta(minutes=1)
_FIELD = "data key"


@dataclass(eq=False)
class RootKeyMissing(SealBroken):
    """The settings hold no root key of this name that opens what it wraps: nothing of the city can be read."""

    root: str

    def __str__(self) -> str:
        return f"RONG_DATA_KEYS lacks the root key {self.root!r} that wraps a data key of this city"


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A data key as the desk sees it. `wrapped_by` is a root key's id; None when the key was destroyed."""

    id: str
    wrapped_by: str | None
    made_at: datetime
    seals_from: datetime
    retired_at: datetime | None
    destroyed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a walk of `resealing` under a key has come: all collections before this one, and in it up to `after`."""

    began_at: datetime
    collection: str = ""
    after: str = ""
    old: int = 0
    stuck: int = 0
    ended_at: datetime | None = None

    @property
    def clean(self) -> bool:
        return self.ended_at is not None and not self.old and not self.stuck


class DataKeys:
    def __init__(self, db: Database, ring: KeyRing, clock: Clock) -> None:
        self._db = db
        self._rows = db["data_keys"]
        self._ring = ring
        self._clock = clock

    async def load(self) -> None:
        """Teach the ring all keys; make the first when there is none. What an older root key wraps is wrapped anew.

        Raises RootKeyMissing when the settings lack a root key that wraps one of them, or have another under its name.
        """
        if await self._rows.find_one({}) is None:
            now = self._clock.now()
            with suppress(DuplicateKey):  # another process made it a moment ago; its key serves both
                await self._rows.insert_one(self._new(1, now, now))
        rows = await self._rows.find({}).to_list(None)
        self._keep(rows)
        for row in rows:
            await self._wrap_anew(row)

    def changed(self, row: Document) -> None:
        self._keep([row])

    async def rotate(self, noted: Callable[[str, Tx], Awaitable[None]] | None = None) -> KnownKey:
        """Make the next key; it seals after its lead, and the ones before it retire then. `noted` writes in the same
        transaction which key was made.
        """
        now = self._clock.now()
        row = self._new(await self._rows.count_documents({}) + 1, now, now + LEAD)

        async def work(tx: Tx) -> None:
            await self._rows.insert_one(row, session=tx)
            before = {"_id": {"$ne": row["_id"]}, "retired_at": None}
            await self._rows.update_many(before, {"$set": {"retired_at": row["seals_from"]}}, session=tx)
            if noted is not None:
                await noted(row["_id"], tx)

        with suppress(DuplicateKey):  # two asked at once: one key serves both
            await self._db.transaction(work)
        await self.load()
        return next(key for key in await self.known() if key.id == row["_id"])

    async def known(self) -> list[KnownKey]:
        """All there ever were, the oldest first."""
        rows = await self._rows.find({}).sort("_id", 1).to_list(None)
        return [_known(row) for row in rows]

    async def destroy(self, key_id: str) -> bool:
        """Drop a retired key's bytes. Only when nothing is sealed under it any more; False when it was done before."""
        retired = {"_id": key_id, "retired_at": {"$lte": self._clock.now()}, "destroyed_at": None}
        change = {"$set": {"destroyed_at": self._clock.now()}, "$unset": {"wrapped": ""}}
        done = bool((await self._rows.update_one(retired, change)).modified_count)
        if done:
            self._ring.forget(key_id)
        return done

    async def progress(self, key_id: str) -> Progress | None:
        """The walk under this key as it was left; None before the first."""
        row = await self._rows.find_one({"_id": key_id}, {"progress": 1})
        return Progress(**row["progress"]) if row and "progress" in row else None

    async def keep_progress(self, key_id: str, progress: Progress) -> None:
        await self._rows.update_one({"_id": key_id}, {"$set": {"progress": asdict(progress)}})

    def _new(self, number: int, made_at: datetime, seals_from: datetime) -> Document:
        key_id = f"{DATA_KEY_PREFIX}{number:04d}"
        wrapped = self._ring.wrap(os.urandom(KEY_BYTES), record=key_id, field=_FIELD)
        times = {"made_at": made_at, "seals_from": seals_from, "retired_at": None, "destroyed_at": None}
        return {"_id": key_id, "wrapped": wrapped, **times}

    async def _wrap_anew(self, row: Document) -> None:
        """Under the first root key, so that an older one can leave the settings."""
        wrapped = row.get("wrapped")
        if wrapped is None or key_of(wrapped) == self._ring.root:
            return
        anew = self._ring.wrap(self._unwrapped(row), record=row["_id"], field=_FIELD)
        await self._rows.update_one({"_id": row["_id"], "wrapped": wrapped}, {"$set": {"wrapped": anew}})

    def _unwrapped(self, row: Document) -> bytes:
        try:
            return self._ring.open(row["wrapped"], record=row["_id"], field=_FIELD)
        except SealBroken:
            raise RootKeyMissing(key_of(row["wrapped"]) or "?") from None

    def _keep(self, rows: Iterable[Document]) -> None:
        for row in rows:
            if "wrapped" in row:
                self._ring.learn([DataKey(row["_id"], self._unwrapped(row), row["seals_from"])])
            else:
                self._ring.forget(row["_id"])


def _known(row: Document) -> KnownKey:
    wrapped_by = key_of(row["wrapped"]) if "wrapped" in row else None
    return KnownKey(row["_id"], wrapped_by, row["made_at"], row["seals_from"], row["retired_at"], row["destroyed_at"])
