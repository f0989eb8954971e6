"""What time does to a case, and who looks on: marks of the clock, escalation, a look on site, the end of waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

from app.core.calendar.model import WorkingCalendar
from app.core.viewer import Viewer
from app.domains.voice.cases.clocks.model import Mark
from app.domains.voice.cases.errors import NotRatedYet
from app.domains.voice.cases.history.model import AT_CENTRE, OPEN, CaseState, CaseTiming, Confirmation, Happened
from app.domains.voice.cases.ratings.model import RATED_WITHIN
from app.domains.voice.cases.record.model import ON_MARK, CaseRecord, end_of_day

UNHELD = "unheld"
TAKEN_ON_WITHIN = timedelta(hours=2)  # by day and night: the centre is there at any hour
URGENT_TAKEN_ON_WITHIN = timedelta(minutes=30)
_WAITS_ANEW = frozenset({Happened.FILED, Happened.REOPENED})


class TimeSteps(CaseRecord):
    __slots__ = ()

    def unconfirmed(self, by: Viewer, at: datetime) -> Self:
        """Closed without the citizen's word. Raises CaseStateWrong, NotRatedYet."""
        self.demand(CaseState.REPLIED)
        assert self.replied_at is not None
        if at < self.replied_at + RATED_WITHIN:
            raise NotRatedYet(self.replied_at + RATED_WITHIN)
        return replace(self, confirmation=Confirmation.UNCONFIRMED)._closed(by, at)

    def passed(self, mark: Mark, to: str, by: Viewer, at: datetime) -> Self:
        """A mark of its clock lies behind: who was told of it (`to`). Once for each mark of a round."""
        if mark in self.warned:
            return self
        what = ON_MARK.get(mark, Happened.WARNED)
        return self._stepped(what, by, at, detail=f"{mark} {to}", warned=(*self.warned, mark))

    def escalated(self, to: str, by: Viewer, at: datetime) -> Self:
        return self._stepped(Happened.ESCALATED, by, at, detail=to)

    def verified(self, ok: bool, text: str, files: tuple[str, ...], by: Viewer, at: datetime) -> Self:
        """A grid officer looked, before the work or after it. Raises CaseStateWrong."""
        self.demand(*OPEN)
        return self._stepped(Happened.VERIFIED, by, at, text=text, detail="ok" if ok else "not_ok", attached=files)

    def supervision_missed(self, by: Viewer, at: datetime) -> Self:
        """The day that was set went by. Once for each supervision."""
        if self.supervision is None or self.supervision.missed_at is not None:
            return self
        missed, day = replace(self.supervision, missed_at=at), self.supervision.due.isoformat()
        return self._stepped(Happened.ESCALATED, by, at, detail=f"supervision {day}", supervision=missed)

    def next_look(self, calendar: WorkingCalendar, now: datetime) -> datetime | None:
        """When time next does something to it by itself: a mark, the end of a pause, a day that was set, the end of
        waiting for a word or for somebody. `now` when a mark lies behind that nobody was told of.
        """
        if self.state is CaseState.REPLIED and self.replied_at is not None:
            return self.replied_at + RATED_WITHIN
        if not self.is_open:
            return None
        looks = (self._clock_looks(calendar, now), self.next_supervision, self.unheld_at)
        return min((one for one in looks if one is not None), default=None)

    @property
    def next_supervision(self) -> datetime | None:
        """The end of the day that was set from above, until it is seen to have gone by."""
        if self.supervision is None or self.supervision.missed_at is not None:
            return None
        return end_of_day(self.supervision.due)

    @property
    def unheld_at(self) -> datetime | None:
        """When it is told that nobody has it: filed or opened anew, and neither taken in nor sent to anybody, so that
        no clock runs. Once for each time that it waits.
        """
        if self.state not in AT_CENTRE or (self.clock is not None and self.clock.stopped is None):
            return None
        for event in reversed(self.events):
            if event.what is Happened.ESCALATED and event.detail == UNHELD:
                return None
            if event.what in _WAITS_ANEW:
                return event.at + (URGENT_TAKEN_ON_WITHIN if self.urgent else TAKEN_ON_WITHIN)
        return None

    def _clock_looks(self, calendar: WorkingCalendar, now: datetime) -> datetime | None:
        if self.clock is None or self.clock.stopped is not None:
            return None
        if self.clock.is_paused:
            return self.pause_ends
        if set(self.clock.passed(calendar, now)) - set(self.warned):
            return now
        coming = self.clock.next_mark(calendar, now)
        return coming[1] if coming else None

    def timed(self, calendar: WorkingCalendar, now: datetime) -> Self:
        """With what its clock and the calendar say at this moment: so it is kept."""
        clock, is_late = self.clock, False
        if clock is not None and clock.stopped is None and self.is_open:
            is_late = Mark.DUE in clock.passed(calendar, now)
        due = clock.due(calendar) if clock is not None else None
        return replace(self, timing=CaseTiming(due, self.next_look(calendar, now), is_late))
