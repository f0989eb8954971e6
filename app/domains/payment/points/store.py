"""Lots in MongoDB: one row for each last day of a citizen's points; a few rows a person."""

from __future__ import annotations

from datetime import date, datetime

from app.core.mongo import Database, Document, Tx
from app.domains.payment.points.model import NOTICE, Lot

_FEW = 50


class LotStore:
    def __init__(self, db: Database) -> None:
        self._lots = db["point_lots"]

    async def add(self, lot: Lot, tx: Tx) -> None:
        """More with this last day."""
        row: Document = {"citizen": lot.citizen, "expires_on": lot.expires_on.isoformat(), "open": True}
        row |= {"told": False, "look_at": lot.ends_at - NOTICE}
        change = {"$inc": {"fen": lot.fen}, "$setOnInsert": row}
        await self._lots.update_one({"_id": lot.id, "citizen": lot.citizen}, change, upsert=True, session=tx)

    async def take(self, citizen: str, day: date, fen: int, tx: Tx) -> int:
        """Take so many off the lot of that day, or as many as it counts; how many were."""
        which: Document = {"_id": Lot(citizen, day, fen).id, "citizen": citizen, "open": True}
        row = await self._lots.find_one(which, {"fen": 1}, session=tx)
        taken = min(row["fen"], fen) if row else 0
        if taken:
            await self._lots.update_one(which, {"$inc": {"fen": -taken}}, session=tx)
        return int(taken)

    async def of(self, citizen: str, tx: Tx | None = None) -> list[Lot]:
        """Those that have not ended, the first to end first."""
        found = self._lots.find({"citizen": citizen, "open": True}, session=tx).sort("expires_on", 1)
        return [_lot(row) for row in await found.limit(_FEW).to_list(None)]

    async def due(self, now: datetime, most: int) -> list[tuple[Lot, bool]]:
        """Lots of which somebody is to be told, or whose time is over; and whether it was told."""
        which = {"open": True, "look_at": {"$lte": now}}
        rows = await self._lots.find(which).sort([("look_at", 1), ("_id", 1)]).limit(most).to_list(None)
        return [(_lot(row), row["told"]) for row in rows]

    async def look_again(self, lot: Lot, at: datetime, tx: Tx | None = None) -> bool:
        """It was told; or it could not end now."""
        which = {"_id": lot.id, "citizen": lot.citizen, "open": True}
        change = {"$set": {"told": True, "look_at": at}}
        return bool((await self._lots.update_one(which, change, session=tx)).modified_count)

    async def put_off(self, lot: Lot, at: datetime) -> None:
        """It could not be looked at now."""
        which = {"_id": lot.id, "citizen": lot.citizen, "open": True}
        await self._lots.update_one(which, {"$set": {"look_at": at}})

    async def close(self, lot: Lot, tx: Tx) -> bool:
        which = {"_id": lot.id, "citizen": lot.citizen, "open": True}
        return bool((await self._lots.update_one(which, {"$set": {"open": False}}, session=tx)).modified_count)


def _lot(row: Document) -> Lot:
    return Lot(row["citizen"], date.fromisoformat(row["expires_on"]), row["fen"])
