"""Taking cases in: accepted with kind and category as the seat sees them, answered at once, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.core.mongo import Tx
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.clocks.model import CaseClock
from app.domains.voice.cases.clocks.rules.model import rule_for
from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.domains.voice.cases.filing.model import said
from app.domains.voice.cases.history.model import CaseKind
from app.domains.voice.cases.model import Case
from app.domains.voice.centre.seats.steps.service import SeatSteps

_ASKED = 300  # characters of what somebody wrote: what it is about stands at its beginning


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """An entry of the knowledge base. `confidence` is from 0 to 1."""

    code: str
    title: Said
    text: Said
    confidence: float


class KnownAnswers(Protocol):
    async def find(self, question: str) -> Sequence[KnownAnswer]:
        """What may answer this, the surest first."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What the seat corrects; None: as it was filed. A category that is urgent makes the case urgent."""

    kind: CaseKind | None = None
    category: str | None = None
    urgent: bool | None = None


class IntakeService:
    def __init__(self, seat: SeatSteps, rules: ClockRules, categories: CategoryService, answers: KnownAnswers) -> None:
        self._seat = seat
        self._rules = rules
        self._categories = categories
        self._answers = answers

    async def known_answers(self, viewer: Viewer, case: str) -> Sequence[KnownAnswer] | None:
        """To what was asked; None when there is no such case."""
        found = await self._seat.find(viewer, case)
        if found is None:
            return None
        return await self._answers.find(f"{found.words.title} {found.words.text}"[:_ASKED].strip())

    async def accept(self, viewer: Viewer, case: str, taking: Taking, key: str) -> Case:
        """The clock starts. Raises CaseUnknown, CaseStateWrong, CategoryUnknown, CaseChanged, IdempotencyConflict."""

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            seen = self._corrected(was, taking, viewer, at)
            urgent = self._urgent(seen, taking)
            return seen.accepted(await self._clock(seen, urgent, at, tx), urgent, viewer, at)

        return await self._seat.work(viewer, "acceptCase", key, case, work, taking)

    async def correct(self, viewer: Viewer, case: str, taking: Taking, key: str) -> Case:
        """What was seen otherwise after it was taken in: its clock follows the rule of what it is, from the day it was
        accepted; what it waited meanwhile still counts as a pause. Raises as `accept`, and KindFixed.
        """

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            urgent = was.urgent if taking.urgent is None else taking.urgent
            seen = self._corrected(was, taking, viewer, at, anyhow=urgent != was.urgent)
            if was.accepted_at is None or seen is was:
                return seen
            clock = await self._clock(seen, urgent, was.accepted_at, tx)
            return seen.restarted(clock.with_waits_of(was.clock), urgent=urgent)

        return await self._seat.work(viewer, "correctCase", key, case, work, taking)

    async def answer(self, viewer: Viewer, case: str, text: str, code: str | None, key: str) -> Case:
        """At once, from what the centre knows; `code`: by this entry of the knowledge base. Raises as `accept`, and
        CaseWordsMissing, CaseWordsTooLong.
        """
        words = said(text, "text")

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            return was.answered(words, await self._clock(was, was.urgent, at, tx), viewer, at)

        return await self._seat.work(viewer, "answerCase", key, case, work, words, code, reason=code)

    async def refuse(self, viewer: Viewer, case: str, reason: str, right_place: str, key: str) -> Case:
        """Not the city's matter: why, and where to go. Raises as `answer`."""
        why, where = said(reason, "reason"), said(right_place, "rightPlace")
        return await self._seat.do(
            viewer, "refuseCase", key, case, lambda was, at: was.refused(why, where, viewer, at), why, where
        )

    def _corrected(self, was: Case, taking: Taking, viewer: Viewer, at: datetime, *, anyhow: bool = False) -> Case:
        kind, category = taking.kind or was.kind, taking.category or was.category
        if (kind, category) == (was.kind, was.category) and not anyhow:
            return was
        if category != was.category:
            self._categories.tree.fit(category)
        return was.corrected(kind, category, viewer, at)

    def _urgent(self, seen: Case, taking: Taking) -> bool:
        """As the seat says; else as its category does, which the seat may have corrected."""
        category = self._categories.tree.get(seen.category)
        return bool(category and category.urgent) if taking.urgent is None else taking.urgent

    async def _clock(self, case: Case, urgent: bool, at: datetime, tx: Tx) -> CaseClock:
        category = self._categories.tree.get(case.category)
        code = rule_for(case.kind, convenience=bool(category and category.convenience), urgent=urgent)
        return (await self._rules.current(code, tx)).started(at)
