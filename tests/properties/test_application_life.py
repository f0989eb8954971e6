"""Any sequence of steps of those who apply and those who handle it, against a model of a few words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.core.calendar import published
from app.core.errors import Outcome
from app.core.viewer import Role, Viewer
from app.domains.government.applications.history.model import UNDER_WAY, Content, Happened, Point, State
from app.domains.government.applications.model import Application
from app.domains.government.applications.model import begun as begin
from tests.support.applying import an_item

BEGAN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
APPLICANT = Viewer(role=Role.CITIZEN, actor="c", subject="c")
HANDLERS = tuple(Viewer(role=Role.PROVIDER_STAFF, actor=name, organisation="u") for name in ("ann", "bo"))
# From which states a step leads, and whether it is taken by who holds it.
LEADS: dict[str, tuple[frozenset[State], bool]] = {
    "withdraw": (UNDER_WAY, False),
    "accept": (frozenset({State.SUBMITTED}), True),
    "refuse": (frozenset({State.SUBMITTED}), True),
    "ask": (frozenset({State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW}), True),
    "review": (frozenset({State.ACCEPTED}), True),
    "grant": (frozenset({State.ACCEPTED, State.IN_REVIEW}), True),
    "reject": (frozenset({State.ACCEPTED, State.IN_REVIEW}), True),
    "deliver": (frozenset({State.DECIDED}), True),
}


class ApplicationLife(RuleBasedStateMachine):
    """The model: the `state`, who `holds` it, was a correction `asked`, was it `granted`, how many changes."""

    @initialize()
    def apply(self) -> None:
        self.item, self.now = an_item("T-1"), BEGAN
        self.one = begin("id", APPLICANT, "c", self.item, "u", ("above",), BEGAN)
        self.state, self.asked, self.granted = State.DRAFT, False, False
        self.holds: str | None = None
        self.goes_on = State.SUBMITTED
        self.waited: list[tuple[datetime, datetime | None]] = []

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def submit(self) -> None:
        number = "FZ2026-0001-23456-7"
        self._try(
            self.state is State.DRAFT,
            lambda: self.one.submitted(number, Content(), self.item, 10, APPLICANT, self.now),
            State.SUBMITTED,
        )

    @rule(by=st.sampled_from(HANDLERS))
    def claim(self, by: Viewer) -> None:
        may = self.state in (*UNDER_WAY, State.DECIDED) and self.holds in (None, by.actor)
        if self._try(may, lambda: self.one.claimed(by, self.now), self.state):
            self.holds = by.actor

    @rule(by=st.sampled_from(HANDLERS))
    def release(self, by: Viewer) -> None:
        if self._try(self.holds == by.actor, lambda: self.one.released(by, self.now), self.state):
            self.holds = None

    @rule(by=st.sampled_from(HANDLERS))
    def accept(self, by: Viewer) -> None:
        self._try(self._may("accept", by), lambda: self.one.accepted(by, self.now), State.ACCEPTED)

    @rule(by=st.sampled_from(HANDLERS))
    def refuse(self, by: Viewer) -> None:
        self._try(self._may("refuse", by), lambda: self.one.refused("no", "how", by, self.now), State.REFUSED)

    @rule(by=st.sampled_from(HANDLERS))
    def ask(self, by: Viewer) -> None:
        was = self.state
        may = self._may("ask", by) and not self.asked
        if self._try(may, lambda: self.one.correction_asked((Point("more"),), by, self.now), State.RETURNED):
            self.asked, self.goes_on = True, was
            self.waited.append((self.now, None))

    @rule()
    def mend(self) -> None:
        may = self.state is State.RETURNED
        if self._try(may, lambda: self.one.mended(Content(), None, APPLICANT, self.now), self.goes_on):
            self.waited[-1] = (self.waited[-1][0], self.now)

    @rule(by=st.sampled_from(HANDLERS))
    def review(self, by: Viewer) -> None:
        self._try(self._may("review", by), lambda: self.one.review_begun(by, self.now), State.IN_REVIEW)

    @rule(by=st.sampled_from(HANDLERS), granted=st.booleans())
    def decide(self, by: Viewer, granted: bool) -> None:
        may = self._may("grant", by)
        if self._try(may, lambda: self.one.decided(granted, "why", "how", by, self.now), State.DECIDED):
            self.granted = granted

    @rule(by=st.sampled_from(HANDLERS))
    def deliver(self, by: Viewer) -> None:
        may = self._may("deliver", by) and self.granted
        self._try(may, lambda: self.one.delivered(by, self.now), State.DELIVERED)

    @rule()
    def withdraw(self) -> None:
        may = self.state in UNDER_WAY
        if self._try(may, lambda: self.one.withdrawn(APPLICANT, self.now), State.WITHDRAWN) and self.waited:
            self.waited[-1] = (self.waited[-1][0], self.waited[-1][1] or self.now)

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        assert (self.one.state, self.one.handler) == (self.state, self.holds)
        assert (self.one.decision is not None) is (self.state in (State.REFUSED, State.DECIDED, State.DELIVERED))

    @invariant()
    def the_history_only_grows_and_is_in_order(self) -> None:
        times = [entry.at for entry in self.one.history]
        assert times == sorted(times)
        assert [entry.what for entry in self.one.history].count(Happened.CORRECTION_ASKED) <= 1

    @invariant()
    def the_clock_stands_still_while_the_applicant_mends_and_runs_else(self) -> None:
        if self.one.promised is None:
            return
        assert self.one.promised.is_paused is (self.state is State.RETURNED)
        assert (self.one.promised.stopped is not None) is (self.state not in UNDER_WAY)
        assert [(pause.since, pause.until) for pause in self.one.promised.pauses] == self.waited
        timed = self.one.timed(published(), self.now).timing
        assert (timed.look_on is None) or self.state in UNDER_WAY

    def _may(self, step: str, by: Viewer) -> bool:
        states, held = LEADS[step]
        return self.state in states and (not held or self.holds == by.actor)

    def _try(self, may: bool, step: Callable[[], Application], state: State) -> bool:
        before = self.one
        try:
            self.one = step()
        except Outcome:
            assert not may
            return False
        assert may
        assert self.one is before or self.one.rev == before.rev + 1
        assert self.one.history[: len(before.history)] == before.history
        self.state = state
        return True


ApplicationLife.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestApplicationLife = ApplicationLife.TestCase
