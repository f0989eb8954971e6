"""Consents in MongoDB. One is active for each citizen, set, organisation and purpose: a unique index sees to it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.government.shared_data.consents.model import Consent

_MOST = 100


class ConsentStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["consents"]

    async def replace(self, consent: Consent, tx: Tx) -> None:
        """Active from now on; one for the same before it ends. Raises DuplicateKey (a rival was first)."""
        same = {
            "citizen": consent.citizen,
            "data_set": consent.data_set,
            "organisation": consent.organisation,
            "purpose": consent.purpose,
            "active": True,
        }
        ended = {"$set": {"withdrawn_at": consent.given_at}, "$unset": {"active": 1}}
        await self._rows.update_one(same, ended, session=tx)
        row = {
            **same,
            "_id": consent.id,
            "fields": list(consent.fields),
            "given_at": consent.given_at,
            "until": consent.until,
            "given_by": consent.given_by,
            "fetches": 0,
        }
        await self._rows.insert_one(row, session=tx)

    async def get(self, consent: str, citizen: str, tx: Tx | None = None) -> Consent | None:
        row = await self._rows.find_one({"citizen": citizen, "_id": consent}, session=tx)
        return _consent(row) if row else None

    async def of(self, citizen: str, request: PageRequest) -> Page[Consent]:
        """Newest first."""
        rows = await page_rows(self._rows, {"citizen": citizen}, request)
        return Page.cut([_consent(row) for row in rows], request)

    async def of_set(self, citizen: str, data_set: str) -> list[Consent]:
        """Those of one set that were not withdrawn; those whose time is over among them."""
        which = {"citizen": citizen, "active": True, "data_set": data_set}
        return [_consent(row) for row in await self._rows.find(which).sort("_id", -1).limit(_MOST).to_list(None)]

    async def active(
        self, citizen: str, data_sets: Collection[str], organisation: str, purpose: str, tx: Tx | None = None
    ) -> dict[str, Consent]:
        """By set; those whose time is over among them."""
        which = {
            "citizen": citizen,
            "active": True,
            "data_set": {"$in": sorted(data_sets)},
            "organisation": organisation,
            "purpose": purpose,
        }
        return {row["data_set"]: _consent(row) for row in await self._rows.find(which, session=tx).to_list(None)}

    async def use(self, consent: Consent, fields: Collection[str], now: datetime, tx: Tx) -> bool:
        """Count one use, if it still holds for all these fields. A withdrawal meets this very write: one of the two
        is first, and the other sees it."""
        holding = {
            "citizen": consent.citizen,
            "_id": consent.id,
            "active": True,
            "until": {"$gt": now},
            "fields": {"$all": sorted(fields)},
        }
        done = await self._rows.update_one(holding, {"$inc": {"fetches": 1}, "$set": {"used_at": now}}, session=tx)
        return bool(done.modified_count)

    async def withdraw(self, consent: Consent, now: datetime, tx: Tx) -> bool:
        """False when it was withdrawn before."""
        active = {"citizen": consent.citizen, "_id": consent.id, "active": True}
        ended: Document = {"$set": {"withdrawn_at": now}, "$unset": {"active": 1}}
        return bool((await self._rows.update_one(active, ended, session=tx)).modified_count)

    async def withdraw_all(self, citizen: str, now: datetime, tx: Tx) -> list[str]:
        """Which those were."""
        active = {"citizen": citizen, "active": True}
        rows = await self._rows.find(active, {"_id": 1}, session=tx).to_list(None)
        await self._rows.update_many(active, {"$set": {"withdrawn_at": now}, "$unset": {"active": 1}}, session=tx)
        return [row["_id"] for row in rows]

    async def count(self, data_set: str, now: datetime, most: int) -> int:
        """How many hold now, counted up to `most`."""
        return await self._rows.count_documents(
            {"data_set": data_set, "active": True, "until": {"$gt": now}}, limit=most
        )


def _consent(row: Document) -> Consent:
    return Consent(
        id=row["_id"],
        citizen=row["citizen"],
        data_set=row["data_set"],
        organisation=row["organisation"],
        fields=tuple(row["fields"]),
        purpose=row["purpose"],
        given_at=row["given_at"],
        until=row["until"],
        given_by=row["given_by"],
        withdrawn_at=row.get("withdrawn_at"),
        fetches=row["fetches"],
    )
