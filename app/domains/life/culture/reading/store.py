"""Reading lists in MongoDB, sealed under the reader's key. His list is counted in a row of his own."""

from __future__ import annotations

import json

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.life.culture.reading.model import MOST, Title

WHAT = "reading list title"


class ReadingStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._titles = db["reading_titles"]
        self._lists = db["reading_lists"]
        self._persons = persons

    async def add(self, citizen: str, title: Title, tx: Tx) -> bool:
        """False: the list is full."""
        row = await self._lists.find_one({"_id": citizen}, session=tx)
        if row is not None and row["count"] >= MOST:
            return False
        await self._lists.update_one({"_id": citizen}, {"$inc": {"count": 1}}, upsert=True, session=tx)
        key = await self._persons.sealing(citizen, tx)
        what = json.dumps([title.title, title.author, title.item, title.note, title.online], ensure_ascii=False)
        sealed = key.seal_text(what, record=title.id, field=WHAT)
        row = {"_id": title.id, "citizen": citizen, "what": sealed, "at": title.at, "read": title.read}
        await self._titles.insert_one(row, session=tx)
        return True

    async def get(self, citizen: str, title: str, tx: Tx | None = None) -> Title | None:
        row = await self._titles.find_one({"_id": title, "citizen": citizen}, session=tx)
        return _title(row, await self._persons.of(citizen, tx)) if row else None

    async def mark(self, citizen: str, title: str, read: bool, tx: Tx) -> bool:
        which = {"_id": title, "citizen": citizen}
        return bool((await self._titles.update_one(which, {"$set": {"read": read}}, session=tx)).matched_count)

    async def take_off(self, citizen: str, title: str, tx: Tx) -> bool:
        gone = await self._titles.delete_one({"_id": title, "citizen": citizen}, session=tx)
        if gone.deleted_count:
            await self._lists.update_one({"_id": citizen}, {"$inc": {"count": -1}}, session=tx)
        return bool(gone.deleted_count)

    async def page(self, citizen: str, request: PageRequest) -> Page[Title]:
        """Newest first."""
        rows = await page_rows(self._titles, {"citizen": citizen}, request)
        key = await self._persons.of(citizen)
        return Page.cut([_title(row, key) for row in rows], request)


def _title(row: Document, key: PersonKey) -> Title:
    what = key.shown(row["what"], record=row["_id"], field=WHAT)
    title, author, item, note, *online = json.loads(what) if what else ("", "", "", "")
    return Title(row["_id"], title, author, item, note, row["at"], row["read"], "".join(online))
