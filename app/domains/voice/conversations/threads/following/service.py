"""Following threads; and telling many, some hundred at a time, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from pydantic import TypeAdapter

from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.voice.conversations.threads.errors import ThreadUnknown
from app.domains.voice.conversations.threads.following.errors import FollowsTooMany
from app.domains.voice.conversations.threads.following.model import MOST_FOLLOWED, Audience, News
from app.domains.voice.conversations.threads.following.store import FollowerStore, NewsStore
from app.domains.voice.conversations.threads.model import Thread
from app.domains.voice.conversations.threads.store import ThreadStore

_AT_ONCE = 200
_BOOL = TypeAdapter(bool)


class Listeners(Protocol):
    async def next(self, of: str, after: str, most: int, tx: Tx) -> list[str]: ...


class Crier:
    """Tells an audience, however large, in transactions of some hundred."""

    def __init__(self, db: Database, news: NewsStore, audiences: Mapping[Audience, Listeners], outbox: Outbox) -> None:
        self._db = db
        self._news = news
        self._audiences = audiences
        self._outbox = outbox

    async def cry(self, event: str, audience: Audience, of: str, tx: Tx, **facts: Any) -> None:
        """In the transaction of what happened; they are told soon after."""
        await self._news.add(News(new_id(), event, audience, of, facts), tx)

    async def carry(self) -> int:
        """All that waits; how many people were told."""
        told = 0
        for news in await self._news.waiting():
            told += await self._all(news)
        return told

    async def _all(self, news: News) -> int:
        told = 0
        while citizens := await self._db.transaction(lambda tx, now=news: self._some(now, tx)):  # type: ignore[misc]
            told, news = told + len(citizens), replace(news, after=citizens[-1])
        return told

    async def _some(self, news: News, tx: Tx) -> list[str]:
        citizens = await self._audiences[news.audience].next(news.of, news.after, _AT_ONCE, tx)
        if not citizens:
            await self._news.done(news, tx)
            return []
        if not await self._news.told(news, citizens[-1], tx):
            return []  # another worker is at it
        for citizen in citizens:
            await self._outbox.add(news.event, citizen, tx, **news.facts)
        return citizens


class FollowService:
    def __init__(self, db: Database, threads: ThreadStore, followers: FollowerStore, idempotency: Idempotency) -> None:
        self._db = db
        self._threads = threads
        self._followers = followers
        self._idempotency = idempotency

    async def follow(self, viewer: Viewer, thread: str, follows: bool, key: str) -> Thread:
        """From now on, or no longer. Raises ThreadUnknown, FollowsTooMany, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> bool:
            found = await self._threads.get(thread, tx)
            if found is None or not found.readable_by(citizen):
                raise ThreadUnknown
            await (self.add(thread, citizen, tx) if follows else self._remove(thread, citizen, tx))
            return follows

        await self._idempotency.once(Call.of(viewer, "followThread", key, thread, follows), _BOOL, work)
        found = await self._threads.get(thread)
        if found is None:
            raise ThreadUnknown
        return found

    async def add(self, thread: str, citizen: str, tx: Tx) -> None:
        """Raises FollowsTooMany."""
        if await self._followers.count(citizen, MOST_FOLLOWED, tx) >= MOST_FOLLOWED:
            raise FollowsTooMany(MOST_FOLLOWED)
        if await self._followers.add(thread, citizen, tx):
            await self._threads.followed(thread, 1, tx)

    async def does(self, viewer: Viewer, thread: str) -> bool:
        return viewer.subject is not None and await self._followers.does(thread, viewer.subject)

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Thread]:
        """The threads that one follows, the newest first."""
        page = await self._followers.of_citizen(viewer.self_only(), request)
        found = await self._threads.many(page.items)
        shown = tuple(found[one] for one in page.items if one in found and found[one].is_shown)
        return Page(shown, page.has_next)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves the city follows nothing. Safe to repeat."""

        async def work(tx: Tx) -> int:
            threads = await self._followers.threads_of(citizen, _AT_ONCE, tx)
            for thread in threads:
                await self._remove(thread, citizen, tx)
            return len(threads)

        while await self._db.transaction(work):
            pass

    async def _remove(self, thread: str, citizen: str, tx: Tx) -> None:
        if await self._followers.remove(thread, citizen, tx):
            await self._threads.followed(thread, -1, tx)
