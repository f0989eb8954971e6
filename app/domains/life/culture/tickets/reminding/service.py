"""In the morning of the day before, who holds tickets is told once: that he was, and what he is told, are written in
one transaction, so that a worker that dies tells nobody twice and forgets nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.core.clock import Clock
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.domains.life.culture.tickets.model import Purchase, PurchaseState, facts_of
from app.domains.life.culture.tickets.store import PurchaseStore

_AT_ONCE = 100
# When no worker was there for so long, it is no reminder of tomorrow any more.
_STALE = timedelta(hours=12)


class TicketReminders:
    def __init__(self, db: Database, purchases: PurchaseStore, outbox: Outbox, clock: Clock) -> None:
        self._db = db
        self._purchases = purchases
        self._outbox = outbox
        self._clock = clock

    async def look(self) -> int:
        """How many were told. Safe to run anywhere at any time."""
        told, seen = 0, set[str]()
        while due := [one for one in await self._due(len(seen)) if one.id not in seen]:
            seen |= {one.id for one in due}
            for one in due:
                told += await self._told(one)
        return told

    async def still_true(self, citizen: str, facts: Mapping[str, object]) -> bool:
        """Whether he still holds them, and for that time."""
        found = await self._purchases.of(citizen, str(facts.get("purchase", "")))
        if found is None or not found.places or found.state is not PurchaseState.GOOD:
            return False
        now = facts_of(found)
        return (now["day"], now["time"]) == (facts.get("day"), facts.get("time"))

    async def _due(self, more: int) -> list[Purchase]:
        return await self._purchases.to_remind(self._clock.now(), _AT_ONCE + more)

    async def _told(self, was: Purchase) -> bool:
        late = was.remind_at is None or self._clock.now() - was.remind_at > _STALE

        async def work(tx: Tx) -> bool:
            if not await self._purchases.save(was.reminded(), was, tx):
                return False  # it was changed meanwhile: whoever changed it left the moment as it was
            if not late:
                await self._outbox.add("event_ticket.reminder", was.citizen, tx, **facts_of(was))
            return not late

        return await self._db.transaction(work)
