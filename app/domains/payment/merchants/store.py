"""Merchants in MongoDB, by their organisation."""

from __future__ import annotations

from collections.abc import Collection

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.merchants.model import Category, Merchant, MerchantState


class MerchantStore:
    def __init__(self, db: Database) -> None:
        self._merchants = db["merchants"]

    async def get(self, organisation: str, tx: Tx | None = None) -> Merchant | None:
        row = await self._merchants.find_one({"_id": organisation}, session=tx)
        return _merchant(row) if row else None

    async def these(self, organisations: Collection[str]) -> dict[str, Merchant]:
        """At most a page of them."""
        found = self._merchants.find({"_id": {"$in": sorted(organisations)}})
        return {row["_id"]: _merchant(row) async for row in found}

    async def add(self, merchant: Merchant, tx: Tx) -> None:
        """Raises DuplicateKey."""
        await self._merchants.insert_one({"_id": merchant.organisation, **_row(merchant)}, session=tx)

    async def save(self, now: Merchant, was: Merchant, tx: Tx) -> bool:
        """False when it was turned meanwhile, or has another code."""
        same = {"_id": was.organisation, "state": was.state.value, "code": was.code}
        return bool((await self._merchants.update_one(same, {"$set": _row(now)}, session=tx)).matched_count)

    async def page(self, request: PageRequest, state: MerchantState | None = None) -> Page[Merchant]:
        """By organisation, in rising order."""
        which = {"state": state.value} if state else {}
        rows = await page_rows(self._merchants, which, request, newest=False)
        return Page.cut([_merchant(row) for row in rows], request)


def _row(one: Merchant) -> Document:
    return {
        "name": one.name,
        "category": one.category.value,
        "fee": one.fee,
        "code": one.code,
        "since": one.since,
        "state": one.state.value,
    }


def _merchant(row: Document) -> Merchant:
    return Merchant(
        organisation=row["_id"],
        name=row["name"],
        category=Category(row["category"]),
        fee=row["fee"],
        code=row["code"],
        since=row["since"],
        state=MerchantState(row["state"]),
    )
