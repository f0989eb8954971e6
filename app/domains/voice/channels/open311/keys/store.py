"""Clients of the Open311 door in MongoDB. The limit of two keys stands in the filter of the update."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.voice.channels.open311.keys.model import MOST_KEYS, ApiKey, Delivery, Open311Client


class Open311KeyStore:
    def __init__(self, db: Database) -> None:
        self._rows = db["open311_keys"]

    async def get(self, client: str, tx: Tx | None = None) -> Open311Client | None:
        row = await self._rows.find_one({"_id": client}, session=tx)
        return _client(row) if row else None

    async def page(self, request: PageRequest) -> Page[Open311Client]:
        """By id, which is the order in which they were made."""
        rows = await page_rows(self._rows, {}, request, newest=False)
        return Page.cut([_client(row) for row in rows], request)

    async def add(self, client: Open311Client, tx: Tx) -> None:
        await self._rows.insert_one(
            {
                "_id": client.id,
                "name": client.name,
                "contact": client.contact,
                "keys": [_key_row(key) for key in client.keys],
                "made_at": client.made_at,
                "an_hour": client.an_hour,
                "delivery": client.delivery.value,
                "suspended": client.suspended,
                "test_mode": client.test_mode,
            },
            session=tx,
        )

    async def add_key(self, client: str, key: ApiKey, tx: Tx) -> bool:
        room = {"_id": client, f"keys.{MOST_KEYS - 1}": {"$exists": False}}
        change = {"$push": {"keys": _key_row(key)}}
        return bool((await self._rows.update_one(room, change, session=tx)).modified_count)

    async def withdraw_key(self, client: str, key: str, tx: Tx) -> bool:
        """Never the last one."""
        another = {"_id": client, "keys.id": key, "keys.1": {"$exists": True}}
        change = {"$pull": {"keys": {"id": key}}}
        return bool((await self._rows.update_one(another, change, session=tx)).modified_count)

    async def suspend(self, client: str, suspended: bool, tx: Tx) -> bool:
        """False when it was so already."""
        other, change = {"_id": client, "suspended": not suspended}, {"$set": {"suspended": suspended}}
        return bool((await self._rows.update_one(other, change, session=tx)).modified_count)

    async def set_terms(self, client: str, an_hour: int, delivery: Delivery, tx: Tx) -> bool:
        change = {"$set": {"an_hour": an_hour, "delivery": delivery.value}}
        return bool((await self._rows.update_one({"_id": client}, change, session=tx)).matched_count)


def _key_row(key: ApiKey) -> Document:
    return {"id": key.id, "hash": key.hash, "made_at": key.made_at}


def _client(row: Document) -> Open311Client:
    return Open311Client(
        id=row["_id"],
        name=row["name"],
        contact=row["contact"],
        keys=tuple(ApiKey(**key) for key in row["keys"]),
        made_at=row["made_at"],
        an_hour=row["an_hour"],
        delivery=Delivery(row["delivery"]),
        suspended=row["suspended"],
        test_mode=row["test_mode"],
    )
