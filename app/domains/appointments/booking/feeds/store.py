"""Feeds in MongoDB, by the hash of their token: one a person."""

from __future__ import annotations

from app.core.mongo import Database, Document, Tx
from app.domains.appointments.booking.feeds.model import Feed, FeedDetail


class FeedStore:
    def __init__(self, db: Database) -> None:
        self._feeds = db["calendar_feeds"]

    async def replace(self, token_hash: str, feed: Feed, tx: Tx) -> None:
        """The one before is good for nothing any more."""
        await self.drop(feed.citizen, tx)
        row = {"_id": token_hash, "citizen": feed.citizen, "detail": feed.detail.value, "made_at": feed.made_at}
        await self._feeds.insert_one(row, session=tx)

    async def drop(self, citizen: str, tx: Tx) -> bool:
        return bool((await self._feeds.delete_many({"citizen": citizen}, session=tx)).deleted_count)

    async def by_token(self, token_hash: str) -> Feed | None:
        row = await self._feeds.find_one({"_id": token_hash})
        return _feed(row) if row else None

    async def of(self, citizen: str) -> Feed | None:
        row = await self._feeds.find_one({"citizen": citizen})
        return _feed(row) if row else None


def _feed(row: Document) -> Feed:
    return Feed(row["citizen"], FeedDetail(row["detail"]), row["made_at"])
