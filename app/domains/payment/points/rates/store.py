"""Rates in MongoDB: one row for each partner and each day from which one is in force."""

from __future__ import annotations

from datetime import date

from app.core.mongo import Database, Document, Tx
from app.domains.payment.points.rates.model import Rate

_MOST = 500


class RateStore:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._rates = db["point_rates"]

    async def put(self, rate: Rate, tx: Tx) -> None:
        """In place of one of the same day."""
        which = {"_id": rate.id, "organisation": rate.organisation}
        await self._rates.update_one(which, {"$set": _row(rate)}, upsert=True, session=tx)

    async def of(self, organisation: str, tx: Tx | None = None) -> list[Rate]:
        """Newest first."""
        found = self._rates.find({"organisation": organisation}, session=tx).sort("from_day", -1)
        return [_rate(row) for row in await found.limit(_MOST).to_list(None)]

    async def partners(self) -> list[str]:
        """Organisations that have a rate, whether they still take points or not."""
        rows = await self._db.aggregate("point_rates", [{"$group": {"_id": "$organisation"}}])
        return sorted(row["_id"] for row in rows)


def _row(rate: Rate) -> Document:
    said = {"units": rate.units, "reason": rate.reason, "by": rate.by, "at": rate.at}
    return {"from_day": rate.from_day.isoformat(), **said}


def _rate(row: Document) -> Rate:
    day = date.fromisoformat(row["from_day"])
    return Rate(row["organisation"], day, row["units"], row["reason"], row["by"], row["at"])
