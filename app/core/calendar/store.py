"""The overlay of the calendar in MongoDB: a row per day."""

from __future__ import annotations

from datetime import date

from app.core.calendar.model import CalendarDay
from app.core.mongo import Database, Document, Tx


class CalendarStore:
    def __init__(self, db: Database) -> None:
        self._days = db["calendar_days"]

    async def all(self) -> list[CalendarDay]:
        return [day_of(row) for row in await self._days.find({}).sort("_id", 1).to_list(None)]

    async def of_year(self, year: int) -> list[CalendarDay]:
        """Those that are written and not taken back, in order."""
        within = {"_id": {"$gte": f"{year:04d}-01-01", "$lte": f"{year:04d}-12-31"}, "working": {"$ne": None}}
        return [day_of(row) for row in await self._days.find(within).sort("_id", 1).to_list(None)]

    async def put(self, day: CalendarDay, tx: Tx) -> None:
        row = {"working": day.working, "name": day.name, "by": day.by, "at": day.at}
        await self._days.update_one({"_id": day.day.isoformat()}, {"$set": row}, upsert=True, session=tx)

    async def take_back(self, day: date, by: CalendarDay, tx: Tx) -> bool:
        """False when nothing is written of this day. The row stays: the change stream tells other processes of it."""
        written = {"_id": day.isoformat(), "working": {"$ne": None}}
        change = {"$set": {"working": None, "by": by.by, "at": by.at}}
        return bool((await self._days.update_one(written, change, session=tx)).modified_count)


def day_of(row: Document) -> CalendarDay:
    return CalendarDay(date.fromisoformat(row["_id"]), row["working"], row["name"], row["by"], row["at"])
