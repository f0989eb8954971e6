"""What was told to an organisation, and that it took note; at the end of a case, what nobody needs to note any more."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.events import Event
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.voice.units.escalation.errors import EscalationUnknown
from app.domains.voice.units.escalation.model import CENTRE_SCOPE, UNIT_SCOPE, Escalation
from app.domains.voice.units.escalation.store import EscalationStore

_ESCALATION = TypeAdapter(Escalation)
_OVER = frozenset(
    {"case.replied", "case.answered", "case.closed", "case.refused", "case.withdrawn", "case.merged", "case.returned"}
    | {"case.accepted", "case.transferred", "case.dispatched", "case.reopened", "case.extended", "case.paused"}
)


class EscalationService:
    def __init__(self, escalations: EscalationStore, audit: Audit, idempotency: Idempotency, clock: Clock) -> None:
        self._escalations = escalations
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def told(self, viewer: Viewer, request: PageRequest) -> Page[Escalation]:
        """What was told to the viewer's organisation and not noted yet, newest first."""
        return await self._escalations.told_to(told_organisation(viewer), _side(viewer), request)

    async def open(self, request: PageRequest) -> Page[Escalation]:
        """For the desk: of all organisations, newest first."""
        return await self._escalations.open(request)

    async def of_case(self, case: str) -> list[Escalation]:
        """For the desk, oldest first."""
        return await self._escalations.of_case(case)

    async def note(self, viewer: Viewer, escalation: str, key: str) -> Escalation:
        """By those it was told to, or by the desk. Raises EscalationUnknown, IdempotencyConflict."""
        desk = viewer.role is Role.OPS

        async def work(tx: Tx) -> Escalation:
            found = await self._escalations.get(escalation, tx)
            mine = found is not None and (
                desk or (found.to == told_organisation(viewer) and found.test_of == _side(viewer))
            )
            if found is None or not mine:
                raise EscalationUnknown
            if not await self._escalations.note(escalation, viewer.acting(), self._clock.now(), tx):
                raise EscalationUnknown
            await self._audit.record(viewer, "case_escalation.noted", found.case, tx, number=found.number)
            noted = await self._escalations.get(escalation, tx)
            assert noted is not None
            return noted

        return await self._idempotency.once(Call.of(viewer, "noteEscalation", key, escalation), _ESCALATION, work)

    async def take(self, event: Event) -> None:
        """A consumer of the outbox: the case is over, has more time, or went to others."""
        if event.type in _OVER:
            await self._escalations.close_of(str(event.facts["case"]), event.at)


def told_organisation(viewer: Viewer) -> str:
    """Of the centre, or of a unit. Raises Unauthenticated, Forbidden."""
    return viewer.provider(CENTRE_SCOPE if CENTRE_SCOPE in viewer.scopes else UNIT_SCOPE)


def _side(viewer: Viewer) -> str | None:
    return viewer.organisation if viewer.test_mode else None
