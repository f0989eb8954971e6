"""Handing applications to departments: what is to be told is written in the transaction of the application itself.

Nothing is called here. The errand stands in the database when the transaction has committed, and a worker tells it
(`sending/service.py`) until the department has it; what a department pushes is kept at once and applied by the worker.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.mongo import Database, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.government.handover.errors import DifferenceUnknown, HandoverSettled, HandoverUnknown
from app.domains.government.handover.model import (
    WITHDRAW,
    Difference,
    Handover,
    HandoverState,
    Kind,
    News,
    Submission,
    Taken,
    answer_errand,
)
from app.domains.government.handover.store import DifferenceStore, HandoverStore, StepStore, Waiting
from virtual_card.disclosures.service import worded


class Applications(Protocol):
    """What the hand-over asks of applications."""

    async def content(self, number: str) -> Submission | None:
        """As the department is to be told, with what was mended since; None when it is gone (its applicant left)."""
        ...

    async def settle(self, number: str, news: News) -> Taken:
        """Make a step of the department's true here, once: the same `news.seq` again is ALREADY. What the step says
        to the applicant is told by the applications' own events."""
        ...


class BackOffices(Protocol):
    """What applications may ask of the hand-over, each in the transaction of the change itself."""

    async def enlist(self, *, number: str, citizen: str, item: str, unit: str, system: str, tx: Tx) -> None:
        """It was submitted: hand it to `system`. Once; a repeat adds nothing."""
        ...

    async def answered(self, number: str, round_: int, tx: Tx) -> None:
        """The applicant has mended what the department asked for, the `round_`th time (from 1 on)."""
        ...

    async def withdrawn(self, number: str, tx: Tx) -> None:
        """The applicant has withdrawn it. Nothing happens when it was handed to nobody."""
        ...


class HandoverService:
    """Fulfils `BackOffices`; takes what departments push, and shows and mends what differs, for the desk."""

    def __init__(
        self,
        db: Database,
        handovers: HandoverStore,
        steps: StepStore,
        differences: DifferenceStore,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._handovers = handovers
        self._steps = steps
        self._differences = differences
        self._audit = audit
        self._clock = clock

    async def enlist(self, *, number: str, citizen: str, item: str, unit: str, system: str, tx: Tx) -> None:
        await self._handovers.add(Handover(number, citizen, item, unit, system, self._clock.now()), tx)

    async def answered(self, number: str, round_: int, tx: Tx) -> None:
        await self._handovers.errand(number, answer_errand(round_), self._clock.now(), tx)

    async def withdrawn(self, number: str, tx: Tx) -> None:
        await self._handovers.errand(number, WITHDRAW, self._clock.now(), tx)

    async def heard(self, system: str, news: News) -> None:
        """A department pushed a step: keep it, and have the worker look. Safe to repeat, in any order.

        A number that was never handed to this system is listed for ops and otherwise ignored.
        """
        now = self._clock.now()
        handover = (await self._handovers.present([news.number], system)).get(news.number)
        if handover is None:
            await self._differences.note(Difference(system, news.number, Kind.UNKNOWN_HERE, now, news.step.value))
            return
        kept = await self._steps.keep(handover, news, now)
        if kept != news and news.seq <= handover.seq:
            said = f"{news.seq} {kept.step.value} {news.step.value}"
            await self._differences.note(Difference(system, news.number, Kind.CONTRADICTED, now, said))
        elif news.seq > handover.seq and not await self._handovers.poke([news.number], now) and news.step.decisive:
            await self._unheeded(system, news, now)

    async def _unheeded(self, system: str, news: News, now: datetime) -> None:
        """Settled here, and they went on with it: unless it was this very step that settled it a moment ago."""
        settled = (await self._handovers.present([news.number], system)).get(news.number)
        if settled is not None and news.seq > settled.seq:
            said = f"{news.seq} {news.step.value}"
            await self._differences.note(Difference(system, news.number, Kind.STATES_APART, now, said))

    # For the desk.

    async def one(self, number: str) -> tuple[Handover, list[News], list[Difference]] | None:
        """With what the department said, without the words, and in what we differ."""
        found = await self._handovers.get(number)
        if found is None:
            return None
        return found, await self._steps.all(number), await self._differences.of(number, found.system)

    async def waiting(self) -> list[Waiting]:
        """By system, each counted up to 10,000."""
        return [await self._handovers.waiting(system) for system in await self._handovers.systems()]

    async def differing(self, request: PageRequest) -> Page[tuple[str, Difference]]:
        """Open differences, the newest found first, each with its place in that order."""
        return await self._differences.page(request)

    async def difference(self, difference: str) -> Difference | None:
        return await self._differences.get(difference)

    async def ask_again(self, viewer: Viewer, number: str) -> Handover:
        """Have the worker tell or ask the department now, whatever it said before. Repeating is safe.

        Raises HandoverUnknown, HandoverSettled.
        """
        now = self._clock.now()

        async def work(tx: Tx) -> Handover:
            found = await self._handovers.get(number, tx)
            if found is None:
                raise HandoverUnknown
            asked = found.asked_again()
            if not await self._handovers.put_back(asked, now, tx):
                raise HandoverSettled
            await self._audit.record(viewer, "handover.asked_again", number, tx, subject=found.citizen)
            return asked

        return await self._db.transaction(work)

    async def set_aside(self, viewer: Viewer, difference: str, reason: str) -> None:
        """Nothing is to be done about it, or it was done elsewhere: `reason` says what, 2 to 500 characters. A step
        that cannot be is passed over, so that those after it can be true.

        Raises DifferenceUnknown, ReasonMissing.
        """
        why, now = worded(reason), self._clock.now()

        async def work(tx: Tx) -> None:
            found = await self._differences.get(difference, tx)
            if found is None or found.settled_at is not None:
                raise DifferenceUnknown
            by = viewer.acting()
            await self._differences.settle(found.system, found.number, [found.kind], by, "set aside", now, tx)
            if found.kind is Kind.STATES_APART:
                await self._pass_over(found.number, now, tx)
            await self._audit.record(viewer, "handover.set_aside", difference, tx, reason=why, kind=found.kind.value)

        await self._db.transaction(work)

    async def _pass_over(self, number: str, now: datetime, tx: Tx) -> None:
        found = await self._handovers.get(number, tx)
        if found is not None and found.state is HandoverState.APART:
            await self._handovers.put_back(found.passing_over(), now, tx)
