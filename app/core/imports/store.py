"""How far the imports of files came, in MongoDB: a row a file, moved with each batch in its transaction."""

from __future__ import annotations

from app.core.imports.model import Progress, Tally
from app.core.mongo import Collection, Document, Tx


class ProgressStore:
    def __init__(self, rows: Collection) -> None:
        """`rows`: each kind of file has a collection of its own."""
        self._imports = rows

    async def get(self, id_: str) -> Progress | None:
        row = await self._imports.find_one({"_id": id_})
        return _progress(row) if row else None

    async def begin(self, fresh: Progress, was: Progress | None) -> bool:
        """From the first line; False when another process began it meanwhile."""
        if was is None:
            known = await self._imports.update_one({"_id": fresh.id}, {"$setOnInsert": _row(fresh)}, upsert=True)
            return known.upserted_id is not None
        before = {"_id": was.id, "line": was.line, "begun_at": was.begun_at, "done_at": was.done_at}
        return bool((await self._imports.replace_one(before, _row(fresh))).modified_count)

    async def move(self, now: Progress, was: Progress, tx: Tx) -> bool:
        """False when another process moved it meanwhile."""
        before = {"_id": was.id, "line": was.line, "begun_at": was.begun_at, "done_at": None}
        return bool((await self._imports.replace_one(before, _row(now), session=tx)).modified_count)


def _row(progress: Progress) -> Document:
    tally = progress.tally
    return {
        "_id": progress.id,
        "line": progress.line,
        "fresh": tally.fresh,
        "amended": tally.amended,
        "same": tally.same,
        "offers": tally.offers,
        "begun_at": progress.begun_at,
        "done_at": progress.done_at,
    }


def _progress(row: Document) -> Progress:
    tally = Tally(row["fresh"], row["amended"], row["same"], row["offers"])
    return Progress(row["_id"], row["line"], tally, row["begun_at"], row["done_at"])
