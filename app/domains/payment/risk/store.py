"""What payers did in a window, and what was refused, in MongoDB."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from app.core.money import Currency, Money
from app.core.mongo import Database, Document, Tx, page_rows, rivals_look_again
from app.core.paging import Page, PageRequest
from app.domains.payment.risk.model import Hit, Refusal

_REFUSALS_KEPT = timedelta(days=365)


class RiskStore:
    def __init__(self, db: Database) -> None:
        self._counts = db["risk_counts"]
        self._refusals = db["risk_refusals"]

    async def used(self, counters: Collection[str], tx: Tx) -> dict[str, int]:
        rows = await self._counts.find({"_id": {"$in": sorted(counters)}}, session=tx).to_list(None)
        return {row["_id"]: row["used"] for row in rows}

    async def count(self, counter: str, payer: str, adds: int, tidy_at: datetime, tx: Tx) -> None:
        """With the payment itself: what is not paid is not counted. It was read in the same transaction, so of rivals
        one is made to look again.
        """
        change = {"$inc": {"used": adds}, "$setOnInsert": {"payer": payer, "tidy_at": tidy_at}}
        with rivals_look_again():
            await self._counts.update_one({"_id": counter}, change, upsert=True, session=tx)

    async def refuse(self, one: Refusal, tx: Tx | None) -> None:
        """Once an attempt and rule."""
        row: Document = {
            "payment": one.payment,
            "payer": one.payer,
            "payee_kind": one.payee_kind,
            "payee": one.payee,
            "fen": one.amount.fen,
            "currency": one.amount.currency.value,
            "method": one.method,
            "purpose": one.purpose,
            "rule": one.hit.rule,
            "version": one.hit.version,
            "used": one.hit.used,
            "at": one.at,
            "order": f"{one.at.isoformat()}~{one.id}",
            "tidy_at": one.at + _REFUSALS_KEPT,
        }
        await self._refusals.update_one({"_id": one.id}, {"$setOnInsert": row}, upsert=True, session=tx)

    async def refusals(self, rule: str | None, payer: str | None, request: PageRequest) -> Page[Refusal]:
        """Newest first; the cursor is `order_of`."""
        which: Document = {**({"rule": rule} if rule else {}), **({"payer": payer} if payer else {})}
        rows = await page_rows(self._refusals, which, request, by="order")
        return Page.cut([_refusal(row) for row in rows], request)

    async def refusal(self, id_: str) -> Refusal | None:
        row = await self._refusals.find_one({"_id": id_})
        return _refusal(row) if row else None


def order_of(one: Refusal) -> str:
    return f"{one.at.isoformat()}~{one.id}"


def _refusal(row: Document) -> Refusal:
    return Refusal(
        id=row["_id"],
        payment=row["payment"],
        payer=row["payer"],
        payee_kind=row["payee_kind"],
        payee=row["payee"],
        amount=Money(row["fen"], Currency(row["currency"])),
        method=row["method"],
        purpose=row["purpose"],
        hit=Hit(row["rule"], row["version"], row["used"]),
        at=row["at"],
    )
