"""Which card is whose, in MongoDB: the number is sealed under the citizen's key, and looked up by him alone."""

from __future__ import annotations

from datetime import date

from app.core.mongo import Database, Document, Part, Tx
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.life.culture.library.model import BooksDue, ReaderCard

NUMBER = "library card"


class ReaderCardStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._cards = db["library_cards"]
        self._persons = persons

    async def put(self, card: ReaderCard, tx: Tx) -> None:
        key = await self._persons.sealing(card.citizen, tx)
        number = key.seal_text(card.number or "", record=card.citizen, field=NUMBER)
        row = {"number": number, "bound_at": card.bound_at, "reminders": card.reminders}
        change = {"$set": row, "$unset": {"due": ""}}
        await self._cards.update_one({"_id": card.citizen}, change, upsert=True, session=tx)

    async def of(self, citizen: str, tx: Tx | None = None) -> ReaderCard | None:
        row = await self._cards.find_one({"_id": citizen}, session=tx)
        return _card(row, await self._persons.of(citizen, tx)) if row else None

    async def let_go(self, citizen: str, tx: Tx) -> bool:
        return bool((await self._cards.delete_one({"_id": citizen}, session=tx)).deleted_count)

    async def remind(self, citizen: str, reminders: bool, tx: Tx) -> None:
        change: Document = {"$set": {"reminders": reminders}}
        if not reminders:
            change["$unset"] = {"due": ""}
        await self._cards.update_one({"_id": citizen}, change, session=tx)

    async def note_due(self, citizen: str, due: BooksDue | None) -> None:
        """What the library said last; of who wants no reminders nothing is noted. A repeat writes nothing."""
        row = {"count": due.count, "day": due.day.isoformat()} if due else None
        change = {"$set": {"due": row}} if row else {"$unset": {"due": ""}}
        await self._cards.update_one({"_id": citizen, "reminders": True, "due": {"$ne": row}}, change)

    def due_of(self, citizen: str) -> Part[BooksDue]:
        which = {"_id": citizen, "due": {"$type": "object"}}
        return Part("library_cards", [{"$match": which}, {"$project": {"due": 1}}], _due)

    async def to_remind(self, after: str, most: int) -> list[ReaderCard]:
        """By citizen, those who want to be."""
        which: Document = {"reminders": True, "_id": {"$gt": after}}
        rows = await self._cards.find(which).sort("_id", 1).limit(most).to_list(None)
        keys = await self._persons.many({row["_id"] for row in rows})
        return [_card(row, keys[row["_id"]]) for row in rows]

    async def count(self) -> int:
        return int(await self._cards.estimated_document_count())


def _card(row: Document, key: PersonKey) -> ReaderCard:
    number = key.shown(row["number"], record=row["_id"], field=NUMBER)
    return ReaderCard(row["_id"], number, row["bound_at"], row["reminders"])


def _due(row: Document) -> BooksDue:
    return BooksDue(row["due"]["count"], date.fromisoformat(row["due"]["day"]))
