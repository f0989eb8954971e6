"""What the centre does with a case: takes it in, answers or refuses it, dispatches it, grants, looks on, calls back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Self

from app.core.clock import civil_day
from app.core.viewer import Viewer
from app.domains.voice.cases.clocks.model import CaseClock
from app.domains.voice.cases.errors import (
    AlreadyRated,
    CalledEnough,
    CaseStateWrong,
    DueInPast,
    KindFixed,
    MergeImpossible,
    RequestUnknown,
    UnitHasIt,
)
from app.domains.voice.cases.history.model import BEFORE_REPLY, OPEN, CaseKind, CaseState, Happened
from app.domains.voice.cases.ratings.model import MOST_CALLS, CallBack, CaseRating
from app.domains.voice.cases.record.model import ON_MARK, CaseRecord, Published, Supervision, Task
from app.domains.voice.cases.reporting.model import ReporterSteps
from app.domains.voice.cases.requests.model import Answer, Ask, UnitRequest


class CentreSteps(ReporterSteps):
    __slots__ = ()

    def corrected(self, kind: CaseKind, category: str, by: Viewer, at: datetime) -> Self:
        """Kind and category as the seat sees them. Raises KindFixed: others count on them once it is dispatched."""
        if self.state not in (CaseState.FILED, CaseState.ACCEPTED) or self.round > 1:
            raise KindFixed
        return self._stepped(Happened.CORRECTED, by, at, detail=f"{kind}/{category}", kind=kind, category=category)

    def accepted(self, clock: CaseClock, urgent: bool, by: Viewer, at: datetime) -> Self:
        """Taken in; the clock starts. Raises CaseStateWrong."""
        self.demand(CaseState.FILED)
        return self._stepped(
            Happened.ACCEPTED, by, at, state=CaseState.ACCEPTED, clock=clock, urgent=urgent, accepted_at=at
        )

    def answered(self, text: str, clock: CaseClock, by: Viewer, at: datetime) -> Self:
        """At once, from what the centre knows: it is the centre's case and done. Raises CaseStateWrong."""
        self.demand(CaseState.FILED, CaseState.ACCEPTED)
        running = self.clock or clock
        return self._stepped(
            Happened.ANSWERED,
            by,
            at,
            text=text,
            detail=self.lateness(at),
            state=CaseState.REPLIED,
            unit=by.organisation,
            accepted_at=self.accepted_at or at,
            handled_at=at,
            replied_at=at,
            reply=text,
            clock=running.stopped_at(at),
        )

    def refused(self, reason: str, right_place: str, by: Viewer, at: datetime) -> Self:
        """Not the city's matter: why, and where to go instead. Raises CaseStateWrong."""
        self.demand(CaseState.FILED, CaseState.ACCEPTED)
        return self._ended(Happened.REFUSED, CaseState.REFUSED, by, at, text=reason, right_place=right_place)

    def dispatched(
        self, lead: str, units: Collection[str], helpers: Collection[Task], why: str, by: Viewer, at: datetime
    ) -> Self:
        """To the unit that leads and those that help; `units` are they with all above, `why` the code of the rule.
        Raises CaseStateWrong.
        """
        self.demand(CaseState.ACCEPTED)
        return self._stepped(
            Happened.DISPATCHED,
            by,
            at,
            detail=f"{lead} {why}",
            state=CaseState.DISPATCHED,
            unit=lead,
            units=tuple(dict.fromkeys(units)),
            tasks=tuple(helpers),
            handler=None,
            dispatched_at=at,
            fallback=self.fallback or why.startswith("fallback"),
        )

    def transferred(self, to: str, units: Collection[str], words: str, by: Viewer, at: datetime) -> Self:
        """Over to another unit without going back: between levels of one branch, or by the centre. What it was to
        help with and has not done is its own now: nobody waits for it. Raises CaseStateWrong, UnitHasIt,
        RequestPending.
        """
        self.demand(CaseState.DISPATCHED, CaseState.HANDLING)
        self._demand_settled()
        if to == self.unit:
            raise UnitHasIt
        return self._stepped(
            Happened.TRANSFERRED,
            by,
            at,
            text=words,
            detail=to,
            state=CaseState.DISPATCHED,
            unit=to,
            units=tuple(dict.fromkeys(units)),
            tasks=tuple(one for one in self.tasks if one.unit != to or one.done_at is not None),
            handler=None,
        )

    def settled(self, answer: Answer, why: str | None, by: Viewer, at: datetime, *, request: str | None = None) -> Self:
        """The centre's yes or no to what the unit asked; `request` is the one that was read. Raises RequestUnknown,
        DueInPast (a pause whose last day has gone by meanwhile is not granted any more).
        """
        asked = self.pending
        if asked is None or request not in (None, asked.id):
            raise RequestUnknown
        done = replace(asked, answer=answer, answered_by=by.acting(), answered_at=at, why=why)
        others = tuple(done if one.id == asked.id else one for one in self.requests)
        if answer is not Answer.APPROVED:
            return self._stepped(Happened.DECLINED, by, at, text=why, detail=asked.ask.value, requests=others)
        said = self._stepped(Happened.APPROVED, by, at, text=why, detail=asked.ask.value, requests=others)
        return said._granted(asked, by, at)

    def resumed(self, by: Viewer, at: datetime) -> Self:
        """The pause is over, by its day (then the clock runs since that midnight, whenever it is noticed) or because
        somebody ends it. Raises CaseStateWrong.
        """
        if self.clock is None or not self.clock.is_paused:
            raise CaseStateWrong(self.state.value)
        return self._stepped(Happened.RESUMED, by, at, clock=self.clock.resumed(min(at, self.pause_ends or at)))

    def supervised(self, by_day: date, words: str, by: Viewer, at: datetime) -> Self:
        """督办. Raises CaseStateWrong, DueInPast."""
        self.demand(*(OPEN - {CaseState.FILED, CaseState.REPLIED}))
        if by_day < civil_day(at):
            raise DueInPast
        looked = Supervision(by.acting(), at, by_day, words)
        return self._stepped(Happened.SUPERVISED, by, at, text=words, detail=by_day.isoformat(), supervision=looked)

    def called_back(self, call: CallBack, rating: CaseRating | None, by: Viewer) -> Self:
        """The centre rang. What the citizen said counts as his rating when he gave none. Raises CaseStateWrong,
        AlreadyRated (there is nothing left to hear, or to write down over it), CalledEnough.
        """
        self.demand(CaseState.REPLIED, CaseState.CLOSED)
        before = [one for one in self.call_backs if self.replied_at is None or one.at >= self.replied_at]
        if self._is_rated and (rating is not None or any(one.reached for one in before)):
            raise AlreadyRated
        if len(before) >= MOST_CALLS:
            raise CalledEnough(MOST_CALLS)
        rang = self._stepped(
            Happened.CALLED_BACK,
            by,
            call.at,
            text=call.words,
            detail="reached" if call.reached else "not_reached",
            call_backs=(*self.call_backs, call),
        )
        return rang if rating is None else rang.rated(rating, by)

    def merged(self, into: CaseRecord, by: Viewer, at: datetime) -> Self:
        """It goes on in another. Raises CaseStateWrong, MergeImpossible."""
        self.demand(*BEFORE_REPLY)
        if into.id == self.id or into.state not in BEFORE_REPLY or into.test_of != self.test_of:
            raise MergeImpossible
        return self._ended(Happened.MERGED, CaseState.MERGED, by, at, detail=into.number, into=into.id)

    def split(self, parts: Collection[str], by: Viewer, at: datetime) -> Self:
        """Parts of it go on as cases of their own, named by their numbers. Raises CaseStateWrong."""
        self.demand(CaseState.FILED, CaseState.ACCEPTED)
        return self._stepped(Happened.SPLIT, by, at, detail=" ".join(parts))

    def published_as(self, published: Published, by: Viewer, at: datetime) -> Self:
        return self._stepped(Happened.PUBLISHED, by, at, published=published, public=True)

    def unpublished(self, why: str, by: Viewer, at: datetime) -> Self:
        return self._stepped(Happened.UNPUBLISHED, by, at, text=why, published=None, public=False)

    def restarted(self, clock: CaseClock, *, urgent: bool | None = None) -> Self:
        """With the clock of a new round, or of what it is seen to be: its marks are told anew."""
        return replace(self, clock=clock, warned=(), urgent=self.urgent if urgent is None else urgent)

    def _granted(self, asked: UnitRequest, by: Viewer, at: datetime) -> Self:
        assert self.clock is not None
        if asked.ask is Ask.EXTENSION:
            more = self.clock.extended(asked.days or 0, at)
            kept = tuple(mark for mark in self.warned if mark not in ON_MARK)
            return self._stepped(Happened.EXTENDED, by, at, detail=str(asked.days), clock=more, warned=kept)
        if asked.ask is Ask.PAUSE:
            if asked.until is not None and asked.until < civil_day(at):
                raise DueInPast
            until = asked.until.isoformat() if asked.until else None
            return self._stepped(Happened.PAUSED, by, at, detail=until, clock=self.clock.paused(at, "granted"))
        return self._given_back(Happened.RETURNED, by, at, returns=self.returns + 1, detail=asked.unit)
