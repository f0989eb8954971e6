"""Events written with the change itself. Workers claim them with a lease; what a dead worker held is taken over.

At least once: a row is done only when its handler has returned. The event's id is stable, and every consumer
uses it to do its part once. A finished worker that lost its lease cannot settle the row: `fence` must match.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import Database, Document, Tx

_LEASE = timedelta(seconds=30)
_KEPT = timedelta(days=7)
MOST_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a citizen. `facts` are ids and codes, never personal data."""

    id: str
    type: str
    citizen: str
    facts: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    event: Event
    fence: str
    attempt: int


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
        event = Event(row["_id"], row["type"], row["citizen"], row["facts"], row["at"])
        return Claim(event, fence, row["attempt"] + 1)

    async def _bury(self, row: Document) -> None:
        untouched = {"_id": row["_id"], "state": "pending", "due_at": row["due_at"], "attempt": row["attempt"]}
        await self._rows.update_one(untouched, {"$set": {"state": "dead", "reason": "never settled"}})

    async def done(self, claim: Claim) -> bool:
        """Settle a row. False when the lease was lost meanwhile (another worker settles it)."""
        now = self._clock.now()
        return await self._settle(claim, {"state": "done", "done_at": now, "tidy_at": now + _KEPT})

    async def again(self, claim: Claim, after: timedelta, reason: str) -> bool:
        """Try later; after the last attempt the row stays as `dead`, to be looked at by ops."""
        state = "dead" if claim.attempt >= MOST_ATTEMPTS else "pending"
        return await self._settle(claim, {"state": state, "due_at": self._clock.now() + after, "reason": reason})

    async def _settle(self, claim: Claim, change: Document) -> bool:
        mine = {"_id": claim.event.id, "state": "pending", "fence": claim.fence}
        return bool((await self._rows.update_one(mine, {"$set": change})).modified_count)

    async def oldest(self) -> datetime | None:
        """When the oldest waiting event happened: the outbox's age."""
        row = await self._rows.find_one({"state": "pending"}, sort=[("_id", 1)])
        return row["at"] if row else None
