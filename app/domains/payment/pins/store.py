"""PINs in MongoDB, one a citizen, hashed. A try is spent before it is looked at: parallel guesses cannot outrun it."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx
from app.domains.payment.pins.model import MOST_TRIES, KeptPin


class PinStore:
    def __init__(self, db: Database) -> None:
        self._pins = db["pay_pins"]

    async def get(self, citizen: str, tx: Tx | None = None) -> KeptPin | None:
        row = await self._pins.find_one({"_id": citizen}, session=tx)
        return _pin(row) if row else None

    async def add(self, citizen: str, hash_: str, now: datetime, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._pins.insert_one({"_id": citizen, **_fresh(hash_, now)}, session=tx)

    async def change(self, citizen: str, was: str | None, hash_: str, now: datetime, tx: Tx) -> bool:
        """Another one, with its tries anew; `was` is the hash it takes the place of, None whatever there is."""
        which: Document = {"_id": citizen, **({"hash": was} if was else {})}
        done = await self._pins.update_one(which, {"$set": _fresh(hash_, now)}, upsert=was is None, session=tx)
        return bool(done.matched_count or done.upserted_id)

    async def spend_try(self, citizen: str, now: datetime) -> KeptPin | None:
        """Count one try; None when there is none left. The first one after the lock counts from one again.

        Each of parallel tries counts from the one before it, so that each is told truly how many are left.
        """
        while (row := await self._pins.find_one({"_id": citizen})) is not None:
            was = _pin(row)
            if was.locked_until(now) is not None:
                return None
            tries = 1 if was.tries >= MOST_TRIES else was.tries + 1
            seen = {"_id": citizen, "tries": was.tries, "tried_at": was.tried_at}
            change = {"$set": {"tries": tries, "tried_at": now}}
            if (await self._pins.update_one(seen, change)).modified_count:
                return KeptPin(was.hash, tries, now)
        return None

    async def forgive(self, citizen: str, hash_: str) -> None:
        """It was right: wrong ones before it count no more."""
        await self._pins.update_one({"_id": citizen, "hash": hash_}, {"$set": {"tries": 0, "tried_at": None}})


def _fresh(hash_: str, now: datetime) -> Document:
    return {"hash": hash_, "tries": 0, "tried_at": None, "since": now}


def _pin(row: Document) -> KeptPin:
    return KeptPin(row["hash"], row["tries"], row["tried_at"])
