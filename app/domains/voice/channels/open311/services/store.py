"""Since when the list of services is as it is: the same for every process of the city."""

from __future__ import annotations

from datetime import datetime

from app.core.mongo import Database


class ChangesetStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["open311_changesets"]

    async def since(self, digest: str, now: datetime) -> datetime:
        """When a list of this digest was first seen: now, if it is new."""
        await self._rows.update_one({"_id": digest}, {"$setOnInsert": {"at": now}}, upsert=True)
        row = await self._rows.find_one({"_id": digest})
        assert row is not None
        at: datetime = row["at"]
        return at
