"""What holds of every clock: due after it began, more time never makes it earlier, and it can be said in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.calendar import Extension, Pause, WorkingCalendar, published
from app.core.clock import CITY_TIME
from app.core.messages import LOCALES
from app.domains.voice.cases.clocks.model import CaseClock, Mark, Measure, Shift
from app.domains.voice.cases.clocks.rules.errors import ClockRuleInvalid
from app.domains.voice.cases.clocks.rules.model import PUBLISHED, ClockRule, RuleCode, rule_for
from app.domains.voice.cases.clocks.service import explained
from app.domains.voice.cases.history.model import CaseKind

CALENDAR = published()
_FIRST = datetime(2024, 1, 1, tzinfo=CITY_TIME)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1_400)).map(lambda gone: _FIRST + gone)
WAITS = st.timedeltas(timedelta(minutes=1), timedelta(days=20))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))
OVERLAYS = st.dictionaries(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.booleans(), max_size=20)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    return replace(CALENDAR, overlay=draw(OVERLAYS))


@st.composite
def clocks(draw: st.DrawFn) -> CaseClock:
    started = draw(MOMENTS)
    pauses, since = [], started
    for gap, length in draw(st.lists(st.tuples(WAITS, WAITS), max_size=3)):
        since += gap
        pauses.append(Pause(since, "granted", since + length))
        since += length
    more = tuple(Extension(days, started) for days in draw(st.lists(st.integers(1, 10), max_size=1)))
    shift = Shift(draw(TIMES), draw(TIMES))
    measure = draw(st.sampled_from(Measure))
    return CaseClock("urgent", measure, draw(st.integers(1, 20)), started, tuple(pauses), more, shift=shift)


def due(clock: CaseClock, calendar: WorkingCalendar) -> datetime:
    found = clock.due(calendar)
    assert found is not None
    return found


@given(clocks(), calendars())
def test_no_clock_is_due_before_it_began_and_its_marks_are_in_order(
    clock: CaseClock, calendar: WorkingCalendar
) -> None:
    assert due(clock, calendar) > clock.started
    moments, now = [], clock.started
    while (coming := clock.next_mark(calendar, now)) is not None:
        moments.append(coming)
        now = coming[1]
    assert [mark for mark, _ in moments] == list(Mark)[-len(moments) :]
    assert [at for _, at in moments] == sorted(at for _, at in moments)


@given(clocks(), calendars(), st.integers(1, 20))
def test_an_extension_makes_it_due_later(clock: CaseClock, calendar: WorkingCalendar, more: int) -> None:
    assert due(clock.extended(more, clock.started), calendar) > due(clock, calendar)


@given(clocks(), calendars(), WAITS, WAITS)
def test_a_pause_never_makes_it_due_earlier(
    clock: CaseClock, calendar: WorkingCalendar, after: timedelta, length: timedelta
) -> None:
    last = clock.pauses[-1].until if clock.pauses else None
    since = (last or clock.started) + after
    waited = clock.paused(since, "granted").resumed(since + length)
    assert due(waited, calendar) >= due(clock, calendar)


@given(clocks(), calendars(), WAITS, WAITS)
def test_marks_that_are_behind_stay_behind_through_a_pause(
    clock: CaseClock, calendar: WorkingCalendar, after: timedelta, length: timedelta
) -> None:
    last = clock.pauses[-1].until if clock.pauses else None
    since = (last or clock.started) + after
    before = clock.passed(calendar, since)
    paused = clock.paused(since, "granted")
    assert set(paused.passed(calendar, since + length)) <= set(before)
    gone = clock.passed(calendar, since.replace(hour=0, minute=0, second=0, microsecond=0))
    assert set(gone) <= set(paused.resumed(since + length).passed(calendar, since + length))


@given(clocks(), calendars(), MOMENTS)
def test_a_clock_that_has_stopped_moves_no_more(clock: CaseClock, calendar: WorkingCalendar, later: datetime) -> None:
    stopped = clock.stopped_at(clock.started + timedelta(hours=5))
    after = stopped.started + timedelta(days=400)
    assert stopped.stands(calendar, after) == stopped.stands(calendar, stopped.started + timedelta(hours=6))
    assert stopped.paused(after, "granted") == stopped
    assert stopped.next_mark(calendar, later) is None


@given(st.tuples(TIMES, TIMES).map(lambda two: Shift(*two)), MOMENTS, st.timedeltas(timedelta(0), timedelta(hours=80)))
def test_a_shift_finds_the_moment_by_which_so_much_was_worked(shift: Shift, start: datetime, worked: timedelta) -> None:
    assert shift.worked(start, shift.after(start, worked)) == worked


@settings(max_examples=50)
@given(clocks(), MOMENTS)
def test_every_clock_can_be_said_in_both_languages(clock: CaseClock, now: datetime) -> None:
    for standing in (clock.stands(CALENDAR, now), clock.paused(now, "granted").stands(CALENDAR, now)):
        for locale in LOCALES:
            said = explained(standing, locale)
            assert CALENDAR.version in said
            assert "{" not in said


def test_a_clock_says_why_it_is_due() -> None:
    started = datetime(2026, 2, 13, 10, tzinfo=CITY_TIME)
    clock = PUBLISHED[RuleCode.ENQUIRY].started(started)
    waited = clock.paused(started + timedelta(days=1), "granted").resumed(started + timedelta(days=12))
    said = explained(waited.stands(CALENDAR, started + timedelta(days=12)), "en")
    assert said.startswith(
        "Enquiry: 2 working days, counted from the day after 2026-02-13 10:00, when it was accepted. "
        "From 2026-02-14 10:00 to 2026-02-25 10:00 it was paused; that does not count. The last day is 2026-02-26. "
        "After today 1 working days are left."
    )


@pytest.mark.parametrize(
    ("kind", "convenience", "urgent", "code", "amount"),
    [
        (CaseKind.ENQUIRY, False, False, RuleCode.ENQUIRY, 2),
        (CaseKind.ENQUIRY, True, False, RuleCode.ENQUIRY, 2),
        (CaseKind.COMPLAINT, False, False, RuleCode.COMPLAINT, 10),
        (CaseKind.COMPLAINT, True, False, RuleCode.CONVENIENCE, 3),
        (CaseKind.SUGGESTION, False, False, RuleCode.SUGGESTION, 5),
        (CaseKind.HELP, False, False, RuleCode.HELP, 3),
        (CaseKind.COMPLAINT, True, True, RuleCode.URGENT, 4),
    ],
)
def test_the_kind_picks_the_rule(kind: CaseKind, convenience: bool, urgent: bool, code: RuleCode, amount: int) -> None:
    assert rule_for(kind, convenience=convenience, urgent=urgent) is code
    assert PUBLISHED[code].amount == amount


@pytest.mark.parametrize(
    ("amount", "more", "reason", "field"),
    [
        (0, 5, "notice 12", "amount"),
        (61, 5, "notice 12", "amount"),
        (5, -1, "notice 12", "mostExtension"),
        (5, 5, "x", "reason"),
    ],
)
def test_a_rule_stays_within_its_bounds(amount: int, more: int, reason: str, field: str) -> None:
    with pytest.raises(ClockRuleInvalid) as refused:
        PUBLISHED[RuleCode.HELP].changed(amount, more, Shift(), reason, "ops", datetime(2026, 1, 1, tzinfo=CITY_TIME))
    assert refused.value.field == field


def test_a_changed_rule_is_a_version_of_its_own() -> None:
    now = datetime(2026, 1, 1, tzinfo=CITY_TIME)
    changed: ClockRule = PUBLISHED[RuleCode.URGENT].changed(6, 2, Shift(time(0), time(0)), "notice 12", "ops", now)
    assert (changed.version, changed.amount, changed.shift.length) == (2, 6, timedelta(hours=24))
    assert changed.started(now).version == 2
