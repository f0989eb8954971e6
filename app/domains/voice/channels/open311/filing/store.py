"""What was filed for a token, until a worker has made a case of it. The form is sealed, and gone when it is settled."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.ids import new_id
from app.core.mongo import Database, Document
from app.core.sealed import KeyRing
from app.domains.voice.channels.open311.filing.model import Token, TokenState

_FORM = "open311 form"
_KEPT = timedelta(days=30)
_CONTENT = "open311 content"
_MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """The form is sealed until somebody wants to read it: one that cannot be opened keeps nobody else waiting."""

    token: Token
    sealed: bytes
    fence: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """Tokens behind which there is no case: not yet, or after as many tries as there are."""

    waiting: int
    failed: int


class TokenStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._rows = db["open311_tokens"]
        self._ring = ring

    async def get(self, token: str) -> Token | None:
        row = await self._rows.find_one({"_id": token}, {"form": 0})
        return _token(row) if row else None

    async def add(self, token: Token, form: Mapping[str, Sequence[str]], content: str) -> bool:
        """Once; a repeat adds nothing. False when what stands there was filed with other content."""
        text = json.dumps({name: list(values) for name, values in form.items()}, ensure_ascii=False)
        fingerprint = self._ring.keyed_hash(content, kind=_CONTENT)
        row = {
            "content": fingerprint,
            "client": token.client,
            "state": token.state.value,
            "made_at": token.made_at,
            "number": None,
            "reason": None,
            "form": self._ring.seal_text(text, record=token.id, field=_FORM),
            "due_at": token.made_at,
            "attempt": 0,
            "tries": 0,
            "tidy_at": token.made_at + _KEPT,
        }
        done = await self._rows.update_one({"_id": token.id}, {"$setOnInsert": row}, upsert=True)
        if done.upserted_id is not None:
            return True
        before = await self._rows.find_one({"_id": token.id}, {"content": 1})
        # Rows that were written before contents were kept stand for whatever comes.
        return before is None or before.get("content", fingerprint) == fingerprint

    async def claim(self, now: datetime, lease: timedelta, most: int) -> list[Waiting]:
        due = {"state": TokenState.WAITING.value, "due_at": {"$lte": now}}
        rows = await self._rows.find(due).sort("due_at", 1).limit(most).to_list(None)
        return [taken for row in rows if (taken := await self._take(row, now + lease))]

    async def _take(self, row: Document, until: datetime) -> Waiting | None:
        fence = new_id()
        seen = {"_id": row["_id"], "state": row["state"], "due_at": row["due_at"]}
        done = await self._rows.update_one(seen, {"$set": {"due_at": until, "fence": fence}, "$inc": {"attempt": 1}})
        if not done.modified_count:
            return None
        return Waiting(_token(row), row["form"], fence, row["attempt"] + 1)

    def form(self, one: Waiting) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = json.loads(self._ring.open_text(one.sealed, record=one.token.id, field=_FORM))
        return found

    async def settle(self, one: Waiting, state: TokenState, number: str | None, reason: str | None) -> None:
        change = {"$set": {"state": state.value, "number": number, "reason": reason}, "$unset": {"form": 1, "fence": 1}}
        await self._rows.update_one({"_id": one.token.id, "fence": one.fence}, change)

    async def later(self, one: Waiting, due_at: datetime) -> None:
        await self._rows.update_one({"_id": one.token.id, "fence": one.fence}, {"$set": {"due_at": due_at}})

    async def tried(self, one: Waiting, due_at: datetime) -> None:
        """In vain, by a fault of ours."""
        change = {"$set": {"due_at": due_at}, "$inc": {"tries": 1}}
        await self._rows.update_one({"_id": one.token.id, "fence": one.fence}, change)

    async def fail(self, one: Waiting) -> None:
        """Tried often enough. The form stays, sealed, until the row is tidied away: it is all there is."""
        change = {"$set": {"state": TokenState.FAILED.value}, "$inc": {"tries": 1}, "$unset": {"fence": 1}}
        await self._rows.update_one({"_id": one.token.id, "fence": one.fence}, change)

    async def backlog_of(self, client: str) -> Backlog:
        return Backlog(await self._in(client, TokenState.WAITING), await self._in(client, TokenState.FAILED))

    async def _in(self, client: str, state: TokenState) -> int:
        return await self._rows.count_documents({"client": client, "state": state.value}, limit=_MOST_COUNTED)


def _token(row: Document) -> Token:
    return Token(
        id=row["_id"],
        client=row["client"],
        state=TokenState(row["state"]),
        made_at=row["made_at"],
        number=row["number"],
        reason=row["reason"],
        tries=row.get("tries", 0),
    )
