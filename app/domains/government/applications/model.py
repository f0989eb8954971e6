"""An application (办件): its states, who may take which step, and the clocks that run meanwhile.

draft ── handed in ──> submitted ── taken in ──> accepted ──> in review ──> decided ── granted ──> delivered
                           │ ^                      │ ^          │ ^
                           v │ asked once, mended   v │          v │
                         returned <─────────────────┘ └──────────┘ └── (goes on where it was)
submitted ── not taken in, with reason and remedy ──> refused
submitted, returned, accepted, in review ── withdrawn by the applicant ──> withdrawn

Time counts from the day it was handed in: what is to be mended has to be said at once, and what is not said counts as
taken in (行政许可法, article 32). While the applicant mends, the clocks stand still.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.core.calendar.clock import Light, WorkingClock
from app.core.calendar.model import WorkingCalendar
from app.core.clock import civil_day
from app.core.limit import Limit
from app.core.viewer import Role, Viewer
from app.domains.government.applications.errors import (
    ApplicationStateWrong,
    CorrectionAlreadyAsked,
    ExtensionRefused,
    HeldByAnother,
    NotHeld,
)
from app.domains.government.applications.history.model import (
    ITS_TURN,
    UNDER_WAY,
    Content,
    Correction,
    Decision,
    Entry,
    Happened,
    Point,
    State,
    Timing,
)
from app.domains.government.applications.materials.model import Standing, Way
from app.domains.government.catalogue.model import Item

MOST_DRAFTS = 20
PER_CITIZEN = Limit("application", 50, timedelta(days=1))
DRAFT_KEPT = timedelta(days=90)
DRAFT_WARNED = timedelta(days=7)
MOST_EXTENSION = 10  # working days, once (行政许可法, article 42)


@dataclass(frozen=True, slots=True)
class Application:
    """`by` is who applied: the citizen or his guardian. `unit` handles it, and may be watched from the organisations
    above it (`units` are both). `rev` counts the changes: each says which it follows. `system` is the department's own
    back end that handles it. `test_of` is the organisation in test mode that the test citizen was made for. `result`
    is the id of the licence that came of it. `visits`: the bookings by which the applicant had to come.
    """

    id: str
    citizen: str
    by: str
    item: str
    version: int
    unit: str
    units: tuple[str, ...]
    state: State
    created_at: datetime
    changed_at: datetime
    rev: int = 1
    content: Content = field(default_factory=Content)
    number: str | None = None
    submitted_at: datetime | None = None
    system: str | None = None
    test_of: str | None = None
    handler: str | None = None
    correction: Correction | None = None
    decision: Decision | None = None
    promised: WorkingClock | None = None
    statutory: WorkingClock | None = None
    timing: Timing = field(default_factory=Timing)
    result: str | None = None
    visits_promised: int = 0
    visits: tuple[str, ...] = ()
    history: tuple[Entry, ...] = ()

    @property
    def record(self) -> str:
        """As other rooms name it."""
        return f"application:{self.id}"

    def demand(self, *states: State) -> None:
        """Raises ApplicationStateWrong."""
        if self.state not in states:
            raise ApplicationStateWrong(self.state.value)

    # The applicant

    def prefilled(self, answers: Mapping[str, Any], system: str | None, test_of: str | None) -> Application:
        """As it is begun: with what the city knows already."""
        return replace(self, content=Content(answers), system=system, test_of=test_of)

    def filled(self, content: Content, at: datetime) -> Application:
        """A draft as it is filled in now. Raises ApplicationStateWrong."""
        self.demand(State.DRAFT)
        return self._changed(at, content=content, timing=_draft_timing(at))

    def moved_to(self, version: int, content: Content, by: Viewer, at: datetime) -> Application:
        """A draft, to another version of its form. Raises ApplicationStateWrong."""
        self.demand(State.DRAFT)
        return self._stepped(Happened.MOVED, by, at, version=version, content=content, timing=_draft_timing(at))

    def warned(self) -> Application:
        """Its applicant knows that the draft is dropped on the day that is looked at next."""
        return replace(self, rev=self.rev + 1, timing=Timing(look_on=civil_day(self.changed_at + DRAFT_KEPT)))

    def submitted(
        self, number: str, content: Content, item: Item, promised_days: int, by: Viewer, at: datetime
    ) -> Application:
        """Raises ApplicationStateWrong."""
        self.demand(State.DRAFT)
        return self._stepped(
            Happened.SUBMITTED,
            by,
            at,
            state=State.SUBMITTED,
            by=by.acting(),
            number=number,
            content=content,
            submitted_at=at,
            promised=WorkingClock("promised", promised_days, at),
            statutory=WorkingClock("statutory", item.statutory_days, at),
            visits_promised=item.visits,
            handler=f"system:{self.system}" if self.system else None,
        )

    def mended(self, content: Content, remark: str | None, by: Viewer, at: datetime) -> Application:
        """What was asked for is there: it goes on where it was, and so do the clocks. Raises ApplicationStateWrong."""
        self.demand(State.RETURNED)
        assert self.correction is not None
        answered = replace(self.correction, answered_at=at, remark=remark)
        going = self._clocks(lambda clock: clock.resumed(at))
        return self._stepped(
            Happened.CORRECTED, by, at, state=self.correction.goes_on, correction=answered, content=content, **going
        )

    def withdrawn(self, by: Viewer, at: datetime) -> Application:
        """Until it is decided. Raises ApplicationStateWrong."""
        self.demand(*UNDER_WAY)
        return self._ended(Happened.WITHDRAWN, State.WITHDRAWN, by, at)

    # Those who handle it

    def claimed(self, by: Viewer, at: datetime) -> Application:
        """Taken over by one handler. Raises ApplicationStateWrong, HeldByAnother."""
        self.demand(*UNDER_WAY, State.DECIDED)
        if self.handler == by.acting():
            return self
        if self.handler is not None:
            raise HeldByAnother
        return self._stepped(Happened.CLAIMED, by, at, handler=by.acting())

    def released(self, by: Viewer, at: datetime, *, over: bool = False) -> Application:
        """Given back; `over`: by who may take it from another. Raises HeldByAnother, NotHeld."""
        if self.handler is None:
            raise NotHeld
        if self.handler != by.acting() and not over:
            raise HeldByAnother
        return self._stepped(Happened.RELEASED, by, at, handler=None)

    def accepted(self, by: Viewer, at: datetime) -> Application:
        """Raises ApplicationStateWrong, NotHeld, HeldByAnother."""
        self._demand_held(by, State.SUBMITTED)
        return self._stepped(Happened.ACCEPTED, by, at, state=State.ACCEPTED)

    def refused(self, reason: str, remedy: str, by: Viewer, at: datetime) -> Application:
        """Not taken in. Raises ApplicationStateWrong, NotHeld, HeldByAnother."""
        self._demand_held(by, State.SUBMITTED)
        return self._ended(Happened.REFUSED, State.REFUSED, by, at, decision=Decision(None, at, reason, remedy))

    def correction_asked(self, points: tuple[Point, ...], by: Viewer, at: datetime) -> Application:
        """Once, and whole. Raises ApplicationStateWrong, NotHeld, HeldByAnother, CorrectionAlreadyAsked."""
        if self.correction is not None:
            raise CorrectionAlreadyAsked
        self._demand_held(by, *ITS_TURN)
        waiting = self._clocks(lambda clock: clock.paused(at, "correction"))
        asked = Correction(at, self.state, points)
        return self._stepped(Happened.CORRECTION_ASKED, by, at, state=State.RETURNED, correction=asked, **waiting)

    def review_begun(self, by: Viewer, at: datetime) -> Application:
        """Raises ApplicationStateWrong, NotHeld, HeldByAnother."""
        self._demand_held(by, State.ACCEPTED)
        return self._stepped(Happened.REVIEW_BEGUN, by, at, state=State.IN_REVIEW)

    def extended(self, days: int, by: Viewer, at: datetime) -> Application:
        """More time, once. Raises ApplicationStateWrong, NotHeld, HeldByAnother, ExtensionRefused."""
        self._demand_held(by, State.ACCEPTED, State.IN_REVIEW)
        if not 1 <= days <= MOST_EXTENSION or (self.promised is not None and self.promised.extensions):
            raise ExtensionRefused(MOST_EXTENSION)
        return self._stepped(Happened.EXTENDED, by, at, **self._clocks(lambda clock: clock.extended(days, at)))

    def decided(self, granted: bool, reason: str, remedy: str | None, by: Viewer, at: datetime) -> Application:
        """Raises ApplicationStateWrong, NotHeld, HeldByAnother."""
        self._demand_held(by, State.ACCEPTED, State.IN_REVIEW)
        what = Happened.GRANTED if granted else Happened.REJECTED
        return self._ended(what, State.DECIDED, by, at, decision=Decision(granted, at, reason, remedy))

    def delivered(self, by: Viewer, at: datetime) -> Application:
        """What was granted has reached the applicant. Raises ApplicationStateWrong, NotHeld, HeldByAnother."""
        self._demand_held(by, State.DECIDED)
        if self.decision is None or not self.decision.granted:
            raise ApplicationStateWrong(self.state.value)
        return self._stepped(Happened.DELIVERED, by, at, state=State.DELIVERED)

    def resulting(self, result: str | None) -> Application:
        """With the licence that came of it."""
        return replace(self, result=result)

    def visited(self, booking: str, by: Viewer, at: datetime) -> Application:
        """He came; the same booking counts once."""
        if booking in self.visits:
            return self
        return self._stepped(Happened.VISITED, by, at, visits=(*self.visits, booking))

    # Time

    def timed(self, calendar: WorkingCalendar, now: datetime) -> Application:
        """With what its clocks say today."""
        clock = self.promised
        if clock is None:
            return self
        timing = Timing(clock.due(calendar), clock.light(calendar, now), clock.looks_on(calendar, now))
        return replace(self, timing=timing)

    def looked_at(self) -> Application:
        """Nothing happened to it but time."""
        return replace(self, rev=self.rev + 1)

    def noted(self, calendar: WorkingCalendar, now: datetime) -> Application:
        """As `timed`, and with an entry when it has just become overdue: whoever is the first to come by writes it."""
        timed = self.timed(calendar, now)
        just = timed.timing.light is Light.RED and self.timing.light is not Light.RED
        return timed._stepped(Happened.OVERDUE, WORKER, now) if just and self.state in UNDER_WAY else timed

    def _demand_held(self, by: Viewer, *states: State) -> None:
        self.demand(*states)
        if self.handler is None:
            raise NotHeld
        if self.handler != by.acting():
            raise HeldByAnother

    def _ended(self, what: Happened, state: State, by: Viewer, at: datetime, **changed: Any) -> Application:
        return self._stepped(what, by, at, state=state, **self._clocks(lambda clock: clock.stopped_at(at)), **changed)

    def _clocks(self, change: Callable[[WorkingClock], WorkingClock]) -> dict[str, WorkingClock | None]:
        return {
            "promised": change(self.promised) if self.promised else None,
            "statutory": change(self.statutory) if self.statutory else None,
        }

    def _stepped(self, what: Happened, viewer: Viewer, at: datetime, **changed: Any) -> Application:
        entry = Entry(what, at, viewer.acting(), viewer.role)
        return self._changed(at, history=(*self.history, entry), **changed)

    def _changed(self, at: datetime, **changed: Any) -> Application:
        return replace(self, rev=self.rev + 1, changed_at=at, **changed)


WORKER = Viewer(role=Role.OPS, actor="worker")


def begun(
    id_: str, viewer: Viewer, citizen: str, item: Item, unit: str, beside: Collection[str], at: datetime
) -> Application:
    """A draft for this item, to be handed in at this unit; who stands `beside` it may handle it too."""
    return Application(
        id=id_,
        citizen=citizen,
        by=viewer.acting(),
        item=item.code,
        version=item.version,
        unit=unit,
        units=(unit, *beside),
        state=State.DRAFT,
        created_at=at,
        changed_at=at,
        timing=_draft_timing(at),
        history=(Entry(Happened.BEGUN, at, viewer.acting(), viewer.role),),
    )


def by_system(code: str) -> Viewer:
    """A department's own system as the one who acts."""
    return Viewer(role=Role.PROVIDER_CLIENT, actor=f"system:{code}")


def replaced_by_data(standing: Collection[Standing]) -> frozenset[str]:
    """The shared data that stood in for proofs."""
    return frozenset(one.by for one in standing if one.way is Way.DATA and one.by is not None)


def _draft_timing(at: datetime) -> Timing:
    return Timing(look_on=civil_day(at + DRAFT_KEPT - DRAFT_WARNED))
