"""Favourites in MongoDB: one row a citizen, which holds all of his."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx
from app.domains.life.transit.favourites.model import MOST, Favourite, FavouriteKind, FavouriteRef


class FavouriteStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["transit_favourites"]

    async def of(self, citizen: str, tx: Tx | None = None) -> list[Favourite]:
        """In the order in which they were kept."""
        row = await self._rows.find_one({"_id": citizen}, session=tx)
        return [_favourite(one) for one in row["kept"]] if row else []

    async def add(self, citizen: str, one: Favourite, tx: Tx) -> bool:
        """False when it is there already, or no more fit. Raises DuplicateKey then for one who keeps some."""
        free = {"_id": citizen, "kept.key": {"$ne": one.ref.key}, f"kept.{MOST - 1}": {"$exists": False}}
        done = await self._rows.update_one(free, {"$push": {"kept": _row(one)}}, upsert=True, session=tx)
        return bool(done.modified_count or done.upserted_id)

    async def drop(self, citizen: str, key: str, tx: Tx) -> bool:
        """False when it was not kept."""
        change = {"$pull": {"kept": {"key": key}}}
        return bool((await self._rows.update_one({"_id": citizen}, change, session=tx)).modified_count)


def _row(one: Favourite) -> Document:
    ref = one.ref
    return {
        "key": ref.key,
        "kind": ref.kind.value,
        "id": ref.id,
        "direction": ref.direction,
        "name": one.name,
        "at": one.at,
    }


def _favourite(row: Document) -> Favourite:
    ref = FavouriteRef(FavouriteKind(row["kind"]), row["id"], row["direction"])
    return Favourite(ref, row["name"], row["at"])
