"""Online codes in MongoDB: only the hash of a code is kept, and one guarded update uses it."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.mongo import Database, Document, Tx
from virtual_card.codes.model import OVERLAP, KeptCode, Purpose

_KEPT = timedelta(hours=1)


class CodeStore:
    def __init__(self, db: Database) -> None:
        self._codes = db["codes"]

    async def add(self, code: KeptCode, tx: Tx) -> None:
        await self._codes.insert_one(
            {
                "_id": code.hash,
                "card": code.card,
                "holder": code.holder,
                "purpose": code.purpose.value,
                "expires_at": code.expires_at,
                "used_at": None,
                "test_of": code.test_of,
                "tidy_at": code.expires_at + _KEPT,
            },
            session=tx,
        )

    async def shorten_others(self, code: KeptCode, now: datetime, tx: Tx) -> None:
        """A renewed code ends the ones before it after the overlap."""
        others = {"card": code.card, "purpose": code.purpose.value, "expires_at": {"$gt": now + OVERLAP}}
        change = {"$set": {"expires_at": now + OVERLAP}}
        await self._codes.update_many({**others, "_id": {"$ne": code.hash}}, change, session=tx)

    async def use(self, hash_: str, purpose: Purpose, test_of: str | None, now: datetime, tx: Tx) -> bool:
        """Use it once: of many verifiers in many processes one gets True. Real codes are used in life (`test_of` is
        None), those of test citizens by the organisation whose they are, in test mode.
        """
        fresh = {
            "_id": hash_,
            "purpose": purpose.value,
            "test_of": test_of,
            "used_at": None,
            "expires_at": {"$gt": now},
        }
        return bool((await self._codes.update_one(fresh, {"$set": {"used_at": now}}, session=tx)).modified_count)

    async def get(self, hash_: str, tx: Tx | None = None) -> KeptCode | None:
        row = await self._codes.find_one({"_id": hash_}, session=tx)
        return _code(row) if row else None


def _code(row: Document) -> KeptCode:
    return KeptCode(
        hash=row["_id"],
        card=row["card"],
        holder=row["holder"],
        purpose=Purpose(row["purpose"]),
        expires_at=row["expires_at"],
        used_at=row["used_at"],
        test_of=row.get("test_of"),
    )
