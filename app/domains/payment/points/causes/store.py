"""Causes in MongoDB: a few rows that the desk writes."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx
from app.core.said import said_of, said_row
from app.domains.payment.points.causes.model import Cause

_FEW = 200


class CauseStore:
    def __init__(self, db: Database) -> None:
        self._causes = db["point_causes"]

    async def put(self, cause: Cause, tx: Tx) -> None:
        row: Document = {
            "name": said_row(cause.name),
            "words": said_row(cause.words),
            "goal": cause.goal,
            "open": cause.open,
            "rank": cause.rank,
        }
        await self._causes.update_one({"_id": cause.code}, {"$set": row}, upsert=True, session=tx)

    async def get(self, code: str, tx: Tx | None = None) -> Cause | None:
        row = await self._causes.find_one({"_id": code}, session=tx)
        return _cause(row) if row else None

    async def all(self) -> list[Cause]:
        rows = await self._causes.find({"rank": {"$gte": 0}}).sort([("rank", 1), ("_id", 1)]).limit(_FEW).to_list(None)
        return [_cause(row) for row in rows]


def _cause(row: Document) -> Cause:
    name, words = said_of(row["name"]), said_of(row["words"])
    return Cause(row["_id"], name, words, row["goal"], row["open"], row["rank"])
