"""Looking each day at those for which the day brings something: a light that changes, a draft near its end.

Each is looked at by its own guarded write, so that two workers at it, or one that is killed, change nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.calendar.service import CalendarService
from app.core.clock import Clock, civil_day
from app.core.mongo import Database, Tx
from app.domains.government.applications.drafts.service import DraftService
from app.domains.government.applications.errors import ApplicationChanged
from app.domains.government.applications.history.model import State
from app.domains.government.applications.history.service import Steps
from app.domains.government.applications.model import DRAFT_KEPT, WORKER, Application
from app.domains.government.applications.store import ApplicationStore


@dataclass(frozen=True, slots=True)
class Looked:
    """How many were looked at, became overdue, were warned of and dropped."""

    seen: int = 0
    overdue: int = 0
    warned: int = 0
    dropped: int = 0


class KeepingService:
    def __init__(
        self,
        db: Database,
        applications: ApplicationStore,
        drafts: DraftService,
        steps: Steps,
        calendar: CalendarService,
        clock: Clock,
    ) -> None:
        self._db = db
        self._applications = applications
        self._drafts = drafts
        self._steps = steps
        self._calendar = calendar
        self._clock = clock

    async def look(self) -> Looked:
        """At all whose day has come. Safe to repeat."""
        found = {"seen": 0, "overdue": 0, "warned": 0, "dropped": 0}
        async for one in self._applications.to_look_at(civil_day(self._clock.now())):
            found["seen"] += 1
            what = await self._look_at(one)
            if what is not None:
                found[what] += 1
        return Looked(**found)

    async def _look_at(self, was: Application) -> str | None:
        async def work(tx: Tx) -> str | None:
            return await (self._draft(was, tx) if was.state is State.DRAFT else self._running(was, tx))

        try:
            return await self._db.transaction(work)
        except ApplicationChanged:  # somebody was at it in this very moment: its next day is known anew
            return None

    async def _running(self, was: Application, tx: Tx) -> str | None:
        now = await self._steps.keep(WORKER, was.looked_at(), was, tx, words=False)
        return "overdue" if len(now.history) > len(was.history) else None

    async def _draft(self, was: Application, tx: Tx) -> str | None:
        # By the day, as it was looked up: at some hour of its last day it is not warned of once more.
        if civil_day(self._clock.now()) >= civil_day(was.changed_at + DRAFT_KEPT):
            if not await self._drafts.drop(was, tx):
                raise ApplicationChanged
            await self._steps.tell("application.draft_dropped", was, tx)
            return "dropped"
        await self._steps.keep(WORKER, was.warned(), was, tx, words=False)
        await self._steps.tell("application.draft_ends", was, tx)
        return "warned"
