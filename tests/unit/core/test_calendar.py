"""Working days, and clocks that count by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.calendar import Light, WorkingCalendar, WorkingClock, published
from app.core.clock import civil_day

CALENDAR = published()
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
COUNTS = st.integers(0, 60)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    return replace(CALENDAR, overlay=draw(st.dictionaries(DAYS, st.booleans(), max_size=30)))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # a Saturday, made up for the Spring Festival
        (date(2026, 2, 17), False),  # New Year's Day of the lunar calendar
        (date(2026, 10, 7), False),
        (date(2026, 11, 21), False),  # a Saturday like any other
        (date(2026, 11, 23), True),
        (date(2027, 1, 1), False),  # not published yet, but fixed by law
        (date(2027, 1, 4), True),
        (date(2027, 10, 3), False),
    ],
)
def test_a_day_is_worked_as_published(day: date, works: bool) -> None:
    assert CALENDAR.is_working(day) is works


def test_the_overlay_stands_above_what_is_published_and_makes_another_version() -> None:
    changed = replace(CALENDAR, overlay={date(2026, 11, 23): False, date(2026, 11, 22): True})
    assert (changed.is_working(date(2026, 11, 23)), changed.is_working(date(2026, 11, 22))) == (False, True)
    assert changed.version != CALENDAR.version
    assert CALENDAR.version.endswith("+0")


def test_a_count_into_a_year_without_data_says_so() -> None:
    assert CALENDAR.unsure(date(2026, 12, 20), date(2027, 1, 10)) == (2027,)
    assert CALENDAR.unsure(date(2026, 1, 1), date(2026, 12, 31)) == ()


@given(calendars(), DAYS, COUNTS)
def test_as_many_working_days_lie_between_as_were_added(calendar: WorkingCalendar, start: date, days: int) -> None:
    end = calendar.add_working_days(start, days)
    assert calendar.working_days_between(start, end) == days
    assert days == 0 or calendar.is_working(end)


@given(calendars(), DAYS, COUNTS, COUNTS)
def test_adding_in_two_steps_is_adding_at_once(calendar: WorkingCalendar, start: date, one: int, two: int) -> None:
    assert calendar.add_working_days(calendar.add_working_days(start, one), two) == calendar.add_working_days(
        start, one + two
    )


@given(calendars(), DAYS, DAYS)
def test_counting_back_is_counting_with_the_sign_turned(calendar: WorkingCalendar, one: date, two: date) -> None:
    assert calendar.working_days_between(one, two) == -calendar.working_days_between(two, one)


@given(calendars(), DAYS, st.integers(1, 40), st.integers(0, 20), st.integers(0, 30))
def test_a_pause_costs_the_working_days_it_took_and_no_more(
    calendar: WorkingCalendar, start: date, days: int, before: int, length: int
) -> None:
    clock = WorkingClock("promised", days, noon(start))
    since = start + timedelta(days=before)
    until = since + timedelta(days=length)
    due = clock.due(calendar)
    paused = clock.paused(noon(since), "correction")
    assert due is not None
    assert paused.due(calendar) is None
    resumed = paused.resumed(noon(until)).due(calendar)
    assert resumed is not None
    if since > due:
        assert resumed == due
    else:
        waited = calendar.working_days_between(since, until)
        assert calendar.working_days_between(start, resumed) == days + waited


@given(calendars(), DAYS, st.integers(0, 40), st.integers(0, 80))
def test_the_light_changes_on_the_day_that_was_said(
    calendar: WorkingCalendar, start: date, days: int, later: int
) -> None:
    clock, now = WorkingClock("promised", days, noon(start)), noon(start + timedelta(days=later))
    turns = clock.looks_on(calendar, now)
    if turns is None:
        assert clock.light(calendar, now + timedelta(days=400)) is clock.light(calendar, now)
        return
    assert turns > civil_day(now)
    assert clock.light(calendar, noon(turns)) is not clock.light(calendar, now)
    assert clock.light(calendar, noon(turns) - timedelta(days=1)) is clock.light(calendar, now)


def test_a_clock_explains_itself() -> None:
    clock = WorkingClock("promised", 10, noon(date(2026, 11, 20)))
    clock = (
        clock.paused(noon(date(2026, 11, 24)), "correction")
        .resumed(noon(date(2026, 11, 27)))
        .extended(5, noon(date(2026, 11, 30)))
    )
    told = clock.explained(CALENDAR, noon(date(2026, 12, 1)))
    assert (told.rule, told.days, told.paused_days, told.calendar) == ("promised", 10, 3, CALENDAR.version)
    assert told.due == date(2026, 12, 16)
    assert told.remaining == CALENDAR.working_days_between(date(2026, 12, 1), date(2026, 12, 16)) == 11
    assert (told.light, told.unsure) == (Light.GREEN, ())


def test_a_clock_that_was_stopped_in_time_never_turns_red() -> None:
    clock = WorkingClock("promised", 3, noon(date(2026, 11, 20))).stopped_at(noon(date(2026, 11, 25)))
    assert clock.light(CALENDAR, noon(date(2027, 3, 1))) is Light.GREEN
    assert clock.looks_on(CALENDAR, noon(date(2026, 11, 26))) is None
    late = WorkingClock("promised", 3, noon(date(2026, 11, 20))).stopped_at(noon(date(2026, 11, 26)))
    assert late.light(CALENDAR, noon(date(2027, 3, 1))) is Light.RED


def test_an_unending_pause_has_no_last_day() -> None:
    told = WorkingClock("promised", 3, noon(date(2026, 11, 20))).paused(noon(date(2026, 11, 20)), "correction")
    shown = told.explained(CALENDAR, noon(date(2027, 3, 1)))
    assert (shown.due, shown.remaining, shown.light) == (None, None, Light.GREEN)
