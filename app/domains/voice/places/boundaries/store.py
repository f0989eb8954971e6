"""Boundaries in MongoDB: one document a division, read whole."""

from __future__ import annotations

import json
from collections.abc import Sequence

from app.core.mongo import Database, Document, Tx
from app.domains.voice.places.boundaries.model import Boundary


class BoundaryStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["boundaries"]

    async def all(self) -> list[Boundary]:
        rows = await self._rows.find({}).to_list(None)
        return [boundary_of(row) for row in rows]

    async def put(self, boundaries: Sequence[Boundary], tx: Tx) -> None:
        for one in boundaries:
            # As text: the database indexes no shapes, and a ring of numbers takes four times the room.
            row = {"geometry": json.dumps(one.geometry)}
            await self._rows.replace_one({"_id": one.code}, row, upsert=True, session=tx)


def boundary_of(row: Document) -> Boundary:
    return Boundary(row["_id"], json.loads(row["geometry"]))
