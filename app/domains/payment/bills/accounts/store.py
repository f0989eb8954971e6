"""Accounts at billers in the database. Numbers and holders are sealed under the city's key."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from app.core.mongo import Database, Document, Tx
from app.core.sealed import KeyRing
from app.domains.payment.bills.accounts.model import Account

_AT_ONCE = 200


class AccountStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._accounts = db["biller_accounts"]
        self._ring = ring

    def id_of(self, biller: str, number: str) -> str:
        return self._ring.keyed_hash(f"{biller}\0{number}", kind="biller account")

    def new(self, biller: str, number: str, holder: str) -> Account:
        return Account(self.id_of(biller, number), biller, number, holder)

    async def get(self, account: str, tx: Tx | None = None) -> Account | None:
        row = await self._accounts.find_one({"_id": account}, session=tx)
        return self._account(row) if row else None

    async def many(self, accounts: Collection[str], tx: Tx | None = None) -> dict[str, Account]:
        if not accounts:
            return {}
        rows = await self._accounts.find({"_id": {"$in": sorted(accounts)}}, session=tx).to_list(None)
        return {row["_id"]: self._account(row) for row in rows}

    async def put(self, accounts: Iterable[Account], tx: Tx) -> None:
        """New, or with the holder that the biller names now."""
        for one in accounts:
            row = {
                "biller": one.biller,
                "number": self._seal(one.number, one.id, "number"),
                "holder": self._seal(one.holder, one.id, "holder"),
            }
            await self._accounts.update_one({"_id": one.id}, {"$set": row}, upsert=True, session=tx)

    async def claim_asking(self, account: Account, now: datetime, rest: timedelta) -> bool:
        """True for the one who asks the biller now: it is asked once in `rest`, whoever looks."""
        rested = {"_id": account.id, "$or": [{"asked_at": None}, {"asked_at": {"$lte": now - rest}}]}
        return bool((await self._accounts.update_one(rested, {"$set": {"asked_at": now}})).modified_count)

    async def unasked(self, account: Account, at: datetime) -> None:
        """The biller did not answer: who looks next asks again."""
        claimed = {"_id": account.id, "asked_at": at}
        await self._accounts.update_one(claimed, {"$set": {"asked_at": account.asked_at}})

    async def of_biller(self, biller: str, after: str) -> list[Account]:
        """The next of this biller's accounts by id, at most 200."""
        which = {"biller": biller, "_id": {"$gt": after}}
        rows = await self._accounts.find(which).sort("_id", 1).limit(_AT_ONCE).to_list(None)
        return [self._account(row) for row in rows]

    def _seal(self, text: str, account: str, field: str) -> bytes:
        return self._ring.seal_text(text, record=account, field=f"biller account {field}")

    def _account(self, row: Document) -> Account:
        def opened(field: str) -> str:
            return self._ring.open_text(row[field], record=row["_id"], field=f"biller account {field}")

        return Account(row["_id"], row["biller"], opened("number"), opened("holder"), row.get("asked_at"))
