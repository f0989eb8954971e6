"""Views by item and day, and the weights that came of them. Nothing here tells of a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from app.core.mongo import Database, Document
from app.domains.government.search.popularity.model import KEPT_FOR


class UseStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._uses = db["item_uses"]

    async def add(self, day: date, at: datetime, views: Mapping[str, int]) -> None:
        for code, count in views.items():
            change: Document = {"$inc": {"views": count}, "$setOnInsert": {"item": code, "tidy_at": at + KEPT_FOR}}
            await self._uses.update_one({"_id": f"{day.isoformat()}/{code}"}, change, upsert=True)

    async def since(self, day: date) -> dict[str, int]:
        """Views of each item from that day on."""
        wanted = {"_id": {"$gte": day.isoformat(), "$lt": (day + timedelta(days=400)).isoformat()}}
        group = {"_id": "$item", "views": {"$sum": "$views"}}
        rows = await self._db.aggregate("item_uses", [{"$match": wanted}, {"$group": group}])
        return {row["_id"]: row["views"] for row in rows}


class WeightStore:
    def __init__(self, db: Database) -> None:
        self._weights = db["item_weights"]

    async def all(self) -> dict[str, float]:
        return {row["_id"]: row["weight"] for row in await self._weights.find({}).to_list(None)}

    async def save(self, code: str, weight: float) -> None:
        await self._weights.update_one({"_id": code}, {"$set": {"weight": weight}}, upsert=True)
