"""A case whose place lies in a neighbouring city that takes cases is taken in and dispatched to it, without a seat.

The clock starts as for any case: whoever reported it is owed an answer, by whichever city.
"""

from __future__ import annotations

from app.core.clock import Clock
from app.core.mongo import Database, Tx
from app.domains.identity.organisations.model import Tree
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.cases.clocks.rules.model import rule_for
from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.domains.voice.cases.history.model import CaseState
from app.domains.voice.cases.model import WORKER, Case
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.channels.neighbours.model import Neighbour
from app.domains.voice.units.handling.model import units_with_above

WHY = "neighbour"


class Passing:
    """`city` is the code of the city's own government: where a case lies that no division of it holds."""

    def __init__(
        self,
        db: Database,
        cases: CaseStore,
        steps: CaseSteps,
        clocks: ClockRules,
        categories: CategoryService,
        tree: Tree,
        clock: Clock,
        city: str,
    ) -> None:
        self._db = db
        self._cases = cases
        self._steps = steps
        self._clocks = clocks
        self._categories = categories
        self._tree = tree
        self._clock = clock
        self._city = city

    async def outside(self, case: str) -> Case | None:
        """The case, if it waits and lies in no division of this city."""
        found = await self._cases.bare(case)
        waits = found is not None and found.state is CaseState.FILED and found.test_of is None
        if found is None or not waits or found.place.asset or found.place.division != self._city:
            return None
        return found if found.place.point is not None else None

    async def pass_on(self, case: str, to: Neighbour) -> None:
        """Once: a seat may have been faster, and then it is the seat's."""

        async def work(tx: Tx) -> None:
            was, now = await self._cases.get(case, tx=tx), self._clock.now()
            if was is None or was.state is not CaseState.FILED:
                return
            category = self._categories.tree.get(was.category)
            code = rule_for(was.kind, convenience=bool(category and category.convenience), urgent=was.urgent)
            clock = (await self._clocks.current(code, tx)).started(now)
            taken_in = was.accepted(clock, was.urgent, WORKER, now)
            units = units_with_above(self._tree, (to.unit,))
            await self._steps.keep(WORKER, taken_in.dispatched(to.unit, units, (), WHY, WORKER, now), was, tx)

        await self._db.transaction(work)
