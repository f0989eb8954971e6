"""What a unit does with a case: claims it, notes what it does, asks the centre, does it, and tells the citizen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Self

from app.core.clock import civil_day
from app.core.viewer import Viewer
from app.domains.voice.cases.errors import (
    CaseHeldByAnother,
    DueInPast,
    ExtendedAlready,
    ExtensionInvalid,
    FallbackKeeps,
    HandledBefore,
    TasksOpen,
    TaskUnknown,
)
from app.domains.voice.cases.history.model import AT_UNIT, CaseState, Happened
from app.domains.voice.cases.record.model import CaseRecord
from app.domains.voice.cases.requests.model import Ask, UnitRequest


class UnitSteps(CaseRecord):
    __slots__ = ()

    def claimed(self, by: Viewer, at: datetime) -> Self:
        """Taken over by one person, who begins. Raises CaseStateWrong, CaseHeldByAnother, HandledBefore."""
        return self.assigned(by.acting(), by, at)

    def assigned(self, to: str, by: Viewer, at: datetime, *, over: bool = False) -> Self:
        """To a person; `over`: by a supervisor, who may take it from another. Raises as `claimed`."""
        self.demand(*AT_UNIT)
        if to in self.handlers_before:
            raise HandledBefore
        if self.handler == to:
            return self
        if self.handler is not None and not over:
            raise CaseHeldByAnother
        what = Happened.CLAIMED if to == by.acting() else Happened.ASSIGNED
        begun = CaseState.HANDLING if self.state is CaseState.DISPATCHED else self.state
        return self._stepped(what, by, at, detail=to, handler=to, state=begun)

    def noted(self, what: Happened, text: str, files: tuple[str, ...], by: Viewer, at: datetime, public: bool) -> Self:
        """Progress in words (NOTED, ON_SITE, ASKED), told to the citizen when it is public. Raises as `handled`."""
        self._demand_held(by, CaseState.HANDLING, CaseState.HANDLED)
        first = self.on_site_at or (at if what is Happened.ON_SITE else None)
        return self._stepped(what, by, at, text=text, attached=files, public_too=public, on_site_at=first)

    def task_done(self, unit: str, result: str, by: Viewer, at: datetime) -> Self:
        """A helping unit's part. Raises CaseStateWrong, TaskUnknown."""
        self.demand(CaseState.DISPATCHED, CaseState.HANDLING)
        mine = next((one for one in self.tasks if one.unit == unit and one.done_at is None), None)
        if mine is None:
            raise TaskUnknown
        done = replace(mine, done_at=at, handler=by.acting(), result=result)
        tasks = tuple(done if one is mine else one for one in self.tasks)
        return self._stepped(Happened.TASK_DONE, by, at, text=result, detail=unit, tasks=tasks)

    def asked(self, request: UnitRequest, most: int, by: Viewer, at: datetime) -> Self:
        """A pause, more time, or to give it back. Raises CaseStateWrong, RequestPending, FallbackKeeps,
        ExtendedAlready, ExtensionInvalid, DueInPast.
        """
        self.demand(CaseState.DISPATCHED, CaseState.HANDLING)
        self._demand_settled()
        if request.ask is Ask.RETURN and self.fallback:
            raise FallbackKeeps
        if request.ask is Ask.EXTENSION:
            if self.clock is not None and self.clock.extensions:
                raise ExtendedAlready(most)
            if not 1 <= (request.days or 0) <= most:
                raise ExtensionInvalid(most)
        if request.ask is Ask.PAUSE and (request.until is None or request.until <= civil_day(at)):
            raise DueInPast
        return self._stepped(
            Happened.REQUESTED,
            by,
            at,
            text=request.reason,
            detail=request.ask.value,
            requests=(*self.requests, request),
        )

    def handled(self, result: str, files: tuple[str, ...], by: Viewer, at: datetime) -> Self:
        """Done, on site or on paper. Raises CaseStateWrong, CaseNotHeld, CaseHeldByAnother, TasksOpen."""
        self._demand_held(by, CaseState.HANDLING)
        self._demand_settled()
        waiting = tuple(one.unit for one in self.tasks if one.done_at is None)
        if waiting:
            raise TasksOpen(waiting)
        return self._stepped(
            Happened.HANDLED, by, at, text=result, attached=files, state=CaseState.HANDLED, handled_at=at
        )

    def replied(self, text: str, by: Viewer, at: datetime) -> Self:
        """The citizen is told; the clock stops. Raises CaseStateWrong, CaseNotHeld, CaseHeldByAnother."""
        self._demand_held(by, CaseState.HANDLED)
        stopped = self.clock.stopped_at(at) if self.clock else None
        return self._stepped(
            Happened.REPLIED,
            by,
            at,
            text=text,
            detail=self.lateness(at),
            state=CaseState.REPLIED,
            replied_at=at,
            reply=text,
            clock=stopped,
        )
