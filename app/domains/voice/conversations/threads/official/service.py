"""Departments in conversations: topics, official replies, pinning and closing. Nobody sees who wrote for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Forbidden
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.voice.conversations.moderation.model import Visibility
from app.domains.voice.conversations.moderation.words.model import REPLY, TEXT, TITLE, parsed
from app.domains.voice.conversations.threads.errors import ThreadNotYours, ThreadUnknown
from app.domains.voice.conversations.threads.following.model import Audience
from app.domains.voice.conversations.threads.following.service import Crier
from app.domains.voice.conversations.threads.model import Post, Thread, ThreadKind, ThreadState
from app.domains.voice.conversations.threads.service import SCOPE
from app.domains.voice.conversations.threads.store import ThreadStore

_ID = TypeAdapter(str)


def office(viewer: Viewer) -> str:
    """The organisation that speaks. One in test mode says nothing in the real city. Raises Forbidden."""
    unit = viewer.provider(SCOPE)
    if viewer.test_mode:
        raise Forbidden
    return unit


class OfficialService:
    def __init__(
        self,
        threads: ThreadStore,
        crier: Crier,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._threads = threads
        self._crier = crier
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def addressed(self, viewer: Viewer, request: PageRequest) -> Page[Thread]:
        """The office's own topics, and observations addressed to it."""
        return await self._threads.listed(None, office(viewer), request)

    async def unanswered(self, viewer: Viewer, request: PageRequest) -> Page[Thread]:
        """Observations that no department has replied to, the oldest first."""
        office(viewer)
        return await self._threads.unanswered(request)

    async def put_up(self, viewer: Viewer, title: str, text: str, key: str) -> Thread:
        """A topic on which people are to speak. Raises PostWordsMissing, PostWordsTooLong, IdempotencyConflict."""
        unit, id_ = office(viewer), new_id()
        heading, words = parsed(title, "title", TITLE), parsed(text, "text", TEXT)

        async def work(tx: Tx) -> str:
            now = self._clock.now()
            made = Thread(
                *(id_, ThreadKind.TOPIC, None, "", unit, heading, words, Visibility.SHOWN, now, now),
                by=viewer.acting(),
            )
            await self._threads.add(made, tx)
            await self._audit.record(viewer, "thread.opened", id_, tx)
            return id_

        return await self._there(
            await self._idempotency.once(Call.of(viewer, "openTopic", key, heading, words), _ID, work)
        )

    async def reply(self, viewer: Viewer, thread: str, text: str, key: str) -> Post:
        """Marked as the office's; everybody who follows the thread is told.

        Raises ThreadUnknown, ThreadIsClosed, PostWordsMissing, PostWordsTooLong, IdempotencyConflict.
        """
        unit, id_, words = office(viewer), new_id(), parsed(text, "text", REPLY)

        async def work(tx: Tx) -> str:
            on = await self._readable(thread, tx)
            on.demand_open()
            now = self._clock.now()
            post = Post(id_, thread, None, "", unit, words, Visibility.SHOWN, now, by=viewer.acting())
            await self._threads.say(post, tx)
            await self._threads.count(on.replied(now, official=True), tx, replies=1, officials=1)
            await self._crier.cry("thread.official_reply", Audience.FOLLOWERS, thread, tx, thread=thread, post=id_)
            await self._audit.record(viewer, "thread.official_reply", thread, tx, post=id_)
            return id_

        call = Call.of(viewer, "replyOfficially", key, thread, words)
        found = await self._threads.post(await self._idempotency.once(call, _ID, work))
        if found is None:
            raise ThreadUnknown
        return found

    async def pin(self, viewer: Viewer, thread: str, pinned: bool, key: str) -> Thread:
        """Above all others, or no longer. Raises ThreadUnknown, ThreadNotYours, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, thread, tx)
            await self._threads.change(replace(was, pinned=pinned), tx, pinned=pinned)
            await self._audit.record(viewer, "thread.pinned" if pinned else "thread.unpinned", thread, tx)
            return thread

        return await self._changed(Call.of(viewer, "pinThread", key, thread, pinned), work)

    async def close(self, viewer: Viewer, thread: str, key: str) -> Thread:
        """Nothing more is said in it; followers are told. Raises ThreadUnknown, ThreadNotYours, ThreadIsClosed,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, thread, tx)
            was.demand_open()
            await self._threads.change(replace(was, state=ThreadState.CLOSED), tx, state=ThreadState.CLOSED)
            await self._crier.cry("thread.closed", Audience.FOLLOWERS, thread, tx, thread=thread)
            await self._audit.record(viewer, "thread.closed", thread, tx)
            return thread

        return await self._changed(Call.of(viewer, "closeThreadOfficially", key, thread), work)

    async def _changed(self, call: Call, work: Callable[[Tx], Awaitable[str]]) -> Thread:
        return await self._there(await self._idempotency.once(call, _ID, work))

    async def _readable(self, thread: str, tx: Tx) -> Thread:
        found = await self._threads.get(thread, tx)
        if found is None or not found.is_shown:
            raise ThreadUnknown
        return found

    async def _own(self, viewer: Viewer, thread: str, tx: Tx) -> Thread:
        found = await self._readable(thread, tx)
        if found.unit != office(viewer):
            raise ThreadNotYours
        return found

    async def _there(self, thread: str) -> Thread:
        found = await self._threads.get(thread)
        if found is None:
            raise ThreadUnknown
        return found
