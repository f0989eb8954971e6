"""Which certificates are kept up to date, in MongoDB: a row a person."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database, Document, Tx
from app.domains.life.health.certificates.model import Upkeep


class UpkeepStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["vaccination_certificates"]

    async def get(self, citizen: str) -> Upkeep | None:
        row = await self._rows.find_one({"_id": citizen})
        return _upkeep(row) if row else None

    async def keep(self, one: Upkeep, tx: Tx) -> None:
        row = {"doses": one.doses, "licence": one.licence, "asked_at": one.asked_at, "look_at": one.look_at}
        await self._rows.update_one({"_id": one.citizen}, {"$set": row}, upsert=True, session=tx)

    async def drop(self, citizen: str, tx: Tx) -> None:
        await self._rows.delete_one({"_id": citizen}, session=tx)

    async def due(self, now: datetime, most: int) -> list[Upkeep]:
        """To be looked at by now, whose turn is longest past first."""
        rows = await self._rows.find({"look_at": {"$lte": now}}).sort("look_at", 1).limit(most).to_list(None)
        return [_upkeep(row) for row in rows]

    async def look_at(self, citizen: str, at: datetime, tx: Tx | None = None) -> bool:
        """When it is looked at next; False when this person's is not kept."""
        done = await self._rows.update_one({"_id": citizen}, {"$set": {"look_at": at}}, session=tx)
        return bool(done.matched_count)


def _upkeep(row: Document) -> Upkeep:
    return Upkeep(row["_id"], row["doses"], row["licence"], row["asked_at"], row["look_at"])
