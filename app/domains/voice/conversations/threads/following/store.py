"""Followers of threads, and news on their way to many, in MongoDB."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.voice.conversations.threads.following.model import Audience, News


class FollowerStore:
    def __init__(self, db: Database) -> None:
        self._follows = db["thread_follows"]

    async def add(self, thread: str, citizen: str, tx: Tx) -> bool:
        """False: he does already."""
        which: Document = {"_id": f"{thread}:{citizen}"}
        if await self._follows.find_one(which, session=tx) is not None:
            return False
        await self._follows.insert_one({**which, "thread": thread, "citizen": citizen}, session=tx)
        return True

    async def remove(self, thread: str, citizen: str, tx: Tx) -> bool:
        return bool((await self._follows.delete_one({"_id": f"{thread}:{citizen}"}, session=tx)).deleted_count)

    async def does(self, thread: str, citizen: str) -> bool:
        return await self._follows.find_one({"_id": f"{thread}:{citizen}"}) is not None

    async def count(self, citizen: str, most: int, tx: Tx) -> int:
        """Up to `most`."""
        return int(await self._follows.count_documents({"citizen": citizen}, limit=most, session=tx))

    async def of_citizen(self, citizen: str, request: PageRequest) -> Page[str]:
        """Ids of threads, in their order; the newest first."""
        rows = await page_rows(self._follows, {"citizen": citizen}, request, by="thread")
        return Page.cut([str(row["thread"]) for row in rows], request)

    async def threads_of(self, citizen: str, most: int, tx: Tx) -> list[str]:
        rows = await self._follows.find({"citizen": citizen}, session=tx).limit(most).to_list(None)
        return [row["thread"] for row in rows]

    async def next(self, of: str, after: str, most: int, tx: Tx) -> list[str]:
        """Citizens who follow it, by id, after this one."""
        which = {"thread": of, "citizen": {"$gt": after}}
        rows = await self._follows.find(which, session=tx).sort("citizen", 1).limit(most).to_list(None)
        return [row["citizen"] for row in rows]


class NewsStore:
    def __init__(self, db: Database) -> None:
        self._news = db["conversation_news"]

    async def add(self, news: News, tx: Tx) -> None:
        row = {"_id": news.id, "event": news.event, "audience": news.audience.value, "of": news.of}
        await self._news.insert_one({**row, "facts": dict(news.facts), "after": news.after}, session=tx)

    async def waiting(self, most: int = 50) -> list[News]:
        """Oldest first."""
        return [_news(row) for row in await self._news.find({}).sort("_id", 1).limit(most).to_list(None)]

    async def told(self, news: News, after: str, tx: Tx) -> bool:
        """As far as this citizen. False when another worker was there first."""
        same = {"_id": news.id, "after": news.after}
        return bool((await self._news.update_one(same, {"$set": {"after": after}}, session=tx)).modified_count)

    async def done(self, news: News, tx: Tx) -> None:
        await self._news.delete_one({"_id": news.id, "after": news.after}, session=tx)


def _news(row: Document) -> News:
    return News(row["_id"], row["event"], Audience(row["audience"]), row["of"], row["facts"], row["after"])
