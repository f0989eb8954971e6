"""Codes to pay by in MongoDB: their hashes, and which one each citizen shows now. One guarded update uses a code.

Which one is shown stands in a row of the citizen, so that two codes made at once meet there and one ends the other.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pymongo import ReturnDocument

from app.core.mongo import Database, Document, Tx
from app.domains.payment.pay_codes.model import PayCode
from app.domains.payment.payments.model import Method

_KEPT = timedelta(hours=1)


class PayCodeStore:
    def __init__(self, db: Database) -> None:
        self._codes = db["pay_codes"]
        self._shown = db["shown_pay_codes"]

    async def show(self, code: PayCode, now: datetime, tx: Tx) -> None:
        """It takes the place of the one that was shown before. Raises DuplicateKey when a rival is first: try again."""
        tidy_at = code.expires_at + _KEPT
        before = await self._shown.find_one({"_id": code.citizen}, session=tx)
        if before is not None:
            unused = {"_id": before["code"], "used_at": None, "ended_at": None}
            await self._codes.update_one(unused, {"$set": {"ended_at": now}}, session=tx)
        change = {"$set": {"code": code.hash, "tidy_at": tidy_at}}
        await self._shown.update_one({"_id": code.citizen}, change, upsert=True, session=tx)
        await self._codes.insert_one({"_id": code.hash, **_row(code), "tidy_at": tidy_at}, session=tx)

    async def use(self, hash_: str, now: datetime, tx: Tx) -> PayCode | None:
        """Use it once: of many charges in many processes one gets it."""
        fresh = {"_id": hash_, "used_at": None, "ended_at": None, "expires_at": {"$gt": now}}
        row = await self._codes.find_one_and_update(
            fresh, {"$set": {"used_at": now}}, return_document=ReturnDocument.AFTER, session=tx
        )
        return _code(row) if row else None

    async def get(self, hash_: str, tx: Tx | None = None) -> PayCode | None:
        row = await self._codes.find_one({"_id": hash_}, session=tx)
        return _code(row) if row else None


def _row(one: PayCode) -> Document:
    return {
        "citizen": one.citizen,
        "method": one.method.value,
        "strong": one.strong,
        "expires_at": one.expires_at,
        "used_at": one.used_at,
        "ended_at": one.ended_at,
    }


def _code(row: Document) -> PayCode:
    return PayCode(
        hash=row["_id"],
        citizen=row["citizen"],
        method=Method(row["method"]),
        strong=row["strong"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
        ended_at=row["ended_at"],
    )
