"""Dispatching: what the rules propose for a case, and the seat's decision. Two seats cannot both dispatch a case: the
second is told that it is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Level, Tree
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.clocks.rules.model import rule_for
from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.domains.voice.cases.errors import CaseUnitUnknown, FallbackOwed, UnitHasIt
from app.domains.voice.cases.filing.model import said
from app.domains.voice.cases.model import Case, Task
from app.domains.voice.centre.dispatch.errors import TooManyHelpers
from app.domains.voice.centre.dispatch.proposals.model import (
    DispatchProposal,
    at_level,
    falls_back,
    handles,
    matter_of,
    proposed,
)
from app.domains.voice.centre.dispatch.rules.service import RuleService
from app.domains.voice.centre.seats.steps.service import SeatSteps
from app.domains.voice.street.assets.store import AssetStore
from app.domains.voice.units.handling.model import units_with_above

MOST_HELPERS = 5


@dataclass(frozen=True, slots=True)
class Helper:
    """A unit that helps, and with what."""

    unit: str
    words: str


class DispatchService:
    def __init__(
        self,
        seat: SeatSteps,
        rules: RuleService,
        clocks: ClockRules,
        categories: CategoryService,
        assets: AssetStore,
        tree: Tree,
    ) -> None:
        self._seat = seat
        self._rules = rules
        self._clocks = clocks
        self._categories = categories
        self._assets = assets
        self._tree = tree

    async def propose(self, viewer: Viewer, case: str) -> tuple[Case, DispatchProposal] | None:
        """With the case as it was looked at; None when there is none."""
        found = await self._seat.find(viewer, case)
        return (found, await self.proposal(found)) if found else None

    async def proposal(self, case: Case) -> DispatchProposal:
        """By the rules in memory; only the asset's owner, when there is an asset, is asked of the database."""
        asset = await self._assets.get(case.place.asset) if case.place.asset else None
        path = [one.code for one in self._categories.tree.path(case.category)]
        matter = matter_of(case, path, asset.unit if asset else None, self._tree)
        return proposed(case, matter, self._rules.book, self._tree)

    async def dispatch(
        self, viewer: Viewer, case: str, lead: str, helpers: Sequence[Helper], rev: int, key: str
    ) -> Case:
        """To a unit that leads and those that help; `rev` is that of the proposal. The time of a new round starts here.

        Raises CaseUnknown, CaseChanged, CaseStateWrong, CaseUnitUnknown, UnitHasIt, FallbackOwed, TooManyHelpers,
        CaseWordsMissing, CaseWordsTooLong, IdempotencyConflict.
        """
        parts = self._parts(lead, helpers)

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            proposal = await self.proposal(was)
            if falls_back(was) and proposal.fallback not in (None, lead):
                raise FallbackOwed(str(proposal.fallback))
            why = proposal.choice(lead).reason
            sent = was.dispatched(
                lead, units_with_above(self._tree, (lead, *(one.unit for one in parts))), parts, why, viewer, at
            )
            return await self._timed(sent, at, tx)

        content = (lead, tuple(helpers), rev)
        return await self._seat.work(viewer, "dispatchCase", key, case, work, *content, rev=rev)

    async def transfer(self, viewer: Viewer, case: str, to: str, words: str, key: str) -> Case:
        """From one unit to another, without its going back. Raises CaseUnknown, CaseStateWrong, CaseUnitUnknown,
        UnitHasIt, RequestPending, CaseWordsMissing, CaseWordsTooLong, CaseChanged, IdempotencyConflict.
        """
        self._demand_handles(to)
        text = said(words, "words")

        def change(was: Case, at: datetime) -> Case:
            helping = (task.unit for task in was.tasks if task.unit != to)
            return was.transferred(to, units_with_above(self._tree, (to, *helping)), text, viewer, at)

        return await self._seat.do(viewer, "moveCase", key, case, change, to, text)

    async def hand_over(self, viewer: Viewer, case: str, level: Level, words: str, key: str) -> Case:
        """To the government of another level where the case is: up to the county or the city, down to the township.
        Raises as `transfer`.
        """
        one = await self._seat.case(viewer, case)
        matter = matter_of(one, (), None, self._tree)
        to = at_level(level, matter.divisions, self._tree)
        if to is None:
            raise CaseUnitUnknown
        return await self.transfer(viewer, case, to, words, key)

    async def _timed(self, sent: Case, at: datetime, tx: Tx) -> Case:
        """A case that was answered before and is opened anew has its whole time again."""
        if sent.clock is not None and sent.clock.stopped is None:
            return sent
        category = self._categories.tree.get(sent.category)
        code = rule_for(sent.kind, convenience=bool(category and category.convenience), urgent=sent.urgent)
        return sent.restarted((await self._clocks.current(code, tx)).started(at))

    def _parts(self, lead: str, helpers: Sequence[Helper]) -> tuple[Task, ...]:
        if len(helpers) > MOST_HELPERS:
            raise TooManyHelpers(MOST_HELPERS)
        for unit in (lead, *(one.unit for one in helpers)):
            self._demand_handles(unit)
        if len({lead, *(one.unit for one in helpers)}) != 1 + len(helpers):
            raise UnitHasIt
        return tuple(Task(one.unit, said(one.words, "helpers")) for one in helpers)

    def _demand_handles(self, unit: str) -> None:
        if not handles(self._tree, unit):
            raise CaseUnitUnknown
