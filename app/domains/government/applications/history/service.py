"""Keeping a step: the application as it is now, the audit, the event that tells of it, all in one transaction."""

from __future__ import annotations

from app.core.audit import Audit
from app.core.calendar.service import CalendarService
from app.core.clock import Clock
from app.core.mongo import Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.government.applications.errors import ApplicationChanged
from app.domains.government.applications.history.model import TOLD, Happened
from app.domains.government.applications.model import WORKER, Application
from app.domains.government.applications.store import ApplicationStore


class Steps:
    def __init__(
        self,
        applications: ApplicationStore,
        calendar: CalendarService,
        outbox: Outbox,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._applications = applications
        self._calendar = calendar
        self._outbox = outbox
        self._audit = audit
        self._clock = clock

    async def keep(
        self,
        viewer: Viewer,
        changed: Application,
        was: Application,
        tx: Tx,
        *,
        words: bool = True,
        reason: str | None = None,
    ) -> Application:
        """`words`: it was read with what people wrote in it. `reason` is for the audit. Raises ApplicationChanged."""
        noted = changed.noted(self._calendar.current, self._clock.now())
        saved = self._applications.save if words else self._applications.step
        if not await saved(noted, was, tx):
            raise ApplicationChanged
        await self._note(viewer, noted, was, reason, tx)
        return noted

    async def _note(self, viewer: Viewer, now: Application, was: Application, reason: str | None, tx: Tx) -> None:
        for entry in now.history[len(was.history) :]:
            facts = {"number": now.number, "item": now.item, "unit": now.unit}
            name = f"application.{entry.what.value}"
            by = WORKER if entry.what is Happened.OVERDUE else viewer
            await self._audit.record(by, name, now.id, tx, subject=now.citizen, reason=reason, **facts)
            if entry.what in TOLD:
                await self.tell(name, now, tx)

    async def tell(self, event: str, of: Application, tx: Tx) -> None:
        """What happened to it, as ids, codes and days: to the applicant, and to the unit that wants to be called."""
        due = of.timing.due.isoformat() if of.timing.due else ""
        facts = {
            "application": of.id,
            "number": of.number or "",
            "item": of.item,
            "organisation": of.unit,
            "due": due,
            "test": of.test_of is not None,
        }
        await self._outbox.add(event, of.citizen, tx, **facts)
