"""Bound accounts in the database. Every read of a citizen's takes the citizen; labels are sealed under his key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from app.core.mongo import Database, Document, Tx
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.payment.bills.bound.model import Bound

_FIELD = "bound account label"
_MOST_BINDERS = 200


class BoundStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._bound = db["bound_accounts"]
        self._persons = persons

    async def add(self, bound: Bound, tx: Tx) -> None:
        """Raises DuplicateKey: he has bound this account already."""
        key = await self._persons.sealing(bound.citizen, tx)
        row = {
            "_id": bound.id,
            "citizen": bound.citizen,
            "account": bound.account,
            "biller": bound.biller,
            "label": key.seal_text(bound.label or "", record=bound.id, field=_FIELD),
            "by": bound.by,
            "at": bound.at,
        }
        await self._bound.insert_one(row, session=tx)

    async def label(self, bound: Bound, label: str, tx: Tx) -> bool:
        key = await self._persons.sealing(bound.citizen, tx)
        sealed = key.seal_text(label, record=bound.id, field=_FIELD)
        which = {"citizen": bound.citizen, "_id": bound.id}
        return bool((await self._bound.update_one(which, {"$set": {"label": sealed}}, session=tx)).matched_count)

    async def drop(self, citizen: str, bound: str, tx: Tx) -> bool:
        return bool((await self._bound.delete_one({"citizen": citizen, "_id": bound}, session=tx)).deleted_count)

    async def get(self, citizen: str, bound: str, tx: Tx | None = None) -> Bound | None:
        row = await self._bound.find_one({"citizen": citizen, "_id": bound}, session=tx)
        return _bound(row, await self._persons.of(citizen, tx)) if row else None

    async def of(self, citizen: str, tx: Tx | None = None) -> list[Bound]:
        """All of his, the newest first."""
        rows = await self._bound.find({"citizen": citizen}, session=tx).sort("_id", -1).to_list(None)
        key = await self._persons.of(citizen, tx) if rows else None
        return [_bound(row, key) for row in rows if key]

    async def accounts(self, citizen: str, tx: Tx | None = None) -> frozenset[str]:
        """The accounts whose bills he may see."""
        rows = await self._bound.find({"citizen": citizen}, {"account": 1}, session=tx).to_list(None)
        return frozenset(row["account"] for row in rows)

    async def binders(self, accounts: Collection[str], tx: Tx | None = None) -> dict[str, list[str]]:
        """By account, who has bound it."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        if accounts:
            which = {"account": {"$in": sorted(accounts)}}
            most = _MOST_BINDERS * len(accounts)
            for row in (
                await self._bound.find(which, {"account": 1, "citizen": 1}, session=tx).limit(most).to_list(None)
            ):
                found[row["account"]].append(row["citizen"])
        return dict(found)


def _bound(row: Document, key: PersonKey) -> Bound:
    label = key.shown(row["label"], record=row["_id"], field=_FIELD)
    return Bound(row["_id"], row["citizen"], row["account"], row["biller"], label, row["by"], row["at"])
