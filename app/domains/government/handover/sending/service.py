"""The porter: takes hand-overs that are due, tells departments what is to be told, and applies what they say.

Any number of workers may run one. A hand-over is held under a lease that outlives the slowest call; each department
has its own share of what goes on at once and its own circuit breaker, so that one that is dead stalls no other.

Before an errand is begun that is noted. Begun once and not noted as done, it may have arrived: then the department is
asked what it has, and told again only what it does not know, under the same idempotency key.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from app.core.clock import Clock
from app.core.tallies import Counting, uncounted
from app.core.traces import frames_of
from app.domains.government.handover.model import (
    SUBMIT,
    Difference,
    Handover,
    HandoverState,
    Kind,
    News,
    Pace,
    Taken,
    difference_id,
)
from app.domains.government.handover.sending.model import Answer, Listed, Standing, Verdict
from app.domains.government.handover.service import Applications
from app.domains.government.handover.store import DifferenceStore, HandoverStore, Lease, StepStore

log = structlog.get_logger()
LEASE = timedelta(seconds=90)
_AT_ONCE = 128
_TURN = timedelta(seconds=10)
BY_ITSELF = "reconciling"
# The code by which a department says that it has no application of this number.
UNKNOWN = "UNKNOWN_APPLICATION"
_AGAIN_LOST = timedelta(hours=1)


class Departments(Protocol):
    """The systems of departments, each behind a line of its own. None of these raises: silence is an answer."""

    def room(self, system: str) -> int:
        """How many calls may go on at once: none while it is left to rest, one to try whether it is back."""
        ...

    def resting(self) -> Sequence[str]:
        """Systems that are not to be called now."""
        ...

    async def tell(self, system: str, errand: str, key: str, body: dict[str, Any]) -> Answer: ...

    async def status(self, system: str, number: str) -> Standing: ...

    async def known(self, system: str, numbers: Sequence[str]) -> Sequence[Listed] | None:
        """Which of these it has, and how far they are. None when it does not answer."""
        ...

    async def listing(self, system: str, since: datetime, after: str) -> Sequence[Listed] | None:
        """What it says it got from us since then, in the order of the numbers, a page from `after` on."""
        ...


class Porter:
    def __init__(
        self,
        handovers: HandoverStore,
        steps: StepStore,
        differences: DifferenceStore,
        departments: Departments,
        applications: Applications,
        clock: Clock,
        pace: Pace,
        count: Counting = uncounted,
    ) -> None:
        self._handovers = handovers
        self._steps = steps
        self._differences = differences
        self._departments = departments
        self._applications = applications
        self._clock = clock
        self._pace = pace
        self._count = count
        self._serving: dict[asyncio.Task[None], str] = {}
        self._closing = False

    async def round(self) -> int:
        """Begin what is due, as much as there is room for; how much that was. It waits for none of it."""
        room, busy = _AT_ONCE - len(self._serving), Counter(self._serving.values())
        if room <= 0:
            return 0

        def free(system: str) -> int:
            return self._departments.room(system) - busy[system]

        shut = {system for system in busy if free(system) <= 0} | set(self._departments.resting())
        leases = await self._handovers.claim(self._clock.now(), LEASE, room, free=free, beside=shut)
        for lease in leases:
            self._begin(lease)
        return len(leases)

    async def finish(self) -> None:
        """Wait for what goes on; begin nothing more."""
        self._closing = True
        while self._serving:
            await asyncio.wait(set(self._serving))

    def _begin(self, lease: Lease) -> None:
        task = asyncio.create_task(self._guarded(lease), name="handover")
        self._serving[task] = lease.handover.system
        task.add_done_callback(lambda done: self._serving.pop(done, None))

    async def _guarded(self, lease: Lease | None) -> None:
        """One, and then the next of the same department, for some seconds."""
        ends = self._clock.now() + _TURN
        try:
            while lease is not None:
                system = lease.handover.system
                await self._serve(lease)
                lease = await self._next(system) if self._clock.now() < ends and not self._closing else None
        except Exception as error:  # the database is away: the lease ends, and somebody takes it up again
            log.warning("handover not served", error=type(error).__name__, traceback=frames_of(error))

    async def _next(self, system: str) -> Lease | None:
        """None too when the department has more callers than it may."""
        if Counter(self._serving.values())[system] > self._departments.room(system):
            return None
        found = await self._handovers.claim(self._clock.now(), LEASE, 1, within=system)
        return found[0] if found else None

    async def _serve(self, taken: Lease) -> None:
        before, lease = taken.handover.seq, await self._apply(taken)
        if lease is not None and lease.handover.todo and lease.handover.open:
            lease = await self._tell(lease)
        elif lease is not None and lease.handover.open and await self._wonder(lease, before):
            lease = await self._ask(lease)
        if lease is not None:
            if not lease.handover.open:
                await self._unheeded(lease.handover)
            await self._handovers.lay_down(lease, self._due(lease.handover), self._clock.now())

    async def _wonder(self, lease: Lease, before: int) -> bool:
        """Whether to ask: nothing was pushed, or something before it is missing."""
        return lease.handover.seq == before or bool(await self._steps.after(lease.handover))

    # Telling.

    async def _tell(self, lease: Lease) -> Lease | None:
        errand = lease.handover.todo[0]
        if lease.handover.attempt:
            standing = await self._departments.status(lease.handover.system, lease.handover.number)
            if not standing.heard:
                # Asking counts as a try too: the waits grow while nobody answers.
                return await self._unheard(lease, standing.code, lease.handover.attempt + 1)
            if standing.known and (errand == SUBMIT or errand in standing.errands):
                return await self._take_in(await self._told(lease, errand, standing.reference), standing)
            if not standing.known and errand != SUBMIT:
                return await self._lost(lease)
        return await self._send(lease, errand)

    async def _send(self, lease: Lease, errand: str) -> Lease | None:
        handover, content = lease.handover, await self._applications.content(lease.handover.number)
        # Who applied has left the city: there is nothing to hand over, nor anybody to answer. That he withdrew is told.
        if content is None or (errand == SUBMIT and not content.applicant):
            over = replace(handover, state=HandoverState.SETTLED, settled_at=self._clock.now(), fault="gone")
            return await self._handovers.alter(lease, lambda _: over)
        begun = await self._handovers.alter(lease, lambda one: replace(one, attempt=one.attempt + 1))
        if begun is None or errand not in begun.handover.todo:
            return begun
        key = f"{handover.number}:{errand}"
        answer = await self._departments.tell(handover.system, errand, key, content.body())
        self._count("handovers", outcome=answer.verdict.value)
        match answer.verdict:
            case Verdict.TAKEN:
                return await self._told(begun, errand, answer.reference)
            case Verdict.REFUSED if errand != SUBMIT and answer.code == UNKNOWN and not await self._just_told(handover):
                return await self._lost(begun)
            case Verdict.REFUSED:
                return await self._refused(begun, answer.code or "refused")
            case Verdict.NOT_NOW:
                return await self._unheard(begun, answer.code, begun.handover.attempt)

    async def _told(self, lease: Lease | None, errand: str, reference: str | None) -> Lease | None:
        if lease is None:
            return None
        now, of = self._clock.now(), lease.handover
        settled = (Kind.LOST_THERE, Kind.UNREACHED, Kind.REFUSED)
        await self._differences.settle(of.system, of.number, settled, BY_ITSELF, "told again", now)
        return await self._handovers.alter(lease, lambda one: one.told(errand, reference, now))

    async def _lost(self, lease: Lease) -> Lease | None:
        await self._differ(lease.handover, Kind.LOST_THERE, lease.handover.reference or "")
        return await self._handovers.alter(lease, Handover.lost)

    async def _just_told(self, of: Handover) -> bool:
        """Whether it was lost and told anew a moment ago: who takes a matter and does not know it is told no third time
        before somebody looks.
        """
        before = await self._differences.get(difference_id(of.system, of.number, Kind.LOST_THERE))
        told = before.settled_at if before else None
        return told is not None and self._clock.now() - told < _AGAIN_LOST

    async def _refused(self, lease: Lease, code: str) -> Lease | None:
        await self._differ(lease.handover, Kind.REFUSED, code)
        return await self._handovers.alter(lease, lambda one: replace(one, state=HandoverState.REFUSED, fault=code))

    async def _unheard(self, lease: Lease, code: str | None, attempt: int) -> Lease | None:
        if self._clock.now() - lease.handover.made_at > self._pace.unreached_after:
            await self._differ(lease.handover, Kind.UNREACHED, code or "")
        return await self._handovers.alter(lease, lambda one: replace(one, fault=code, attempt=attempt))

    # Hearing.

    async def _ask(self, lease: Lease) -> Lease | None:
        standing = await self._departments.status(lease.handover.system, lease.handover.number)
        if not standing.heard:
            return await self._handovers.alter(lease, lambda one: replace(one, fault=standing.code))
        if not standing.known:
            return await self._lost(lease)
        return await self._take_in(lease, standing)

    async def _take_in(self, lease: Lease | None, standing: Standing) -> Lease | None:
        """All steps it knows; of one that is not applied yet, what it says now holds."""
        if lease is None:
            return None
        now = self._clock.now()
        for news in standing.steps:
            if news.seq > lease.handover.seq:
                kept = await self._steps.keep(lease.handover, news, now)
                if kept != news:
                    await self._steps.correct(lease.handover, news, now)
        return await self._apply(lease)

    async def _apply(self, lease: Lease) -> Lease | None:
        """What was heard, in order, as far as nothing is missing in between."""
        current: Lease | None = lease
        for news in await self._steps.after(lease.handover):
            if current is None or news.seq != current.handover.seq + 1 or not current.handover.open:
                return current
            done = await self._applications.settle(news.number, news)
            if done is Taken.IMPOSSIBLE:
                await self._differ(current.handover, Kind.STATES_APART, f"{news.seq} {news.step.value}")
                return await self._handovers.alter(current, lambda one: replace(one, state=HandoverState.APART))
            current = await self._applied(current, news)
        return current

    async def _applied(self, lease: Lease, news: News) -> Lease | None:
        now, of = self._clock.now(), lease.handover
        settled = (Kind.STATES_APART, Kind.LOST_THERE, Kind.UNREACHED, Kind.REFUSED)
        await self._differences.settle(of.system, of.number, settled, BY_ITSELF, f"applied {news.seq}", now)
        return await self._handovers.alter(lease, lambda one: one.applied(news, now))

    async def _unheeded(self, of: Handover) -> None:
        """What they said of it before it was settled here, and was never applied."""
        for news in await self._steps.after(of):
            if news.step.decisive:
                await self._differ(of, Kind.STATES_APART, f"{news.seq} {news.step.value}")

    async def _differ(self, of: Handover, kind: Kind, said: str) -> None:
        if await self._differences.note(Difference(of.system, of.number, kind, self._clock.now(), said)):
            log.warning("handover differs", system=of.system, kind=kind.value)

    def _due(self, of: Handover) -> datetime | None:
        now = self._clock.now()
        if not of.open or of.state in (HandoverState.REFUSED, HandoverState.APART):
            return None  # until ops, the applicant or the department stir
        if of.todo:
            spread = random.uniform(0.8, 1.2)  # noqa: S311  (nothing secret)
            return now + self._pace.backoff(of.attempt) * spread if of.attempt else now
        return now + self._pace.ask_after(now - (of.taken_at or now))
