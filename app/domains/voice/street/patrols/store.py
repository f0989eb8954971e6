"""Patrols in MongoDB, each by its id."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.core.mongo import Database, Document, DuplicateKey, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.places.model import Box, Point
from app.core.said import said_of, said_row
from app.domains.voice.street.patrols.model import MOST_GRIDS, Patrol, PatrolPoint


class PatrolStore:
    def __init__(self, db: Database) -> None:
        self._patrols = db["patrols"]

    async def get(self, patrol: str, tx: Tx | None = None) -> Patrol | None:
        row = await self._patrols.find_one({"_id": patrol}, session=tx)
        return _patrol(row) if row else None

    async def put(self, patrol: Patrol, tx: Tx) -> bool:
        """A new one, or the next version of one; False when it was changed meanwhile."""
        if patrol.rev == 1:
            try:
                await self._patrols.insert_one(_row(patrol), session=tx)
            except DuplicateKey:
                return False
            return True
        before = {"_id": patrol.id, "rev": patrol.rev - 1}
        return bool((await self._patrols.replace_one(before, _row(patrol), session=tx)).modified_count)

    async def walked_by(self, officer: str, *, test: bool) -> list[Patrol]:
        """Active ones of an officer."""
        which = {"officers": officer, "active": True, "test": test}
        rows = await self._patrols.find(which).sort("_id", 1).limit(MOST_GRIDS).to_list(None)
        return [_patrol(row) for row in rows]

    async def page(self, request: PageRequest, *, units: Collection[str] | None = None) -> Page[Patrol]:
        """By id; of some units, or of all."""
        which: Document = {} if units is None else {"unit": {"$in": sorted(units)}}
        rows = await page_rows(self._patrols, which, request, newest=False)
        return Page.cut([_patrol(row) for row in rows], request)


def _row(patrol: Patrol) -> Document:
    box = patrol.grid
    return {
        "_id": patrol.id,
        "unit": patrol.unit,
        "name": said_row(patrol.name),
        "grid": [box.south, box.west, box.north, box.east],
        "points": [point_row(one) for one in patrol.points],
        "officers": list(patrol.officers),
        "changed_at": patrol.changed_at,
        "active": patrol.active,
        "test": patrol.test,
        "rev": patrol.rev,
    }


def _patrol(row: Document) -> Patrol:
    return Patrol(
        id=row["_id"],
        unit=row["unit"],
        name=said_of(row["name"]),
        grid=Box(*row["grid"]),
        points=tuple(point_of(one) for one in row["points"]),
        officers=tuple(row["officers"]),
        changed_at=row["changed_at"],
        active=row["active"],
        test=row["test"],
        rev=row["rev"],
    )


def point_row(one: PatrolPoint) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": said_row(one.name),
        "latitude": one.point.latitude,
        "longitude": one.point.longitude,
        "asset": one.asset,
        "within": one.within,
    }


def point_of(row: Document) -> PatrolPoint:
    place = Point(row["latitude"], row["longitude"])
    return PatrolPoint(row["id"], said_of(row["name"]), place, row["asset"], row["within"])
