"""Threads and replies before those who moderate: fulfils `moderation.service.Board` for each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.domains.voice.conversations.moderation.model import Subject, Visibility
from app.domains.voice.conversations.threads.model import Post, Thread
from app.domains.voice.conversations.threads.store import ThreadStore


class ThreadBoard:
    def __init__(self, threads: ThreadStore) -> None:
        self._threads = threads

    async def subject(self, post: str, tx: Tx | None = None) -> Subject | None:
        one = await self._threads.get(post, tx)
        if one is None or one.left:
            return None
        official = one.author is None
        return Subject(one.author, one.name, one.visibility, f"{one.title}\n\n{one.text}", one.at, official)

    async def turn(self, post: str, to: Visibility, at: datetime, tx: Tx) -> None:
        one = await self._threads.get(post, tx)
        if one is not None:
            await self._threads.change(replace(one, visibility=to), tx, visibility=to)


class ReplyBoard:
    """A reply that waited counts, and its thread's author hears of it, when it is shown."""

    def __init__(self, threads: ThreadStore, outbox: Outbox) -> None:
        self._threads = threads
        self._outbox = outbox

    async def subject(self, post: str, tx: Tx | None = None) -> Subject | None:
        one = await self._threads.post(post, tx)
        if one is None or one.left:
            return None
        return Subject(one.author, one.name, one.visibility, one.text or "", one.at, one.official)

    async def turn(self, post: str, to: Visibility, at: datetime, tx: Tx) -> None:
        one = await self._threads.post(post, tx)
        if one is None:
            return
        await self._threads.turn_post(post, to, tx)
        thread = await self._threads.get(one.thread, tx)
        if thread is not None and one.visibility is Visibility.WAITING and to is Visibility.SHOWN:
            await spoken(self._threads, self._outbox, thread, one, at, tx)


async def spoken(threads: ThreadStore, outbox: Outbox, thread: Thread, post: Post, at: datetime, tx: Tx) -> None:
    """A citizen's reply that others can read from now on: counted, and told to who opened the thread."""
    await threads.count(thread.replied(at, official=False), tx, replies=1)
    if thread.author is not None and thread.author != post.author:
        await outbox.add("thread.replied", thread.author, tx, thread=thread.id, post=post.id)
