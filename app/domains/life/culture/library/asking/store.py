"""That a library was asked for something under a call, and what was so before: a hash and a day, for a day. What it was
asked for is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.errors import Unavailable
from app.core.mongo import Database, DuplicateKey

_KEPT = timedelta(days=1)
# Longer than any ask takes: whoever asked has died by then.
_BUSY = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Ask:
    """`again`: it was asked for before under this call, and nobody heard the answer; `due` is as it was then."""

    due: date | None
    again: bool


class AskStore:
    def __init__(self, db: Database) -> None:
        self._asks = db["library_asks"]

    async def begin(self, call: str, due: date | None, now: datetime) -> Ask:
        """Raises Unavailable: it is being asked at the moment."""
        day = due.isoformat() if due else None
        try:
            await self._asks.insert_one({"_id": call, "due": day, "busy_until": now + _BUSY, "tidy_at": now + _KEPT})
        except DuplicateKey:
            idle = {"_id": call, "busy_until": {"$lte": now}}
            row = await self._asks.find_one_and_update(idle, {"$set": {"busy_until": now + _BUSY}})
            if row is None:
                raise Unavailable from None
            return Ask(date.fromisoformat(row["due"]) if row["due"] else None, again=True)
        return Ask(due, again=False)

    async def unheard(self, call: str, now: datetime) -> None:
        """Its answer did not come: the next one looks what became of it."""
        await self._asks.update_one({"_id": call}, {"$set": {"busy_until": now}})

    async def end(self, call: str) -> None:
        """It was refused: the next one is the first again."""
        await self._asks.delete_one({"_id": call})
