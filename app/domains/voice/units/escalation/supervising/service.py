"""督办: the centre, the desk, or an organisation above the unit sets a day by which a case is to be done."""

from __future__ import annotations

from datetime import date

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.voice.cases.errors import CaseUnknown
from app.domains.voice.cases.filing.model import said
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.units.escalation.errors import NotAbove
from app.domains.voice.units.escalation.model import CENTRE_SCOPE, UNIT_SCOPE

_ID = TypeAdapter(str)


class Supervising:
    def __init__(self, cases: CaseStore, steps: CaseSteps, tree: Tree, idempotency: Idempotency, clock: Clock) -> None:
        self._cases = cases
        self._steps = steps
        self._tree = tree
        self._idempotency = idempotency
        self._clock = clock

    async def supervise(self, viewer: Viewer, case: str, by_day: date, words: str, key: str) -> Case:
        """`by_day` is the last day in time; a later word takes the place of an earlier one.

        Raises CaseUnknown, NotAbove, CaseStateWrong, DueInPast, CaseWordsMissing, CaseWordsTooLong, CaseChanged,
        IdempotencyConflict.
        """
        why = said(words, "words")

        async def work(tx: Tx) -> str:
            was = self._seen(viewer, await self._cases.get(case, tx=tx))
            now = was.supervised(by_day, why, viewer, self._clock.now())
            return (await self._steps.keep(viewer, now, was, tx)).id

        call = Call.of(viewer, "superviseCase", key, case, by_day, why)
        return self._seen(viewer, await self._cases.get(await self._idempotency.once(call, _ID, work)))

    def _seen(self, viewer: Viewer, case: Case | None) -> Case:
        if case is None:
            raise CaseUnknown
        if viewer.role is Role.OPS:
            return case
        centre = CENTRE_SCOPE in viewer.scopes
        organisation = viewer.provider(CENTRE_SCOPE if centre else UNIT_SCOPE)
        side = organisation if viewer.test_mode else None
        if case.test_of != side or not (centre or organisation in case.units):
            raise CaseUnknown
        if not centre and not self._above(organisation, case):
            raise NotAbove
        return case

    def _above(self, organisation: str, case: Case) -> bool:
        node = self._tree.get(case.unit or "")
        return node is not None and organisation in node.path
