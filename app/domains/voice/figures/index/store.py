"""The weights of the index, each version a row that stays as it is."""

from __future__ import annotations

from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.domains.voice.figures.index.errors import WeightsChanged
from app.domains.voice.figures.index.model import FIRST, Weights


class WeightStore:
    def __init__(self, db: Database) -> None:
        self._weights = db["index_weights"]

    async def current(self, tx: Tx | None = None) -> Weights:
        row = await self._weights.find_one({}, sort=[("_id", -1)], session=tx)
        return _weights_of(row) if row else FIRST

    async def page(self, request: PageRequest) -> Page[Weights]:
        """Newest first; the program's own are not among them."""
        beyond = {} if request.after is None else {"_id": {"$lt": _id(int(request.after))}}
        found = self._weights.find(beyond).sort("_id", -1).limit(request.first + 1)
        return Page.cut([_weights_of(row) for row in await found.to_list(None)], request)

    async def add(self, weights: Weights, tx: Tx) -> None:
        """Raises WeightsChanged: this version is there."""
        row = {"values": dict(weights.values), "by": weights.by, "at": weights.at, "reason": weights.reason}
        try:
            await self._weights.insert_one({"_id": _id(weights.version), **row}, session=tx)
        except DuplicateKey:
            raise WeightsChanged from None


def _id(version: int) -> str:
    return f"{version:08d}"


def _weights_of(row: Document) -> Weights:
    return Weights(int(row["_id"]), row["values"], row["by"], row["at"], row["reason"])
