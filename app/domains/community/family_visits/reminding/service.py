"""In the morning of the day before, both are told once of a visit that is agreed: who makes it, and who is visited.
That they were, and what they are told, are written in one transaction: a worker that dies tells nobody twice.
"""

from __future__ import annotations

from datetime import timedelta

from app.core.clock import CITY_TIME, Clock
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.domains.community.family_visits.model import FamilyVisit, FamilyVisitState
from app.domains.community.family_visits.store import FamilyVisitStore

_AT_ONCE = 100
# When no worker was there for so long, it is no reminder of tomorrow any more.
_STALE = timedelta(hours=12)


class VisitReminders:
    def __init__(self, db: Database, visits: FamilyVisitStore, outbox: Outbox, clock: Clock) -> None:
        self._db = db
        self._visits = visits
        self._outbox = outbox
        self._clock = clock

    async def look(self) -> int:
        """Of how many visits was told. Safe to run anywhere at any time."""
        told, seen = 0, set[str]()
        while due := [one for one in await self._due(len(seen)) if one.id not in seen]:
            seen |= {one.id for one in due}
            for one in due:
                told += await self._told(one)
        return told

    async def still_true(self, citizen: str, visit: str) -> bool:
        """Whether it is agreed still, and ahead."""
        found = await self._visits.get(visit)
        if found is None or found.state is not FamilyVisitState.ACCEPTED:
            return False
        return citizen in (found.citizen, found.resident) and found.starts_at > self._clock.now()

    async def _due(self, more: int) -> list[FamilyVisit]:
        return await self._visits.to_remind(self._clock.now(), _AT_ONCE + more)

    async def _told(self, was: FamilyVisit) -> bool:
        late = was.remind_at is None or self._clock.now() - was.remind_at > _STALE
        local = was.starts_at.astimezone(CITY_TIME)
        facts = {"visit": was.id, "day": local.date().isoformat(), "time": f"{local:%H:%M}"}

        async def work(tx: Tx) -> bool:
            if not await self._visits.save(was.reminded(), was, tx):
                return False  # it was changed meanwhile: whoever changed it has said what becomes of the moment
            if not late:
                await self._outbox.add("family_visit.reminder", was.citizen, tx, **facts)
                await self._outbox.add("family_visit.coming", was.resident, tx, **facts)
            return not late

        return await self._db.transaction(work)
