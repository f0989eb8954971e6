"""Any sequence of calls by everybody who has to do with a case, with the real services on a real database.

No sequence breaks what must always hold; a call that is refused changes nothing, by the document as it stands in the
database before and after.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.core.clock import civil_day
from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.viewer import Role, Viewer
from app.domains.voice.cases.history.model import (
    AT_UNIT,
    OPEN,
    PUBLIC,
    CaseKind,
    CaseState,
    Confirmation,
    Happened,
    Identity,
)
from app.domains.voice.cases.model import FALLBACK_AFTER, MOST_ROUNDS, Case
from app.domains.voice.cases.reporting.service import Report
from app.domains.voice.cases.reporting.service import Wish as Rating
from app.domains.voice.cases.requests.model import Answer, Ask
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.centre.seats.calls.service import Spoken
from app.domains.voice.centre.seats.intake.service import Taking
from app.domains.voice.units.handling.service import Wish
from app.wiring import City
from tests.conftest import Databases
from tests.support.case_work import CENTRE, SEAT, SetClock, boss, timed_city, worker
from tests.support.cases import DISTRICT, LAMP, categorised

T = TypeVar("T")
REPORTER, STRANGER = (Viewer(role=Role.CITIZEN, actor=name, subject=name) for name in ("reporter", "stranger"))
SEATS = (SEAT, worker(CENTRE, "seat-2", scopes=frozenset({"cases:centre"}), roles=frozenset({"seat"})))
HANDLERS = (worker("team-1"), worker("team-1", "second"), worker("team-2"), boss("lights"), worker("water"))
UNITS = ("team-1", "team-2", "water", "no-such")
LATE_ENOUGH = 5  # events: so that not all cases end before they have begun
DONE = frozenset({CaseState.CLOSED, CaseState.REFUSED, CaseState.WITHDRAWN, CaseState.MERGED})
seats, handlers, units = st.sampled_from(SEATS), st.sampled_from(HANDLERS), st.sampled_from(UNITS)
reporters = st.sampled_from((REPORTER, STRANGER))


@dataclass(frozen=True)
class Ground:
    """Where all machines of the test live, and the loop that their city runs on."""

    city: City
    clock: SetClock
    loop: asyncio.AbstractEventLoop
    seen: set[CaseState] = field(default_factory=set)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """From the machine's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)


class CaseLife(RuleBasedStateMachine):
    """`was` is the case before the last call, `now` after it."""

    ground: Ground

    @initialize(identity=st.sampled_from((Identity.NAMED, Identity.CONFIDENTIAL)), ahead=st.integers(0, 7))
    def file(self, identity: Identity, ahead: int) -> None:
        """A case, and so many steps of it as it should go."""
        voice = self.ground.city.services.voice
        report = Report(CaseKind.HELP, LAMP, "路灯不亮了", identity=identity, division=DISTRICT)
        self.reporter = replace(REPORTER, actor=f"r-{new_id()}")
        self.reporter = replace(self.reporter, subject=self.reporter.actor)
        self.id = self.ground.run(voice.cases.file(self.reporter, report, new_id())).case.id
        self.now = self.was = self._read()
        for _ in range(ahead):
            self.it_goes_on_as_it_should("team-1", ahead == 7)

    # What the machine does.

    @rule(hours=st.integers(1, 24 * 10))
    def time_passes(self, hours: int) -> None:
        self.ground.clock.at += timedelta(hours=hours)

    @rule()
    def time_looks(self) -> None:
        self._try(lambda: self.ground.city.services.voice.time.look())

    @rule(by=reporters)
    def reporter_adds_something(self, by: Viewer) -> None:
        cases, by, clock = self.ground.city.services.voice.cases, self._as(by), self.now.clock
        done = self._try(lambda: cases.comment(by, self.id, "补充一点", (), new_id()))
        assert self.now.clock == clock, "a comment moved the clock"
        assert not done or by is self.reporter

    @precondition(lambda self: len(self.now.events) > LATE_ENOUGH)
    @rule(by=reporters)
    def reporter_takes_it_back(self, by: Viewer) -> None:
        cases, by = self.ground.city.services.voice.cases, self._as(by)
        done = self._try(lambda: cases.withdraw(by, self.id, new_id()))
        assert not done or by is self.reporter

    @rule(by=reporters, solved=st.booleans(), grade=st.integers(1, 5))
    def reporter_rates(self, by: Viewer, solved: bool, grade: int) -> None:
        cases, by = self.ground.city.services.voice.cases, self._as(by)
        done = self._try(lambda: cases.rate(by, self.id, Rating(solved, grade), new_id()))
        assert not done or by is self.reporter

    @rule(by=seats, urgent=st.booleans(), kind=st.sampled_from(CaseKind))
    def seat_takes_in(self, by: Viewer, urgent: bool, kind: CaseKind) -> None:
        intake = self.ground.city.services.voice.centre.intake
        self._try(lambda: intake.accept(by, self.id, Taking(kind, LAMP, urgent), new_id()))

    @precondition(lambda self: self.now.state is not CaseState.FILED or len(self.now.events) > 1)
    @rule(by=seats, what=st.sampled_from(("correct", "answer", "refuse")), kind=st.sampled_from(CaseKind))
    def seat_decides(self, by: Viewer, what: str, kind: CaseKind) -> None:
        intake = self.ground.city.services.voice.centre.intake
        calls: dict[str, Callable[[], Awaitable[Case]]] = {
            "correct": lambda: intake.correct(by, self.id, Taking(kind=kind), new_id()),
            "answer": lambda: intake.answer(by, self.id, "可以这样办理", None, new_id()),
            "refuse": lambda: intake.refuse(by, self.id, "不属于受理范围", "请到法院", new_id()),
        }
        done = self._try(calls[what])
        assert not (done and what == "correct" and self.was.dispatched_at), "a kind changed after the dispatch"

    @rule(by=seats, to=units, helper=st.sampled_from((None, "water")), stale=st.booleans())
    def seat_dispatches(self, by: Viewer, to: str, helper: str | None, stale: bool) -> None:
        dispatch = self.ground.city.services.voice.centre.dispatch
        rev = self.now.rev - 1 if stale else self.now.rev
        self._try(lambda: dispatch.dispatch(by, self.id, to, (), rev, new_id()))

    @rule(by=seats, approve=st.booleans())
    def seat_answers_a_request(self, by: Viewer, approve: bool) -> None:
        requests = self.ground.city.services.voice.centre.requests
        asked = self.now.pending.id if self.now.pending else "nothing"
        if approve:
            self._try(lambda: requests.approve(by, self.id, asked, None, new_id()))
        else:
            self._try(lambda: requests.decline(by, self.id, asked, "请继续办理", new_id()))

    @rule(by=seats, to=units)
    def seat_moves_it(self, by: Viewer, to: str) -> None:
        dispatch = self.ground.city.services.voice.centre.dispatch
        self._try(lambda: dispatch.transfer(by, self.id, to, "改由此单位办理", new_id()))

    @rule(by=seats, reached=st.booleans(), grade=st.one_of(st.none(), st.integers(1, 5)))
    def seat_calls_back(self, by: Viewer, reached: bool, grade: int | None) -> None:
        solved, said = (None, None) if grade is None or not reached else (grade > 2, grade)
        spoken = Spoken(reached, None, solved, said)
        self._try(lambda: self.ground.city.services.voice.centre.calls.call_back(by, self.id, spoken, new_id()))

    @rule(by=handlers)
    def unit_claims(self, by: Viewer) -> None:
        self._try(lambda: self.ground.city.services.voice.handling.claim(by, self.id, new_id()))

    @rule(by=handlers, what=st.sampled_from(("note", "on site", "ask", "finish", "reply")))
    def unit_works(self, by: Viewer, what: str) -> None:
        handling = self.ground.city.services.voice.handling
        calls: dict[str, Callable[[], Awaitable[Case]]] = {
            "note": lambda: handling.note(by, self.id, "已联系", (), True, new_id()),
            "on site": lambda: handling.on_site(by, self.id, "已到现场", (), new_id()),
            "ask": lambda: handling.ask(by, self.id, "请问是哪一盏", new_id()),
            "finish": lambda: handling.finish(by, self.id, "灯泡已更换", (), new_id()),
            "reply": lambda: handling.reply(by, self.id, "已修复", new_id()),
        }
        if self._try(calls[what]):
            assert by.actor == self.was.handler, "somebody acted who does not hold it"

    @rule(by=handlers, ask=st.sampled_from(Ask), days=st.integers(-2, 8))
    def unit_asks_the_centre(self, by: Viewer, ask: Ask, days: int) -> None:
        until = civil_day(self.ground.clock.now()) + timedelta(days=days)
        wish = Wish(ask, "需要更多时间", days if ask is Ask.EXTENSION else None, until if ask is Ask.PAUSE else None)
        self._try(lambda: self.ground.city.services.voice.handling.request(by, self.id, wish, new_id()))

    @rule(to=st.sampled_from(("team-1", "team-2", "water")), solved=st.booleans())
    def it_goes_on(self, to: str, solved: bool) -> None:
        self.it_goes_on_as_it_should(to, solved)

    def it_goes_on_as_it_should(self, to: str, solved: bool) -> None:
        """Whoever is next does what comes next, so that cases come far."""
        one, voice = self.now, self.ground.city.services.voice
        fit = (h for h in HANDLERS if h.actor == one.handler or (one.handler is None and h.organisation == one.unit))
        by = next((h for h in fit if h.actor not in one.handlers_before), None)
        steps: dict[CaseState, Callable[[], Awaitable[Any]]] = {
            CaseState.FILED: lambda: voice.centre.intake.accept(SEAT, self.id, Taking(), new_id()),
            CaseState.ACCEPTED: lambda: voice.centre.dispatch.dispatch(SEAT, self.id, to, (), one.rev, new_id()),
            CaseState.REPLIED: lambda: voice.cases.rate(self.reporter, self.id, Rating(solved, 4), new_id()),
        }
        if by is not None:
            steps[CaseState.DISPATCHED] = lambda: voice.handling.claim(by, self.id, new_id())
            steps[CaseState.HANDLING] = lambda: voice.handling.finish(by, self.id, "灯泡已更换", (), new_id())
            steps[CaseState.HANDLED] = lambda: voice.handling.reply(by, self.id, "已修复", new_id())
        if one.state in steps:
            self._try(steps[one.state])

    # What must always hold.

    @invariant()
    def only_ever_more_happens(self) -> None:
        assert self.now.events[: len(self.was.events)] == self.was.events
        assert self.now.rev - self.was.rev in (0, 1) or self.now.rev > self.was.rev  # time may take several steps
        assert (self.now.rev == self.was.rev) == (self.now == self.was)

    @invariant()
    def handled_closed_and_confirmed_are_three_facts(self) -> None:
        one, happened = self.now, {event.what for event in self.now.events}
        assert (one.closed_at is not None) == (one.state is CaseState.CLOSED)
        assert (one.state is CaseState.CLOSED) <= (Happened.CLOSED in happened)
        if one.state in (CaseState.REPLIED, CaseState.CLOSED):
            assert one.handled_at is not None
            assert one.replied_at is not None
            assert one.reply
        if one.confirmation in (Confirmation.CONFIRMED, Confirmation.CONTESTED):
            assert one.ratings[-1].content == (one.confirmation is Confirmation.CONFIRMED)
        if one.confirmation is Confirmation.UNCONFIRMED:
            assert one.state is CaseState.CLOSED
            assert one.round not in {rating.round for rating in one.ratings}

    @invariant()
    def who_has_it_fits_its_state(self) -> None:
        one = self.now
        if one.state in AT_UNIT:
            assert one.unit in one.units
        if one.state in (CaseState.FILED, CaseState.ACCEPTED):
            assert (one.unit, one.units, one.handler, one.tasks) == (None, (), None, ())
        if one.state in (CaseState.HANDLING, CaseState.HANDLED):
            assert one.handler is not None
        assert one.handler not in one.handlers_before

    @invariant()
    def it_goes_round_no_more_than_it_may(self) -> None:
        one, whats = self.now, [event.what for event in self.now.events]
        assert one.round == 1 + whats.count(Happened.REOPENED) <= MOST_ROUNDS
        assert len({rating.round for rating in one.ratings}) == len(one.ratings)
        begun = max((n for n, what in enumerate(whats) if what is Happened.REOPENED), default=0)
        assert one.returns == whats[begun:].count(Happened.RETURNED)
        assert one.returns <= FALLBACK_AFTER or not one.fallback
        assert not one.fallback or Happened.DISPATCHED in whats[begun:]

    @invariant()
    def one_request_waits_at_most_and_only_at_a_unit(self) -> None:
        waiting = [one for one in self.now.requests if one.answer is Answer.PENDING]
        assert len(waiting) <= 1
        assert not waiting or self.now.state in (CaseState.DISPATCHED, CaseState.HANDLING)

    @invariant()
    def the_clock_runs_from_acceptance_to_the_reply(self) -> None:
        one = self.now
        assert (one.clock is None) == (one.accepted_at is None)
        if one.clock is not None:
            assert len(one.clock.extensions) <= 1
            assert (one.clock.stopped is not None) or one.state in OPEN - {CaseState.REPLIED}
            assert one.clock.stopped is None or one.state not in AT_UNIT
        if one.state in DONE:
            assert (one.timing.look, one.timing.late) == (None, False)

    @invariant()
    def the_citizen_reads_what_is_for_him(self) -> None:
        for event in self.now.events:
            assert event.public == (event.what in PUBLIC) or event.what is Happened.NOTED

    @invariant()
    def lists_hold_it_where_it_is(self) -> None:
        one, row = self.now, self.ground.run(_row(self.ground.city, self.id))
        assert row is not None
        assert row["open"] == (one.state in OPEN)
        assert ("look" in row) == (one.timing.look is not None)
        assert row["held"] == (one.handler is not None)

    def _as(self, by: Viewer) -> Viewer:
        return self.reporter if by is REPORTER else by

    def _read(self) -> Case:
        found = self.ground.run(CaseStore(self.ground.city.db, self.ground.city.persons).get(self.id))
        assert found is not None
        return found

    def _try(self, call: Callable[[], Awaitable[Any]]) -> bool:
        """Whether it was done; when it was refused, nothing changed."""
        ground, before = self.ground, self.ground.run(_row(self.ground.city, self.id))

        async def called() -> bool:
            try:
                await call()
            except Outcome:
                return False
            return True

        done = ground.run(called())
        after = ground.run(_row(ground.city, self.id))
        assert done or before == after, "a refused call changed the case"
        self.was, self.now = self.now, self._read()
        ground.seen.add(self.now.state)
        return done and before != after


async def _row(city: City, case: str) -> Any:
    return await city.db["cases"].find_one({"_id": case})


@pytest.fixture
async def ground(databases: Databases) -> AsyncIterator[Ground]:
    async with timed_city(databases, "2026-11-23 09:00") as (city, clock):
        await categorised(city)
        yield Ground(city, clock, asyncio.get_running_loop())


@pytest.mark.timeout(120)
async def test_no_sequence_of_calls_breaks_a_case_and_what_is_refused_changes_nothing(ground: Ground) -> None:
    machine = type("CaseLifeHere", (CaseLife,), {"ground": ground})
    often = settings(
        max_examples=24,
        stateful_step_count=14,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=often)
    assert ground.seen >= set(CaseState) - {CaseState.MERGED, CaseState.REFUSED}  # it came far
