"""Merchants' codes in MongoDB, by their text: it is no secret, whoever has it can only pay."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.money import Currency, Money
from app.core.mongo import Database, Document, Tx
from app.domains.payment.merchant_codes.model import MerchantCode

_KEPT = timedelta(days=1)


class MerchantCodeStore:
    def __init__(self, db: Database) -> None:
        self._codes = db["merchant_codes"]

    async def add(self, code: MerchantCode, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._codes.insert_one({"_id": code.text, **_row(code)}, session=tx)

    async def get(self, text: str, tx: Tx | None = None) -> MerchantCode | None:
        row = await self._codes.find_one({"_id": text}, session=tx)
        return _code(row) if row else None

    async def end(self, text: str, now: datetime, tx: Tx, *, paid: bool = False) -> bool:
        """A dynamic code is paid or closed once, a static one replaced once. False when it is over already."""
        live: Document = {"_id": text, "ended_at": None}
        if paid:
            live["expires_at"] = {"$gt": now}
        change = {"$set": {"ended_at": now, "paid": paid}}
        return bool((await self._codes.update_one(live, change, session=tx)).modified_count)


def _row(one: MerchantCode) -> Document:
    row: Document = {
        "merchant": one.merchant,
        "fen": one.amount.fen if one.amount else None,
        "currency": one.amount.currency.value if one.amount else None,
        "order": one.order,
        "expires_at": one.expires_at,
        "ended_at": one.ended_at,
        "paid": one.paid,
    }
    return {**row, "tidy_at": one.expires_at + _KEPT} if one.expires_at else row


def _code(row: Document) -> MerchantCode:
    return MerchantCode(
        text=row["_id"],
        merchant=row["merchant"],
        amount=Money(row["fen"], Currency(row["currency"])) if row["fen"] is not None else None,
        order=row["order"],
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
        paid=row["paid"],
    )
