"""Events written with the change itself. Workers claim them with a lease; what a dead worker held is taken over.

At least once: a row is done only when its handler has returned. The event's id is stable, and every consumer
uses it to do its part once. A finished worker that lost its lease cannot settle the row: `fence` must match.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.clock import Clock
from app.core.events import Event
from app.core.ids import new_id
from app.core.mongo import Database, Document, DuplicateKey, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest

_LEASE = timedelta(seconds=30)
_KEPT = timedelta(days=7)
_COUNTED = 10_000
MOST_ATTEMPTS = 20
_EARLIER = 200


@dataclass(frozen=True, slots=True)
class Claim:
    event: Event
    fence: str
    attempt: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that was given up: ops read why, and have it tried again or dropped."""

    event: Event
    attempt: int
    reason: str
    dead_at: datetime


class Outbox:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._rows = db["outbox"]
        self._clock = clock

    async def add(self, type_: str, citizen: str, tx: Tx, **facts: Any) -> str:
        """Write an event in the transaction of its change."""
        now = self._clock.now()
        row = {"_id": new_id(), "type": type_, "citizen": citizen, "facts": facts, "at": now}
        await self._rows.insert_one({**row, "state": "pending", "due_at": now, "attempt": 0}, session=tx)
        return str(row["_id"])

    async def add_all(self, type_: str, told: Sequence[tuple[str, Mapping[str, Any]]], tx: Tx) -> None:
        """As `add`, for many citizens, each with his facts, by one command."""
        now = self._clock.now()
        due = {"at": now, "state": "pending", "due_at": now, "attempt": 0}
        rows = [{"_id": new_id(), "type": type_, "citizen": who, "facts": dict(facts), **due} for who, facts in told]
        await insert_rows(self._rows, rows, tx)

    async def later(self, event: Event, due_at: datetime) -> None:
        """Write an event that is due at a later time, once: its id says which it is, and a repeat adds nothing."""
        row = {"_id": event.id, "type": event.type, "citizen": event.citizen, "facts": dict(event.facts)}
        with suppress(DuplicateKey):
            await self._rows.insert_one({**row, "at": event.at, "state": "pending", "due_at": due_at, "attempt": 0})

    async def pending_before(self, event: Event, types: Collection[str]) -> list[Event]:
        """Earlier events of the same citizen and of these types that are not settled yet, oldest first."""
        before = {"citizen": event.citizen, "state": "pending", "_id": {"$lt": event.id}}
        which: Document = {**before, "type": {"$in": sorted(types)}}
        return [_event(row) for row in await self._rows.find(which).sort("_id", 1).limit(_EARLIER).to_list(None)]

    async def claim(self, most: int = 50, lease: timedelta = _LEASE) -> list[Claim]:
        """Take due rows for the length of the lease. A row under a lease is due again when the lease ends."""
        now = self._clock.now()
        due = {"state": "pending", "due_at": {"$lte": now}}
        rows = await self._rows.find(due).sort([("due_at", 1), ("_id", 1)]).limit(most).to_list(None)
        return [claim for row in rows if (claim := await self._take(row, now + lease))]

    async def _take(self, row: Document, until: datetime) -> Claim | None:
        if row["attempt"] >= MOST_ATTEMPTS:  # whoever handled it never came back to say so: it may be what kills them
            await self._bury(row)
            return None
        fence = new_id()
        taken = await self._rows.update_one(
            {"_id": row["_id"], "state": "pending", "due_at": row["due_at"], "attempt": row["attempt"]},
            {"$set": {"due_at": until, "fence": fence}, "$inc": {"attempt": 1}},
        )
        if not taken.modified_count:
            return None
        return Claim(_event(row), fence, row["attempt"] + 1)

    async def _bury(self, row: Document) -> None:
        untouched = {"_id": row["_id"], "state": "pending", "due_at": row["due_at"], "attempt": row["attempt"]}
        await self._rows.update_one(untouched, {"$set": self._dead("never settled")})

    async def done(self, claim: Claim) -> bool:
        """Settle a row. False when the lease was lost meanwhile (another worker settles it)."""
        now = self._clock.now()
        return await self._settle(claim, {"state": "done", "done_at": now, "tidy_at": now + _KEPT})

    async def again(self, claim: Claim, after: timedelta, reason: str) -> bool:
        """Try later; after the last attempt the row stays as `dead`, to be looked at by ops."""
        if claim.attempt >= MOST_ATTEMPTS:
            return await self._settle(claim, self._dead(reason))
        return await self._settle(claim, {"due_at": self._clock.now() + after, "reason": reason})

    async def _settle(self, claim: Claim, change: Document) -> bool:
        mine = {"_id": claim.event.id, "state": "pending", "fence": claim.fence}
        return bool((await self._rows.update_one(mine, {"$set": change})).modified_count)

    async def oldest(self) -> datetime | None:
        """Since when the longest waiting of the due events is due: the outbox's age."""
        due = {"state": "pending", "due_at": {"$lte": self._clock.now()}}
        row = await self._rows.find_one(due, sort=[("due_at", 1), ("_id", 1)])
        return row["due_at"] if row else None

    async def depth(self) -> tuple[int, int]:
        """How many events are due and not claimed, and how many are dead; each counted up to 10,000."""
        due = {"state": "pending", "due_at": {"$lte": self._clock.now()}}
        waiting = await self._rows.count_documents(due, limit=_COUNTED)
        return waiting, await self._rows.count_documents({"state": "dead"}, limit=_COUNTED)

    async def dead(self, request: PageRequest) -> Page[DeadLetter]:
        """Newest event first."""
        rows = await page_rows(self._rows, {"state": "dead"}, request)
        return Page.cut([_letter(row) for row in rows], request)

    async def revive(self, letter: str, tx: Tx) -> bool:
        """Try a dead letter again from the start. False when it is none (any more)."""
        change = {"state": "pending", "due_at": self._clock.now(), "attempt": 0, "reason": "tried again by ops"}
        return bool((await self._rows.update_one(_dead(letter), {"$set": change}, session=tx)).modified_count)

    async def drop(self, letter: str, tx: Tx) -> bool:
        """Give a dead letter up for good; it is kept for a week. False when it is none (any more)."""
        change = {"state": "dropped", "tidy_at": self._clock.now() + _KEPT}
        return bool((await self._rows.update_one(_dead(letter), {"$set": change}, session=tx)).modified_count)

    def _dead(self, reason: str) -> Document:
        return {"state": "dead", "reason": reason, "dead_at": self._clock.now()}


def _dead(letter: str) -> Document:
    return {"_id": letter, "state": "dead"}


def _event(row: Document) -> Event:
    return Event(row["_id"], row["type"], row["citizen"], row["facts"], row["at"])


def _letter(row: Document) -> DeadLetter:
    return DeadLetter(_event(row), row["attempt"], row.get("reason", ""), row.get("dead_at") or row["at"])
