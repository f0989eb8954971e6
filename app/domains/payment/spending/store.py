"""Days of spending in MongoDB: one row a citizen and day, and the limit stands in the filter of the one update."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.core.clock import CITY_TIME
from app.core.mongo import Database, Document, Tx, rivals_look_again
from app.domains.payment.spending.model import LIMITS, SpendingDay, Strength

_KEPT = timedelta(days=40)


class SpendingStore:
    def __init__(self, db: Database) -> None:
        self._days = db["spending_days"]

    async def day(self, citizen: str, day: date, tx: Tx | None = None) -> SpendingDay:
        row = await self._days.find_one({"_id": _id(citizen, day)}, session=tx)
        return _day(row, citizen, day) if row else SpendingDay.empty(citizen, day)

    async def take(self, day: SpendingDay, fen: int, strength: Strength, unasked: int, tx: Tx) -> bool:
        """Count it, when it stays within the limit. Of rivals who begin the day one looks again."""
        field = f"spent.{strength.value}"
        more = {"$inc": {field: fen, "unasked": unasked}}
        room = {"_id": _id(day.citizen, day.day), field: {"$lte": LIMITS[strength] - fen}}
        if (await self._days.update_one(room, more, session=tx)).modified_count:
            return True
        if await self._days.find_one({"_id": _id(day.citizen, day.day)}, session=tx) or fen > LIMITS[strength]:
            return False
        with rivals_look_again():
            await self._days.insert_one(_row(day, fen, strength, unasked), session=tx)
        return True


def _id(citizen: str, day: date) -> str:
    return f"{citizen}:{day.isoformat()}"


def _row(day: SpendingDay, fen: int, strength: Strength, unasked: int) -> Document:
    spent = {one.value: fen if one is strength else 0 for one in Strength}
    tidy_at = datetime(day.day.year, day.day.month, day.day.day, tzinfo=CITY_TIME) + _KEPT
    head = {"_id": _id(day.citizen, day.day), "citizen": day.citizen, "day": day.day.isoformat()}
    return {**head, "spent": spent, "unasked": unasked, "tidy_at": tidy_at}


def _day(row: Document, citizen: str, day: date) -> SpendingDay:
    return SpendingDay(citizen, day, {one: row["spent"][one.value] for one in Strength}, row["unasked"])
