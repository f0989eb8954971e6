"""Favourites in MongoDB: a row of each person and place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.core.mongo import Database, Document, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.domains.life.directory.favourites.model import Favourite


class FavouriteStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["place_favourites"]

    async def keep(self, citizen: str, place: str, at: datetime, tx: Tx) -> None:
        """Once."""
        row = _row(citizen, place, at)
        id_ = row.pop("_id")
        await self._rows.update_one({"_id": id_}, {"$setOnInsert": row}, upsert=True, session=tx)

    async def let_go(self, citizen: str, place: str, tx: Tx) -> None:
        await self._rows.delete_one({"_id": _id(citizen, place), "citizen": citizen}, session=tx)

    async def among(self, citizen: str, places: Collection[str]) -> set[str]:
        """Which of these he keeps."""
        wanted = [_id(citizen, place) for place in places]
        rows = await self._rows.find({"_id": {"$in": wanted}, "citizen": citizen}, {"place": 1}).to_list(None)
        return {row["place"] for row in rows}

    async def of(self, citizen: str, request: PageRequest) -> Page[Favourite]:
        """The newest first; the cursor is `Favourite.turn`."""
        rows = await page_rows(self._rows, {"citizen": citizen}, request, by="turn")
        return Page.cut([Favourite(row["place"], row["at"], row["turn"]) for row in rows], request)

    async def move(self, place: str, into: str, tx: Tx) -> None:
        """Who kept the one keeps the other."""
        rows = await self._rows.find({"place": place}, session=tx).to_list(None)
        wanted = [_id(row["citizen"], into) for row in rows]
        both = await self._rows.find({"_id": {"$in": wanted}}, {"citizen": 1}, session=tx).to_list(None)
        known = {row["citizen"] for row in both}
        await self._rows.delete_many({"place": place}, session=tx)
        fresh = [_row(row["citizen"], into, row["at"]) for row in rows if row["citizen"] not in known]
        await insert_rows(self._rows, fresh, tx)


def _id(citizen: str, place: str) -> str:
    return f"{citizen}~{place}"


def _row(citizen: str, place: str, at: datetime) -> Document:
    turn = f"{at.isoformat(timespec='milliseconds')}~{place}"
    return {"_id": _id(citizen, place), "citizen": citizen, "place": place, "at": at, "turn": turn}
