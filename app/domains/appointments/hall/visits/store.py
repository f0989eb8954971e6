"""Visits in MongoDB: one a person, day and matter, by the `_id`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from app.core.mongo import Database, Tx
from app.domains.appointments.hall.visits.model import Visit


class VisitStore:
    def __init__(self, db: Database) -> None:
        self._visits = db["visits"]

    async def add(self, visit: Visit, tx: Tx) -> bool:
        """False when it was counted before. Raises DuplicateKey when that was a moment ago."""
        if await self._visits.find_one({"_id": visit.id}, session=tx) is not None:
            return False
        await self._visits.insert_one({"_id": visit.id, **asdict(visit), "day": visit.day.isoformat()}, session=tx)
        return True

    async def count(self, venue: str, day: date) -> int:
        return await self._visits.count_documents({"venue": venue, "day": day.isoformat()})
