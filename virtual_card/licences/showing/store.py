"""Codes of licences in MongoDB: only the hash of a code is kept, and one guarded update uses it."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.mongo import Database, Document, Tx
from virtual_card.licences.model import LicencePurpose
from virtual_card.licences.showing.model import OVERLAP, KeptLicenceCode

_KEPT = timedelta(hours=1)


class LicenceCodeStore:
    def __init__(self, db: Database) -> None:
        self._codes = db["licence_codes"]

    async def add(self, code: KeptLicenceCode, tx: Tx) -> None:
        row = {
            "_id": code.hash,
            "licence": code.licence,
            "holder": code.holder,
            "purpose": code.purpose.value,
            "expires_at": code.expires_at,
            "used_at": None,
            "test_of": code.test_of,
            "tidy_at": code.expires_at + _KEPT,
        }
        await self._codes.insert_one(row, session=tx)

    async def shorten_others(self, code: KeptLicenceCode, now: datetime, tx: Tx) -> None:
        """A renewed code ends the ones before it after the overlap."""
        others = {"licence": code.licence, "purpose": code.purpose.value, "expires_at": {"$gt": now + OVERLAP}}
        change = {"$set": {"expires_at": now + OVERLAP}}
        await self._codes.update_many({**others, "_id": {"$ne": code.hash}}, change, session=tx)

    async def use(self, hash_: str, purpose: LicencePurpose, test_of: str | None, now: datetime, tx: Tx) -> bool:
        """Of many verifiers in many processes one gets True. Real codes are used in life (`test_of` is None)."""
        right = {"_id": hash_, "purpose": purpose.value, "test_of": test_of}
        fresh = {**right, "used_at": None, "expires_at": {"$gt": now}}
        return bool((await self._codes.update_one(fresh, {"$set": {"used_at": now}}, session=tx)).modified_count)

    async def get(self, hash_: str, tx: Tx | None = None) -> KeptLicenceCode | None:
        row = await self._codes.find_one({"_id": hash_}, session=tx)
        return _code(row) if row else None


def _code(row: Document) -> KeptLicenceCode:
    return KeptLicenceCode(
        hash=row["_id"],
        licence=row["licence"],
        holder=row["holder"],
        purpose=LicencePurpose(row["purpose"]),
        expires_at=row["expires_at"],
        used_at=row["used_at"],
        test_of=row["test_of"],
    )
