"""The centre's yes or no to what a unit asks: a pause, more time, to give the case back."""

from __future__ import annotations

from datetime import datetime

from app.core.viewer import Viewer
from app.domains.voice.cases.errors import CaseReasonMissing
from app.domains.voice.cases.filing.model import said
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.requests.model import Answer, Ask
from app.domains.voice.centre.seats.steps.service import SeatSteps


class RequestService:
    def __init__(self, seat: SeatSteps) -> None:
        self._seat = seat

    async def approve(self, viewer: Viewer, case: str, request: str, why: str | None, key: str) -> Case:
        """A return that is granted is the centre's again; the second one goes to the fallback. Raises CaseUnknown,
        RequestUnknown (no other than the one that was read is answered), DueInPast (a pause whose last day has gone
        by), CaseChanged, CaseWordsTooLong, IdempotencyConflict.
        """
        words = said(why, "why") if why else None

        def change(was: Case, at: datetime) -> Case:
            asked = was.pending
            # Nobody holds what was given back, so its time does not stand still.
            goes_on = asked is not None and asked.ask is Ask.RETURN and was.clock is not None and was.clock.is_paused
            running = was.resumed(viewer, at) if goes_on else was
            return running.settled(Answer.APPROVED, words, viewer, at, request=request)

        return await self._seat.do(viewer, "approveRequest", key, case, change, request, words)

    async def decline(self, viewer: Viewer, case: str, request: str, why: str, key: str) -> Case:
        """Raises as `approve`, and CaseReasonMissing."""
        if not why.strip():
            raise CaseReasonMissing
        words = said(why, "why")

        def change(was: Case, at: datetime) -> Case:
            return was.settled(Answer.DECLINED, words, viewer, at, request=request)

        return await self._seat.do(viewer, "declineRequest", key, case, change, request, words)

    async def resume(self, viewer: Viewer, case: str, key: str) -> Case:
        """End a pause before its day. Raises CaseUnknown, CaseStateWrong, CaseChanged, IdempotencyConflict."""
        return await self._seat.do(viewer, "resumeCase", key, case, lambda was, at: was.resumed(viewer, at))
