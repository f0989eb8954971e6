"""Threads and their posts in MongoDB. Words are sealed under their author's key, official ones under the city's: who
leaves takes his with him. `rank` orders the public list: what is pinned, then what was spoken in last.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.core.sealed import KeyRing
from app.domains.voice.conversations.moderation.model import Visibility
from app.domains.voice.conversations.threads.model import Post, Thread, ThreadKind, ThreadState

THREAD_FIELD, POST_FIELD = "thread words", "post words"
_AT_ONCE = 200


class ThreadStore:
    def __init__(self, db: Database, ring: KeyRing, persons: PersonKeys) -> None:
        self._threads = db["threads"]
        self._posts = db["thread_posts"]
        self._ring = ring
        self._persons = persons

    # Threads

    async def add(self, thread: Thread, tx: Tx) -> None:
        await self._threads.insert_one({"_id": thread.id, **await self._thread_row(thread, tx)}, session=tx)

    async def get(self, thread: str, tx: Tx | None = None) -> Thread | None:
        row = await self._threads.find_one({"_id": thread}, session=tx)
        return (await self._all_threads([row], tx))[0] if row else None

    async def listed(self, kind: ThreadKind | None, unit: str | None, request: PageRequest) -> Page[Thread]:
        """Those that everybody may read; the cursor is `rank_of`."""
        which: Document = {"shown": True}
        if unit is not None:
            which["unit"] = unit
        if kind is not None:
            which["kind"] = kind.value
        rows = await page_rows(self._threads, which, request, by="rank")
        return Page.cut(await self._all_threads(rows), request)

    async def unanswered(self, request: PageRequest) -> Page[Thread]:
        """Observations that no department has replied to, the oldest first."""
        which = {"shown": True, "officials": 0, "kind": ThreadKind.OBSERVATION.value, "state": ThreadState.OPEN.value}
        rows = await page_rows(self._threads, which, request, newest=False)
        return Page.cut(await self._all_threads(rows), request)

    async def many(self, threads: Collection[str]) -> dict[str, Thread]:
        rows = await self._threads.find({"_id": {"$in": sorted(threads)}}).to_list(None) if threads else []
        return {one.id: one for one in await self._all_threads(rows)}

    async def of_author(self, author: str, request: PageRequest) -> Page[Thread]:
        rows = await page_rows(self._threads, {"author": author}, request)
        return Page.cut(await self._all_threads(rows), request)

    async def change(self, thread: Thread, tx: Tx, **fields: Any) -> None:
        """Plain fields of it (`state`, `pinned`, `visibility`), and its place in the list."""
        plain = {name: getattr(value, "value", value) for name, value in fields.items()}
        await self._threads.update_one({"_id": thread.id}, {"$set": {**plain, **_placed(thread)}}, session=tx)

    async def count(self, thread: Thread, tx: Tx, *, replies: int = 0, officials: int = 0) -> None:
        """Counted where it stands, so that two who speak at once are two."""
        change: Document = {"$inc": {"replies": replies, "officials": officials}}
        change |= {"$set": {"last_at": thread.last_at, **_placed(thread)}}
        await self._threads.update_one({"_id": thread.id}, change, session=tx)

    async def followed(self, thread: str, by: int, tx: Tx) -> None:
        await self._threads.update_one({"_id": thread}, {"$inc": {"followers": by}}, session=tx)

    # Posts

    async def say(self, post: Post, tx: Tx) -> None:
        await self._posts.insert_one({"_id": post.id, **await self._post_row(post, tx)}, session=tx)

    async def post(self, post: str, tx: Tx | None = None) -> Post | None:
        row = await self._posts.find_one({"_id": post}, session=tx)
        return (await self._all_posts([row], tx))[0] if row else None

    async def posts(self, thread: str, request: PageRequest) -> Page[Post]:
        """In the order in which they were said; those nobody has looked at yet are not among them."""
        which = {"thread": thread, "listed": True}
        rows = await page_rows(self._posts, which, request, newest=False)
        return Page.cut(await self._all_posts(rows), request)

    async def posts_of(self, author: str, request: PageRequest) -> Page[Post]:
        rows = await page_rows(self._posts, {"author": author}, request)
        return Page.cut(await self._all_posts(rows), request)

    async def turn_post(self, post: str, to: Visibility, tx: Tx) -> None:
        change: Document = {"visibility": to.value, "listed": to is not Visibility.WAITING}
        await self._posts.update_one({"_id": post}, {"$set": change}, session=tx)

    # Leaving

    async def leave(self, author: str, tx: Tx) -> int:
        """What he said is gone, and that it was his; the conversation around it stays. How many were let go."""
        gone: Document = {"$set": {"author": None, "name": "", "left": True}, "$unset": {"words": ""}}
        count = 0
        for collection in (self._threads, self._posts):
            rows = await collection.find({"author": author}, {"_id": 1}, session=tx).limit(_AT_ONCE).to_list(None)
            which = {"_id": {"$in": [row["_id"] for row in rows]}}
            count += (await collection.update_many(which, gone, session=tx)).modified_count if rows else 0
        return count

    async def _thread_row(self, one: Thread, tx: Tx) -> Document:
        words = json.dumps({"title": one.title, "text": one.text}, ensure_ascii=False)
        return {
            "kind": one.kind.value,
            "author": one.author,
            "name": one.name,
            "unit": one.unit,
            "by": one.by,
            "at": one.at,
            "last_at": one.last_at,
            "state": one.state.value,
            "pinned": one.pinned,
            "visibility": one.visibility.value,
            "replies": one.replies,
            "officials": one.officials,
            "followers": one.followers,
            "words": await self._sealed(one.author, words, one.id, THREAD_FIELD, tx),
            **_placed(one),
        }

    async def _post_row(self, one: Post, tx: Tx) -> Document:
        return {
            "thread": one.thread,
            "author": one.author,
            "name": one.name,
            "unit": one.unit,
            "by": one.by,
            "at": one.at,
            "visibility": one.visibility.value,
            "listed": one.visibility is not Visibility.WAITING,
            "words": await self._sealed(one.author, one.text or "", one.id, POST_FIELD, tx),
        }

    async def _sealed(self, author: str | None, text: str, record: str, field: str, tx: Tx) -> bytes:
        if author is None:
            return self._ring.seal_text(text, record=record, field=field)
        return (await self._persons.sealing(author, tx)).seal_text(text, record=record, field=field)

    async def _all_threads(self, rows: list[Document], tx: Tx | None = None) -> list[Thread]:
        keys = await self._keys(rows, tx)
        return [_thread(row, self._opened(row, keys, THREAD_FIELD)) for row in rows]

    async def _all_posts(self, rows: list[Document], tx: Tx | None = None) -> list[Post]:
        keys = await self._keys(rows, tx)
        return [_post(row, self._opened(row, keys, POST_FIELD)) for row in rows]

    async def _keys(self, rows: list[Document], tx: Tx | None) -> dict[str, PersonKey]:
        return await self._persons.many({row["author"] for row in rows if row["author"]}, tx)

    def _opened(self, row: Document, keys: dict[str, PersonKey], field: str) -> str | None:
        sealed = row.get("words")
        if sealed is None:
            return None
        if row["author"]:
            return keys[row["author"]].shown(sealed, record=row["_id"], field=field)
        return self._ring.open_text(sealed, record=row["_id"], field=field)


def rank_of(thread: Thread) -> str:
    """Its place in the public list."""
    return f"{int(thread.pinned)}~{_stamp(thread.last_at)}~{thread.id}"


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _placed(thread: Thread) -> Document:
    return {"shown": thread.is_shown, "rank": rank_of(thread)}


def _thread(row: Document, words: str | None) -> Thread:
    said = json.loads(words) if words else {"title": "", "text": ""}
    return Thread(
        id=row["_id"],
        kind=ThreadKind(row["kind"]),
        title=said["title"],
        text=said["text"],
        visibility=Visibility(row["visibility"]),
        state=ThreadState(row["state"]),
        left=row.get("left", False),
        **{name: row[name] for name in _PLAIN_THREAD},
    )


_PLAIN_THREAD = ("author", "name", "unit", "by", "at", "last_at", "pinned", "replies", "officials", "followers")


def _post(row: Document, words: str | None) -> Post:
    return Post(
        id=row["_id"],
        text=words,
        visibility=Visibility(row["visibility"]),
        left=row.get("left", False),
        **{name: row[name] for name in ("thread", "author", "name", "unit", "by", "at")},
    )
