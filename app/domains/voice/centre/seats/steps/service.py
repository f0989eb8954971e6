"""What every step of a seat has in common: the case of its side of test mode, one transaction, once under its key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.voice.cases.errors import CaseChanged, CaseUnknown
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.centre.seats.model import SCOPE
from app.domains.voice.units.handling.model import side_of

_ID = TypeAdapter(str)  # a reply is kept for a day: nothing of what somebody wrote is
Change = Callable[[Case, datetime], Case]
Work = Callable[[Case, datetime, Tx], Awaitable[Case]]


class SeatSteps:
    def __init__(self, cases: CaseStore, steps: CaseSteps, idempotency: Idempotency, clock: Clock) -> None:
        self._cases = cases
        self._steps = steps
        self._idempotency = idempotency
        self._clock = clock

    async def find(self, viewer: Viewer, case: str, tx: Tx | None = None) -> Case | None:
        """Whole. None when there is none on the viewer's side of test mode."""
        viewer.provider(SCOPE)
        found = await self._cases.get(case, tx=tx)
        return found if found is not None and found.test_of == side_of(viewer) else None

    async def case(self, viewer: Viewer, case: str, tx: Tx | None = None) -> Case:
        """Whole. Raises CaseUnknown."""
        found = await self.find(viewer, case, tx)
        if found is None:
            raise CaseUnknown
        return found

    async def do(self, viewer: Viewer, operation: str, key: str, case: str, change: Change, *content: object) -> Case:
        """A step that asks nobody. Raises CaseUnknown, CaseChanged, IdempotencyConflict, and what the step raises."""

        async def work(was: Case, at: datetime, tx: Tx) -> Case:
            return change(was, at)

        return await self.work(viewer, operation, key, case, work, *content)

    async def work(
        self,
        viewer: Viewer,
        operation: str,
        key: str,
        case: str,
        work: Work,
        *content: object,
        rev: int | None = None,
        reason: str | None = None,
    ) -> Case:
        """As `do`. `rev`: of the case as the seat saw it; when it is another by now, CaseChanged."""

        async def once(tx: Tx) -> str:
            was = await self.case(viewer, case, tx)
            if rev is not None and was.rev != rev:
                raise CaseChanged
            now = await work(was, self._clock.now(), tx)
            return (await self._steps.keep(viewer, now, was, tx, reason=reason)).id

        call = Call.of(viewer, operation, key, case, *content)
        return await self.case(viewer, await self._idempotency.once(call, _ID, once))
