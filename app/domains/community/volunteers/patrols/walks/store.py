"""Passed points in MongoDB, each under its activity, citizen and point."""

from __future__ import annotations

from collections.abc import Collection

from app.core.mongo import Database, Document, Tx
from app.domains.community.volunteers.patrols.walks.model import Passed

_POINTS = 60


class WalkStore:
    def __init__(self, db: Database) -> None:
        self._passed = db["volunteer_passes"]

    async def add(self, one: Passed, tx: Tx) -> None:
        """Raises DuplicateKey: he has passed it."""
        await self._passed.insert_one(_row(one), session=tx)

    async def has(self, activity: str, citizen: str, point: str, tx: Tx) -> bool:
        row = await self._passed.find_one({"_id": f"{activity}:{citizen}:{point}"}, {"_id": 1}, session=tx)
        return row is not None

    async def of(self, activity: str, citizens: Collection[str]) -> list[Passed]:
        """Of these people, the first one first."""
        which = {"activity": activity, "citizen": {"$in": sorted(citizens)}}
        rows = await self._passed.find(which).limit(_POINTS * len(citizens)).to_list(None) if citizens else []
        return sorted(map(_of, rows), key=lambda one: one.at)


def _row(one: Passed) -> Document:
    return {
        "_id": one.id,
        "activity": one.activity,
        "citizen": one.citizen,
        "point": one.point,
        "at": one.at,
        "metres": one.metres,
    }


def _of(row: Document) -> Passed:
    return Passed(row["activity"], row["citizen"], row["point"], row["at"], row["metres"])
