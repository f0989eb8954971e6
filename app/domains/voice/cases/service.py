"""Keeping a step: the case as it is now, the audit, the events that tell of it, all in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.core.audit import Audit
from app.core.calendar.service import CalendarService
from app.core.clock import Clock, civil_day
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.errors import CaseChanged, CaseFull
from app.domains.voice.cases.history.model import INSIDE, CaseEvent, Happened
from app.domains.voice.cases.model import WORKER, Case
from app.domains.voice.cases.record.model import MOST_EVENTS
from app.domains.voice.cases.store import CaseStore

_MOMENT = timedelta(milliseconds=1)
NOBODY = Viewer(role=Role.CITIZEN, actor="anonymous")
"""Who filed an anonymous case, and whoever follows it up with its receipt: no record says who that is."""


class CaseSteps:
    def __init__(self, cases: CaseStore, calendar: CalendarService, outbox: Outbox, audit: Audit, clock: Clock) -> None:
        self._cases = cases
        self._calendar = calendar
        self._outbox = outbox
        self._audit = audit
        self._clock = clock

    async def begin(self, viewer: Viewer, case: Case, tx: Tx) -> Case:
        """A new case, with its first events. Raises DuplicateKey: its number is taken, draw another."""
        timed = case.timed(self._calendar.current, self._clock.now())
        await self._cases.add(timed, tx)
        for event in timed.events:
            await self._note(viewer, timed, event, None, tx)
        return timed

    async def keep(self, viewer: Viewer, now: Case, was: Case, tx: Tx, *, reason: str | None = None) -> Case:
        """`was` as it was read, whole; `reason` is for the audit. Nothing is written when nothing changed.

        Raises CaseChanged, CaseFull (people fill a case, and its time goes on all the same).
        """
        if now is was:
            return was
        if len(now.events) > MOST_EVENTS and now.is_open and now.state is was.state and viewer != WORKER:
            raise CaseFull(MOST_EVENTS)
        # One step may be several events: a save counts as one change.
        timed = replace(now, rev=was.rev + 1).timed(self._calendar.current, self._clock.now())
        if not await self._cases.save(timed, was, tx):
            raise CaseChanged
        for event in timed.events[len(was.events) :]:
            await self._note(viewer, timed, event, reason, tx)
        return timed

    async def _note(self, viewer: Viewer, case: Case, event: CaseEvent, reason: str | None, tx: Tx) -> None:
        name = f"case.{event.what.value}"
        facts = {"number": case.number, "unit": case.unit, "detail": event.detail}
        await self._audit.record(viewer, name, case.id, tx, subject=case.citizen, reason=reason, **facts)
        if event.what not in INSIDE or event.public:
            await self.tell(name, case, tx, detail=event.detail or "", by=event.unit or "")
        if event.what is Happened.DISPATCHED:
            for task in case.tasks:
                await self.tell("case.help_asked", case, tx, organisation=task.unit, detail="", by=event.unit or "")

    async def tell(self, name: str, case: Case, tx: Tx, *, organisation: str | None = None, **more: str) -> None:
        """What happened to it, as ids, codes and days: to whoever filed it, to those who follow it, to its unit, or
        to another organisation.
        """
        due = civil_day(case.timing.due - _MOMENT) if case.timing.due else None  # the last day, not its midnight
        facts = {
            "case": case.id,
            "number": case.number,
            "category": case.category,
            "organisation": organisation or case.unit or "",
            "due": due.isoformat() if due else "",
            "test": case.test_of is not None,
        }
        await self._outbox.add(name, case.owner, tx, **facts, **more)
