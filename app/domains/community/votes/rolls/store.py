"""Floor areas by home, and how many votes of an estate go on: two who open one and change the areas meet there."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.mongo import Database, Document, Tx
from app.domains.community.votes.model import Share


class RollStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._areas = db["home_areas"]
        self._books = db["vote_books"]

    async def save(self, estate: str, areas: Mapping[str, int], tx: Tx) -> None:
        """By household, in hundredths of a square metre."""
        for household, area in areas.items():
            change = {"$set": {"estate": estate, "area": area}}
            await self._areas.update_one({"_id": household}, change, upsert=True, session=tx)

    async def forget(self, household: str, tx: Tx) -> None:
        await self._areas.delete_one({"_id": household}, session=tx)

    async def rename(self, household: str, to: str, tx: Tx) -> None:
        row = await self._areas.find_one_and_delete({"_id": household}, session=tx)
        if row is not None:
            await self._areas.insert_one({**row, "_id": to}, session=tx)

    async def total(self, estate: str, tx: Tx | None = None) -> Share:
        group: list[Document] = [
            {"$match": {"estate": estate}},
            {"$group": {"_id": None, "homes": {"$sum": 1}, "area": {"$sum": "$area"}}},
        ]
        rows = await self._db.aggregate("home_areas", group, tx)
        return Share(rows[0]["homes"], rows[0]["area"]) if rows else Share()

    async def area(self, household: str, tx: Tx) -> int:
        row = await self._areas.find_one({"_id": household}, session=tx)
        return int(row["area"]) if row else 0

    async def under_way(self, estate: str, tx: Tx) -> int:
        """And whoever asks meets whoever opens one."""
        row = await self._books.find_one_and_update({"_id": estate}, {"$inc": {"asked": 1}}, upsert=True, session=tx)
        return int(row.get("open", 0)) if row else 0

    async def count(self, estate: str, by: int, tx: Tx) -> None:
        await self._books.update_one({"_id": estate}, {"$inc": {"open": by}}, upsert=True, session=tx)
