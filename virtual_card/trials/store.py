"""Test citizens by organisation in MongoDB: each has a place of its own, and places are as many as there may be."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.mongo import Database, Document, Tx
from app.domains.identity.citizens.model import Sex
from virtual_card.trials.model import Trial


class TrialStore:
    def __init__(self, db: Database) -> None:
        self._trials = db["test_citizens"]

    async def count(self, organisation: str, tx: Tx) -> int:
        return int(await self._trials.count_documents({"organisation": organisation}, session=tx))

    async def add(self, trials: Sequence[Trial], tx: Tx) -> None:
        """Raises DuplicateKey when a rival took one of the places."""
        await self._trials.insert_many([_row(one) for one in trials], session=tx)

    async def get(self, citizen: str, organisation: str) -> Trial | None:
        row = await self._trials.find_one({"organisation": organisation, "_id": citizen})
        return _trial(row) if row else None

    async def of(self, organisation: str) -> list[Trial]:
        """In the order of their places."""
        rows = await self._trials.find({"organisation": organisation}).sort("place", 1).to_list(None)
        return [_trial(row) for row in rows]


def _row(one: Trial) -> Document:
    return {
        "_id": one.id,
        "organisation": one.organisation,
        "place": one.place,
        "name": one.name,
        "sex": one.sex.value,
        "birth_month": one.birth_month,
        "card_number": one.card_number,
    }


def _trial(row: Document) -> Trial:
    return Trial(
        id=row["_id"],
        organisation=row["organisation"],
        place=row["place"],
        name=row["name"],
        sex=Sex(row["sex"]),
        birth_month=row["birth_month"],
        card_number=row["card_number"],
    )
