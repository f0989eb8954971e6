"""Looking at the cases to which time has something to do, each in its own guarded transaction.

Two workers at one case, or one that is killed over it, do nothing twice: the save holds the version that was read, and
what is told upwards is written with it.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from app.core.calendar.service import CalendarService
from app.core.clock import Clock
from app.core.ids import new_id
from app.core.mongo import Database, DatabaseFault, Tx
from app.core.outbox import Outbox
from app.core.traces import frames_of
from app.domains.identity.organisations.model import Tree
from app.domains.voice.cases.errors import CaseChanged, CaseFull
from app.domains.voice.cases.history.model import Happened
from app.domains.voice.cases.model import WORKER, Case
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.units.escalation.model import Escalation, Looked, Raised, looked_at, target
from app.domains.voice.units.escalation.store import EscalationStore

log = structlog.get_logger()
_COUNTS = {
    Happened.WARNED: Looked(warned=1),
    Happened.OVERDUE: Looked(overdue=1),
    Happened.RESUMED: Looked(resumed=1),
    Happened.CLOSED: Looked(unconfirmed=1),
}


class CaseTime:
    def __init__(
        self,
        db: Database,
        cases: CaseStore,
        escalations: EscalationStore,
        steps: CaseSteps,
        tree: Tree,
        calendar: CalendarService,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._db = db
        self._cases = cases
        self._escalations = escalations
        self._steps = steps
        self._tree = tree
        self._calendar = calendar
        self._outbox = outbox
        self._clock = clock

    async def look(self) -> Looked:
        """At all whose moment has come. Safe to repeat, and to run beside another."""
        done = Looked()
        async for one in self._cases.to_look_at(self._clock.now()):
            try:
                done += await self._look_at(one.id)
            except DatabaseFault:
                raise
            except Exception as error:  # one that nobody foresaw keeps no other from its time; it is looked at again
                log.error("case not looked at", case=one.id, traceback=frames_of(error))
        return done

    async def recount(self) -> int:
        """Days of the calendar were written over: the days on which open cases are due are kept anew. How many moved.

        Nothing is looked at unless the calendar is another than the last time. A case that is changed meanwhile was
        counted by whoever changed it.
        """
        calendar, moved = self._calendar.current, 0
        if await self._escalations.calendar() == calendar.version:
            return 0
        async for one in self._cases.running():
            # What has stopped stays as it was counted when it did.
            runs = one.clock is not None and one.clock.stopped is None
            timed = one.timed(calendar, self._clock.now())
            if runs and timed.timing != one.timing:
                moved += await self._cases.retime(timed, one)
        await self._escalations.counted_by(calendar.version)
        return moved

    async def _look_at(self, case: str) -> Looked:
        async def work(tx: Tx) -> Looked:
            was = await self._cases.get(case, tx=tx)
            return await self._passed(was, tx) if was is not None else Looked()

        try:
            return await self._db.transaction(work)
        except (CaseChanged, CaseFull):  # somebody was at it in this very moment: its next look is known anew
            return Looked()

    async def _passed(self, was: Case, tx: Tx) -> Looked:
        now = self._clock.now()
        if was.timing.look is None or was.timing.look > now:  # another worker was here
            return Looked()
        passed, raised = looked_at(was, self._calendar.current, WORKER, now)
        # One to which nothing happened is kept as well: the calendar has changed, and its next look with it.
        kept = await self._steps.keep(WORKER, replace(passed), was, tx)
        told = sum([await self._raise(kept, one, tx) for one in raised])
        done = Looked(seen=1, raised=told)
        for event in kept.events[len(was.events) :]:
            done += _COUNTS.get(event.what, Looked())
        return done

    async def _raise(self, case: Case, raised: Raised, tx: Tx) -> int:
        to = target(self._tree, case, raised.rung)
        if to is None:
            return 0
        told = Escalation(
            id=new_id(),
            case=case.id,
            number=case.number,
            unit=case.unit,
            to=to,
            rung=raised.rung,
            what=raised.what,
            held=case.handler is not None,
            at=self._clock.now(),
            test_of=case.test_of,
        )
        await self._escalations.add(told, tx)
        facts = {"case": case.id, "number": case.number, "organisation": to, "rung": told.rung, "what": told.what}
        await self._outbox.add("case.raised", case.owner, tx, **facts, test=case.test_of is not None)
        return 1
