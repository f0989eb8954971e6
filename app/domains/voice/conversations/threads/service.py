"""Citizens in conversations: opening a thread, replying, reading, closing one's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.voice.conversations.moderation.model import PostKind, Visibility
from app.domains.voice.conversations.moderation.service import ModerationService
from app.domains.voice.conversations.moderation.speaking.model import Speaker
from app.domains.voice.conversations.moderation.speaking.service import SpeakerService
from app.domains.voice.conversations.moderation.words.model import REPLY, TEXT, TITLE, demand_public, is_suspect, parsed
from app.domains.voice.conversations.threads.errors import ThreadNotYours, ThreadUnitUnknown, ThreadUnknown
from app.domains.voice.conversations.threads.following.service import FollowService
from app.domains.voice.conversations.threads.judging.service import spoken
from app.domains.voice.conversations.threads.model import OPENED, REPLIED, Post, Thread, ThreadKind, ThreadState
from app.domains.voice.conversations.threads.store import ThreadStore

SCOPE = "conversations"
_ID = TypeAdapter(str)


class ThreadService:
    def __init__(
        self,
        db: Database,
        threads: ThreadStore,
        speakers: SpeakerService,
        moderation: ModerationService,
        follows: FollowService,
        tree: Tree,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._threads = threads
        self._speakers = speakers
        self._moderation = moderation
        self._follows = follows
        self._tree = tree
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    # Reading

    async def listed(self, kind: ThreadKind | None, unit: str | None, request: PageRequest) -> Page[Thread]:
        """What everybody may read: pinned ones first, then by the last word in them."""
        return await self._threads.listed(kind, unit, request)

    async def one(self, viewer: Viewer, thread: str) -> Thread | None:
        found = await self._threads.get(thread)
        return found if found is not None and found.readable_by(_reader(viewer)) else None

    async def posts(self, viewer: Viewer, thread: str, request: PageRequest) -> Page[Post]:
        """In the order in which they were said; empty when the thread is not to be read."""
        if await self.one(viewer, thread) is None:
            return Page((), False)
        page = await self._threads.posts(thread, request)
        return Page(tuple(post.as_read_by(_reader(viewer)) for post in page.items), page.has_next)

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Thread]:
        """Also what is not shown."""
        return await self._threads.of_author(viewer.self_only(), request)

    async def my_posts(self, viewer: Viewer, request: PageRequest) -> Page[Post]:
        return await self._threads.posts_of(viewer.self_only(), request)

    # Speaking

    async def open(self, viewer: Viewer, title: str, text: str, unit: str | None, key: str) -> Thread:
        """An observation, perhaps addressed to a department. Words in doubt wait until somebody has looked at them.

        Raises PostWordsMissing, PostWordsTooLong, PersonalDataFound, LinkNotAllowed, ThreadUnitUnknown,
        SpeakerUnverified, OnlyRealPeople, FollowsTooMany, RateLimited, IdempotencyConflict.
        """
        heading = demand_public(parsed(title, "title", TITLE), "title")
        words = demand_public(parsed(text, "text", TEXT), "text")
        if unit is not None and not self._tree.grants(unit, SCOPE):
            raise ThreadUnitUnknown
        speaker, id_ = await self._speakers.of(viewer), new_id()

        async def work(tx: Tx) -> str:
            seen, now = _seen(heading, words), self._clock.now()
            made = Thread(
                id_, ThreadKind.OBSERVATION, speaker.citizen, speaker.name, unit, heading, words, seen, now, now
            )
            await self._threads.add(made, tx)
            await self._doubt(PostKind.THREAD, id_, speaker, seen, tx)
            await self._follows.add(id_, speaker.citizen, tx)
            await self._audit.record(viewer, "thread.opened", id_, tx)
            return id_

        call = Call.of(viewer, "openThread", key, heading, words, unit)
        return await self._there(await self._said(call, OPENED, speaker, work))

    async def reply(self, viewer: Viewer, thread: str, text: str, key: str) -> Post:
        """Raises ThreadUnknown, ThreadIsClosed, and as `open`."""
        words = demand_public(parsed(text, "text", REPLY), "text")
        speaker, id_ = await self._speakers.of(viewer), new_id()

        async def work(tx: Tx) -> str:
            on = await self._threads.get(thread, tx)
            if on is None or not on.is_shown:
                raise ThreadUnknown
            on.demand_open()
            seen, now = _seen(words), self._clock.now()
            post = Post(id_, thread, speaker.citizen, speaker.name, None, words, seen, now)
            await self._threads.say(post, tx)
            await self._doubt(PostKind.REPLY, id_, speaker, seen, tx)
            if seen is Visibility.SHOWN:
                await spoken(self._threads, self._outbox, on, post, now, tx)
            await self._audit.record(viewer, "thread.replied", thread, tx, post=id_)
            return id_

        call = Call.of(viewer, "replyInThread", key, thread, words)
        found = await self._threads.post(await self._said(call, REPLIED, speaker, work))
        if found is None:
            raise ThreadUnknown
        return found

    async def close(self, viewer: Viewer, thread: str, key: str) -> Thread:
        """By who opened it. Raises ThreadUnknown, ThreadNotYours, ThreadIsClosed, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            was = await self._threads.get(thread, tx)
            if was is None or not was.readable_by(citizen):
                raise ThreadUnknown
            if was.author != citizen:
                raise ThreadNotYours
            was.demand_open()
            await self._threads.change(replace(was, state=ThreadState.CLOSED), tx, state=ThreadState.CLOSED)
            await self._audit.record(viewer, "thread.closed", thread, tx)
            return thread

        await self._idempotency.once(Call.of(viewer, "closeThread", key, thread), _ID, work)
        return await self._there(thread)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Of who leaves the city no word stays, nor a name. Safe to repeat."""
        while await self._db.transaction(lambda tx: self._threads.leave(citizen, tx)):
            pass

    async def _said(self, call: Call, limit: Limit, speaker: Speaker, work: Callable[[Tx], Awaitable[str]]) -> str:
        async def attempt() -> str:
            await self._limits.take(limit, speaker.citizen)
            return await self._idempotency.once(call, _ID, work)

        return await self._idempotency.alike(call, _ID, attempt)

    async def _doubt(self, kind: PostKind, post: str, speaker: Speaker, seen: Visibility, tx: Tx) -> None:
        if seen is Visibility.WAITING:
            await self._moderation.enlist(kind, post, speaker.citizen, tx)

    async def _there(self, thread: str) -> Thread:
        found = await self._threads.get(thread)
        if found is None:
            raise ThreadUnknown
        return found


def _seen(*words: str) -> Visibility:
    return Visibility.WAITING if is_suspect(*words) else Visibility.SHOWN


def _reader(viewer: Viewer) -> str | None:
    return viewer.subject if viewer.role is Role.CITIZEN and not viewer.is_guardian else None
