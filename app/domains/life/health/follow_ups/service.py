"""Planning follow-ups, entering what came of them, showing them, and telling of those that are due or were missed.

A plan lives as long as the contract it was made under: whoever has left the centre's care is reminded of nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.life.health.follow_ups.errors import (
    FollowUpChanged,
    FollowUpNotYours,
    FollowUpPlanned,
    FollowUpUnknown,
    PatientNotInCare,
)
from app.domains.life.health.follow_ups.model import (
    MISSED_AFTER,
    FollowUp,
    FollowUpKind,
    Overdue,
    Patient,
    Plan,
    Worker,
    demand_plan,
    worded,
)
from app.domains.life.health.follow_ups.store import FollowUpStore, PlanStore
from app.domains.life.health.records.model import SCOPE

_PLAN, _FOLLOW_UP = TypeAdapter(Plan), TypeAdapter(FollowUp)
_AT_ONCE = 100


class InCare(Protocol):
    """Contracts with family doctors."""

    async def patient(self, contract: str, organisation: str, *, test: bool) -> Patient | None:
        """Who is in this organisation's care by this contract, while it is in force."""
        ...

    async def worker(self, contract: str, viewer: Viewer) -> Worker | None:
        """Who this viewer of the centre is in the team of the contract; None where the team does not let him follow its
        patients up.
        """
        ...

    async def sees(self, contract: str, viewer: Viewer) -> bool:
        """Whether he is of that team at all."""
        ...

    async def holds(self, citizen: str, contract: str) -> bool:
        """Whether it is in force still."""
        ...

    async def names(self, citizens: list[str]) -> dict[str, str]:
        """Masked names."""
        ...


class FollowUpService:
    def __init__(
        self,
        db: Database,
        plans: PlanStore,
        done: FollowUpStore,
        care: InCare,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._plans = plans
        self._done = done
        self._care = care
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    @property
    def today(self) -> date:
        return civil_day(self._clock.now())

    async def plan(
        self, viewer: Viewer, contract: str, kind: FollowUpKind, every_days: int, first: date, key: str
    ) -> Plan:
        """Raises Forbidden, FollowUpInvalid, PatientNotInCare, FollowUpNotYours, FollowUpPlanned,
        IdempotencyConflict.
        """
        organisation = viewer.provider(SCOPE)
        demand_plan(every_days, first, self.today)
        patient = await self._care.patient(contract, organisation, test=viewer.test_mode)
        if patient is None:
            raise PatientNotInCare
        await self._entitled(viewer, contract)
        now = self._clock.now()
        made = Plan(
            *(new_id(), patient.citizen, organisation, contract, kind, every_days, first, now), test=patient.test
        )
        call = Call.of(viewer, "planFollowUp", key, contract, kind, every_days, first)

        async def work(tx: Tx) -> Plan:
            if await self._plans.open_of(made.citizen, organisation, kind, tx) is not None:
                raise FollowUpPlanned
            await self._plans.add(made, tx)
            await self._audit.record(viewer, "follow_up.planned", made.id, tx, subject=made.citizen, kind=kind.value)
            await self._tell("follow_up.planned", made, tx)
            return made

        return await self._idempotency.once(call, _PLAN, work)

    async def enter(self, viewer: Viewer, plan: str, result: str, key: str) -> FollowUp:
        """It was done today. Raises Forbidden, FollowUpInvalid, FollowUpUnknown, FollowUpNotYours, FollowUpChanged,
        PersonErased, IdempotencyConflict.
        """
        organisation, text = viewer.provider(SCOPE), worded(result)
        by = await self._entitled(viewer, (await self._own(viewer, plan, organisation)).contract)
        call = Call.of(viewer, "recordFollowUp", key, plan, text)

        async def work(tx: Tx) -> FollowUp:
            was = await self._own(viewer, plan, organisation, tx)
            if not await self._plans.save(was.done_on(self.today), was, tx):
                raise FollowUpChanged
            now = self._clock.now()
            done = FollowUp(*(new_id(), was.id, was.citizen, organisation, was.kind, was.due, now, text, by))
            await self._done.add(done, tx)
            await self._audit.record(viewer, "follow_up.done", was.id, tx, subject=was.citizen)
            await self._tell("follow_up.done", was, tx)
            return done

        return await self._idempotency.once(call, _FOLLOW_UP, work)

    async def end(self, viewer: Viewer, plan: str, key: str) -> Plan:
        """Raises Forbidden, FollowUpUnknown, FollowUpNotYours, FollowUpChanged, IdempotencyConflict."""
        organisation = viewer.provider(SCOPE)
        await self._entitled(viewer, (await self._own(viewer, plan, organisation)).contract)

        async def work(tx: Tx) -> Plan:
            was = await self._own(viewer, plan, organisation, tx)
            ended = was.ended(self._clock.now())
            if not await self._plans.save(ended, was, tx):
                raise FollowUpChanged
            await self._audit.record(viewer, "follow_up.ended", was.id, tx, subject=was.citizen)
            return ended

        return await self._idempotency.once(Call.of(viewer, "endFollowUp", key, plan), _PLAN, work)

    async def mine(self, viewer: Viewer) -> list[Plan]:
        return await self._plans.of(viewer.citizen())

    async def results(self, viewer: Viewer, plan: str, request: PageRequest) -> Page[FollowUp]:
        """Of one of the citizen's (or the ward's) plans; of another's none."""
        found = await self._plans.mine(plan, viewer.citizen())
        return await self._done.of_plan(found, request) if found else Page((), has_next=False)

    async def of_patient(self, viewer: Viewer, contract: str) -> list[Plan]:
        """Of one of the organisation's patients; none for who is not of his team, or asks in test mode of real ones."""
        organisation = viewer.provider(SCOPE)
        if not await self._care.sees(contract, viewer):
            return []
        found = await self._plans.of_contract(contract, organisation)
        return [one for one in found if one.test is viewer.test_mode]

    async def results_of(self, viewer: Viewer, plan: str, request: PageRequest) -> Page[FollowUp]:
        """What the organisation entered itself."""
        found = await self._plans.of_organisation(plan, viewer.provider(SCOPE))
        if found is None or found.test is not viewer.test_mode or not await self._care.sees(found.contract, viewer):
            return Page((), has_next=False)
        return await self._done.of_plan(found, request)

    async def overdue(self, viewer: Viewer, request: PageRequest) -> Page[Overdue]:
        """What the organisation's patients have missed, the oldest plan first."""
        organisation, before = viewer.provider(SCOPE), self.today - MISSED_AFTER
        page = await self._plans.overdue(organisation, before, request, test=viewer.test_mode)
        names = await self._care.names([one.citizen for one in page.items])
        return Page(tuple(Overdue(one, names.get(one.citizen, "")) for one in page.items), page.has_next)

    async def missed(self, request: PageRequest) -> Page[Plan]:
        """For the desk: of all organisations."""
        return await self._plans.missed(self.today - MISSED_AFTER, request)

    async def remind(self) -> int:
        """Tell of what is due within three days, once; how many were told. Safe to repeat."""
        return await self._tell_each("remind_on", "follow_up.due", Plan.reminded)

    async def note_missed(self) -> int:
        """Tell of what went by a week ago, once. Safe to repeat."""
        return await self._tell_each("miss_on", "follow_up.missed", Plan.gone_by)

    async def still_due(self, citizen: str, plan: str, due: str) -> bool:
        """Whether what is about to be told is true still."""
        found = await self._plans.mine(plan, citizen)
        return found is not None and found.open and found.due.isoformat() == due

    async def _tell_each(self, of: str, event: str, turned: Callable[[Plan], Plan]) -> int:
        count = 0
        while rows := await self._plans.to_tell(self.today, of, _AT_ONCE):
            moved = [await self._turn_one(one, event, turned) for one in rows]
            count += moved.count(True)
            if all(one is None for one in moved):  # another worker is at the same ones
                break
        return count

    async def _turn_one(self, one: Plan, event: str, turned: Callable[[Plan], Plan]) -> bool | None:
        """True: told; False: it has ended with its contract; None: somebody was faster."""
        holds = await self._care.holds(one.citizen, one.contract)
        change = turned(one) if holds else one.ended(self._clock.now())
        return await self._db.transaction(partial(self._turn, one, change, event if holds else None))

    async def _turn(self, was: Plan, turned: Plan, event: str | None, tx: Tx) -> bool | None:
        if not await self._plans.save(turned, was, tx):
            return None
        if event is not None:
            await self._tell(event, was, tx)
        return event is not None

    async def _entitled(self, viewer: Viewer, contract: str) -> Worker:
        """Raises FollowUpNotYours."""
        worker = await self._care.worker(contract, viewer)
        if worker is None:
            raise FollowUpNotYours
        return worker

    async def _own(self, viewer: Viewer, plan: str, organisation: str, tx: Tx | None = None) -> Plan:
        """Raises FollowUpUnknown."""
        found = await self._plans.of_organisation(plan, organisation, tx)
        if found is None or found.test is not viewer.test_mode:
            raise FollowUpUnknown
        return found

    async def _tell(self, event: str, plan: Plan, tx: Tx) -> None:
        facts = {"plan": plan.id, "organisation": plan.organisation, "due": plan.due.isoformat()}
        await self._outbox.add(event, plan.citizen, tx, **facts, test=plan.test)
