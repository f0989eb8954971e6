"""Timetables in MongoDB: the pieces of each version, written once and never changed."""

from __future__ import annotations

from app.core.mongo import Database, Document
from app.domains.life.transit.timetable.packing import Piece


class TimetableStore:
    def __init__(self, db: Database) -> None:
        self._pieces = db["transit_pieces"]

    async def put(self, version: str, number: int, piece: Piece) -> None:
        """A repeat writes the same again."""
        row: Document = {"version": version, "section": piece[0], "data": piece[1]}
        await self._pieces.replace_one({"_id": f"{version}/{number:06d}"}, row, upsert=True)

    async def pieces(self, version: str) -> list[Piece]:
        """In the order in which they were written."""
        rows = await self._pieces.find({"version": version}).sort("_id", 1).to_list(None)
        return [(row["section"], bytes(row["data"])) for row in rows]

    async def drop(self, version: str) -> None:
        await self._pieces.delete_many({"version": version})
