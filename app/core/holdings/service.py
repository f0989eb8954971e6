"""What the city holds of a citizen: one table of collections, for his export, his erasure and the proof of it.

Every collection either stands in HELD, with whose its rows are and what becomes of them, or in NOT_HELD with the
reason: a test asks for it. So nothing that a later room keeps of people is forgotten in either.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.collections import COLLECTIONS
from app.core.holdings.model import Fate, Held
from app.core.holdings.people import HELD
from app.core.mongo import Database, Document
from app.core.person_keys import PersonKey, PersonKeys
from app.core.resealing import at
from app.core.sealed import KeyRing, SealBroken

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What is left of sealed values of one kind, and how many of them anything still opens."""

    place: str
    left: int
    open: int


class Holdings:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._db = db
        self._ring = ring
        self._persons = persons

    async def rows(self, held: Held, citizen: str) -> AsyncIterator[Document]:
        """All of one kind, oldest first, opened and ready for JSON."""
        key, after = await self._persons.of(citizen), ""
        which = await self._which(held, citizen)
        while rows := await self._page(held, which, after):
            for row in rows:
                yield _readable(held, row, key)
            after = rows[-1]["_id"]

    async def erase(self, citizen: str) -> None:
        """Delete what is not kept by law and not emptied by its room. Safe to repeat."""
        for held in HELD:
            if held.fate is Fate.DELETED:
                await self._db[held.collection].delete_many(await self._which(held, citizen))

    async def release(self, citizen: str) -> None:
        """The time for which the law kept look-ups is over."""
        await self._db["disclosures"].delete_many({"citizen": citizen})

    async def left(self, citizen: str) -> Mapping[str, int]:
        """How many rows of each collection are about this citizen, or name him."""
        counts: dict[str, int] = {}
        for held in HELD:
            found = await self._db[held.collection].count_documents(await self._which(held, citizen))
            counts[held.collection] = counts.get(held.collection, 0) + found
        counts |= await self._traces(citizen)
        return {name: count for name, count in counts.items() if count}

    async def _traces(self, citizen: str) -> Mapping[str, int]:
        """Rows that are no holding of his and name him: events (for some days), and the numbers of his cards."""
        licences = await self._db["licences"].find({"holder": citizen}, {"number": 1}).to_list(None)
        given = {"_id": {"$in": [licence["number"] for licence in licences]}}
        cards = await self._db["cards"].find({"holder": citizen}, {"number": 1}).to_list(None)
        numbers = {"_id": {"$in": [card["number"] for card in cards]}}
        return {
            "outbox": await self._db["outbox"].count_documents({"citizen": citizen}),
            "licence_numbers": await self._db["licence_numbers"].count_documents(given),
            "card_numbers": await self._db["card_numbers"].count_documents(numbers),
        }

    async def unsealed(self, citizen: str) -> list[Unsealed]:
        """Every kind of sealed value of this citizen: how many are there, and how many open by any key there is."""
        key = await self._persons.of(citizen)
        found = []
        for held in HELD:
            for one in COLLECTIONS[held.collection].sealed:
                if one.owner == held.owner:
                    there = {**await self._which(held, citizen), one.path: {"$type": "binData"}}
                    rows = await self._db[held.collection].find(there).to_list(None)
                    opened = sum(
                        self._opens(at(row, one.path), key, str(at(row, one.record)), one.field) for row in rows
                    )
                    found.append(Unsealed(f"{held.collection}.{one.path}", len(rows), opened))
        return found

    def _opens(self, value: bytes, key: PersonKey, record: str, field: str) -> bool:
        for opener in (key, self._ring):
            try:
                opener.open(value, record=record, field=field)
            except SealBroken:
                continue
            return True
        return False

    async def _which(self, held: Held, citizen: str) -> Document:
        if held.through is None:
            return {held.owner: citizen}
        (owner,) = {one.owner for one in HELD if one.collection == held.through}
        rows = await self._db[held.through].find({owner: citizen}, {"_id": 1}).to_list(None)
        return {held.owner: {"$in": [row["_id"] for row in rows]}}

    async def _page(self, held: Held, which: Document, after: str) -> list[Document]:
        if held.owner == "_id":
            return [] if after else await self._db[held.collection].find(which).to_list(None)
        later = {**which, "_id": {"$gt": after}}
        return await self._db[held.collection].find(later).sort("_id", 1).limit(_AT_ONCE).to_list(None)


def _readable(held: Held, row: Document, key: PersonKey) -> Document:
    """A row without what is hidden, its sealed values opened, in types that JSON knows."""
    sealed = {one.path: one for one in COLLECTIONS[held.collection].sealed if one.owner is not None}

    def shown(value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            inner = ((name, f"{path}.{name}" if path else name) for name in value)
            return {name: shown(value[name], place) for name, place in inner if place not in held.hidden}
        if isinstance(value, list):
            return [shown(one, path) for one in value]
        if isinstance(value, bytes) and path in sealed:
            one = sealed[path]
            return _text(key.open(value, record=str(at(row, one.record)), field=one.field))
        if isinstance(value, datetime):
            return value.isoformat()
        return None if isinstance(value, bytes) else value

    readable: Document = shown(row, "")
    return readable


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()
