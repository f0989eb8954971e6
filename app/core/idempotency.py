"""Every write can be repeated safely: the reply is kept with the change itself and given again.

The record is written in the use case's own transaction, so there is no state between "done" and "not done": a
process killed midway leaves neither the effect nor the record, and a hundred parallel calls leave one of each.
Replies may hold personal data or tokens; they are sealed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from typing import TypeVar

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.errors import BadInput, Outcome, RateLimited
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.sealed import KeyRing
from app.core.viewer import Viewer

T = TypeVar("T")
_KEPT = timedelta(hours=24)
_RIVALS = 4


class IdempotencyConflict(Outcome):
    """The key was used before with other content."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one operation: who, which operation, under which key, with which content."""

    scope: str
    operation: str
    key: str
    content: str

    @classmethod
    def of(cls, viewer: Viewer, operation: str, key: str, *content: object, kept_by: str = "") -> Call:
        """`kept_by` names an anonymous caller (a device). Raises BadInput (a key is 8 to 64 printable characters)."""
        if not 8 <= len(key) <= 64 or not key.isprintable():
            raise BadInput(field="idempotencyKey")
        scope = f"{viewer.role}/{viewer.actor}/{viewer.subject}" if viewer.actor else f"anonymous/{kept_by}"
        return cls(scope, operation, key, _spelt(content))

    @property
    def id(self) -> str:
        return _digest(f"{self.scope}\0{self.operation}\0{self.key}")


class Idempotency:
    def __init__(self, db: Database, ring: KeyRing, clock: Clock) -> None:
        self._db = db
        self._replies = db["idempotency"]
        self._ring = ring
        self._clock = clock

    async def once(
        self,
        call: Call,
        reply: TypeAdapter[T],
        work: Callable[[Tx], Awaitable[T]],
        *,
        kept: timedelta = _KEPT,
        after: Callable[[T], None] | None = None,
    ) -> T:
        """Do `work(tx)` once for this call and give its reply each time. Raises IdempotencyConflict.

        `after` hears the reply when this very call's work was committed; of a repeat it hears nothing.
        """
        worked = False

        async def attempt(tx: Tx) -> T:
            nonlocal worked
            before = await self.replay(call, reply, tx)
            worked = before is None
            if before is not None:
                return before
            done = await work(tx)
            await self._keep(call, reply, done, kept, tx)
            return done

        done = await self._among_rivals(attempt)
        if after is not None and worked:
            after(done)
        return done

    async def _among_rivals(self, attempt: Callable[[Tx], Awaitable[T]]) -> T:
        for _ in range(_RIVALS):
            with suppress(DuplicateKey):
                # A rival committed between our look and our write, under this key or in the room: look again.
                return await self._db.transaction(attempt)
        return await self._db.transaction(attempt)

    async def alike(self, call: Call, reply: TypeAdapter[T], attempt: Callable[[], Awaitable[T]]) -> T:
        """For what looks before its transaction: it may see what a rival under the same key has changed. Then the
        rival's reply is the one for both. Raises IdempotencyConflict, and what `attempt` raises.
        """
        before = await self.replay(call, reply)
        if before is not None:
            return before
        try:
            return await attempt()
        except (Outcome, RateLimited):
            before = await self.replay(call, reply)
            if before is None:
                raise
            return before

    async def replay(self, call: Call, reply: TypeAdapter[T], tx: Tx | None = None) -> T | None:
        """The kept reply, or None. Raises IdempotencyConflict."""
        row = await self._replies.find_one({"_id": call.id, "expires_at": {"$gt": self._clock.now()}}, session=tx)
        if row is None:
            return None
        if row["content"] != self.fingerprint(call):
            raise IdempotencyConflict
        found: T = reply.validate_json(self._ring.open(row["reply"], record=call.id, field="reply"))
        return found

    async def forget(self, call: Call) -> None:
        """The call failed after all (an outside system did not answer): the same key may try again."""
        await self._replies.delete_one({"_id": call.id})

    async def _keep(self, call: Call, reply: TypeAdapter[T], done: T, kept: timedelta, tx: Tx) -> None:
        now = self._clock.now()
        expired = {"_id": call.id, "expires_at": {"$lte": now}}
        row = {
            "content": self.fingerprint(call),
            "reply": self._ring.seal(reply.dump_json(done), record=call.id, field="reply"),
            "expires_at": now + kept,
            "tidy_at": now + kept,
        }
        # An expired record that the TTL monitor has not reached yet is replaced; a live one makes this a duplicate.
        await self._replies.update_one(expired, {"$set": row}, upsert=True, session=tx)

    def fingerprint(self, call: Call) -> str:
        """What a call's content is compared by: it cannot be read back."""
        return self._ring.keyed_hash(call.content, kind="idempotent content")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _spelt(value: object) -> str:
    """As `repr` writes it, but sets in one order: theirs differs from process to process."""
    match value:
        case set() | frozenset():
            return f"{{{', '.join(sorted(map(_spelt, value)))}}}"
        case tuple() | list():
            return f"({', '.join(map(_spelt, value))})"
        case dict():
            return f"{{{', '.join(f'{name!r}: {_spelt(one)}' for name, one in value.items())}}}"
        case _ if is_dataclass(value) and not isinstance(value, type):
            shown = (f"{field.name}={_spelt(getattr(value, field.name))}" for field in fields(value) if field.repr)
            return f"{type(value).__qualname__}({', '.join(shown)})"
    return repr(value)
