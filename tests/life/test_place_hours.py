"""When a place is open, and why: weeks, nights, holidays, days that make up for them, single days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.calendar.model import Festival, WorkingCalendar, published
from app.core.clock import CITY_TIME
from app.domains.life.directory.hours.errors import HoursInvalid
from app.domains.life.directory.hours.model import DAY, Hours, Span, SpecialDay, Why
from app.domains.life.directory.hours.notation import parsed_hours, written_hours

CALENDAR = published()
OFFICE = "Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-17:00; PH off; WD 08:00-12:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


@pytest.mark.parametrize(
    ("hours", "moment", "is_open", "changes", "why", "festival"),
    [
        (OFFICE, "2026-11-23T09:00", True, "2026-11-23T12:00", Why.WEEK, None),
        (OFFICE, "2026-11-23T12:00", False, "2026-11-23T14:00", Why.WEEK, None),
        (OFFICE, "2026-11-22T09:00", False, "2026-11-23T08:00", Why.WEEK, None),  # a Sunday
        # Spring Festival lasts from 15 to 23 February 2026; 14 and 28 February are worked instead.
        (OFFICE, "2026-02-17T10:00", False, "2026-02-24T08:00", Why.HOLIDAY, Festival.SPRING),
        (OFFICE, "2026-02-14T10:00", True, "2026-02-14T12:00", Why.MAKE_UP, Festival.SPRING),
        (OFFICE, "2026-02-14T13:00", False, "2026-02-24T08:00", Why.MAKE_UP, Festival.SPRING),
        ("Mo-Su 10:00-20:00", "2026-10-01T11:00", True, "2026-10-01T20:00", Why.HOLIDAY, Festival.NATIONAL),
        ("Mo-Su 18:00-02:00", "2026-11-24T01:30", True, "2026-11-24T02:00", Why.WEEK, None),
        ("Mo-Su 18:00-02:00", "2026-11-24T02:00", False, "2026-11-24T18:00", Why.WEEK, None),
        ("Fr 22:00-24:00; Sa 00:00-03:00", "2026-11-27T23:00", True, "2026-11-28T03:00", Why.WEEK, None),
        ("Mo-Su 09:00-18:00; 2026-11-23 off", "2026-11-23T10:00", False, "2026-11-24T09:00", Why.SPECIAL, None),
        ("Mo-Su 09:00-18:00; 2026-11-23 12:00-15:00", "2026-11-23T13:00", True, "2026-11-23T15:00", Why.SPECIAL, None),
        ("24/7", "2026-02-17T03:00", True, None, Why.ALWAYS, Festival.SPRING),
        ("Mo-Su off", "2026-11-23T13:00", False, None, Why.WEEK, None),
        ("", "2026-11-23T13:00", None, None, Why.UNKNOWN, None),
    ],
)
def test_a_place_stands_so_for_that_reason_until_then(
    hours: str, moment: str, is_open: bool | None, changes: str | None, why: Why, festival: Festival | None
) -> None:
    stands = parsed_hours(hours).at(at(moment), CALENDAR)
    assert (stands.open, stands.today.why, stands.today.festival) == (is_open, why, festival)
    assert (stands.closes_at or stands.opens_at) == (at(changes) if changes else None)


def test_the_night_of_yesterday_is_explained_by_yesterday() -> None:
    hours = parsed_hours('Mo-Su 18:00-20:00; 2026-11-23 18:00-02:00 "年会"')
    stands = hours.at(at("2026-11-24T01:00"), CALENDAR)
    assert (stands.open, stands.today.day, stands.today.note) == (True, date(2026, 11, 23), "年会")


def test_a_year_whose_holidays_are_not_published_says_so() -> None:
    stands = parsed_hours(OFFICE).at(at("2031-02-03T10:00"), CALENDAR)
    assert (stands.open, stands.unsure) == (True, True)


def test_what_the_desk_wrote_over_the_calendar_counts() -> None:
    typhoon = WorkingCalendar(CALENDAR.name, CALENDAR.years, {date(2026, 11, 23): False, date(2026, 11, 28): True})
    shut = parsed_hours(OFFICE).at(at("2026-11-23T10:00"), typhoon)
    assert (shut.open, shut.today.why, shut.today.festival) == (False, Why.HOLIDAY, Festival.OTHER)
    worked = parsed_hours(OFFICE).at(at("2026-11-28T10:00"), typhoon)
    assert (worked.today.why, worked.closes_at) == (Why.MAKE_UP, at("2026-11-28T12:00"))


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Fr 8-12",
        "Mo-Fr 08:00-25:00",
        "Mo 08:00-12:00,11:00-13:00",
        "Mo 24:00-25:00",
        "Xx 08:00-12:00",
        "2026-02-30 off",
        "Mo 08:00",
        "Mo " + ",".join(f"{n:02d}:00-{n:02d}:30" for n in range(7)),
        "x" * 3_000,
        "Mo 08:00-12:00; 打烊",
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text: str) -> None:
    with pytest.raises(HoursInvalid):
        parsed_hours(text)


def test_times_that_overlap_are_named_as_they_were_written() -> None:
    with pytest.raises(HoursInvalid) as refused:
        parsed_hours("Mo 08:00-09:00,08:30-10:00")
    assert refused.value.part == "08:00-09:00,08:30-10:00"


def test_a_day_can_be_said_anew_and_taken_back() -> None:
    today, day = date(2026, 11, 23), date(2026, 12, 1)
    hours = parsed_hours("Mo-Su 09:00-18:00; 2026-01-01 off")
    changed = hours.with_day(SpecialDay(day, (), "盘点"), day, today)
    assert [one.day for one in changed.special] == [day]  # New Year's Day is long past
    assert changed.with_day(None, day, today).special == ()
    with pytest.raises(HoursInvalid):
        hours.with_day(SpecialDay(date(2026, 11, 1)), date(2026, 11, 1), today)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    cuts = sorted(draw(st.lists(st.integers(0, DAY), min_size=0, max_size=6, unique=True)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return tuple(Span(start, end) for start, end in pairs if start < end)


@st.composite
def weeks(draw: st.DrawFn) -> Hours:
    week = tuple(draw(spans()) for _ in range(7))
    holidays, make_up = draw(st.none() | spans()), draw(st.none() | spans())
    days = draw(st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), spans(), max_size=3))
    return Hours(week, holidays, make_up, tuple(SpecialDay(day, days[day]) for day in sorted(days)))


@given(weeks())
def test_hours_that_are_written_are_read_the_same(hours: Hours) -> None:
    assert parsed_hours(written_hours(hours)) == hours


@given(weeks(), st.dates(date(2026, 1, 2), date(2026, 12, 30)), st.times())
def test_it_stands_as_the_spans_of_the_day_and_the_night_before_say(hours: Hours, day: date, moment: time) -> None:
    now = datetime.combine(day, moment.replace(second=0, microsecond=0), CITY_TIME)
    stands = hours.at(now, CALENDAR)

    def covers(when: datetime) -> bool:
        for back in (0, 1):
            on = when.date() - timedelta(days=back)
            minutes = when.hour * 60 + when.minute + back * DAY
            if any(span.start <= minutes < span.end for span in hours.on(on, CALENDAR).spans):
                return True
        return False

    assert stands.open is covers(now) is hours.open_at(now, CALENDAR)
    changes = stands.closes_at or stands.opens_at
    if changes is not None:
        assert changes > now
        assert covers(changes.astimezone(CITY_TIME)) is not stands.open
        middle = (now + (changes - now) / 2).replace(second=0, microsecond=0)
        assert middle < now or covers(middle.astimezone(CITY_TIME)) is stands.open
    assert now.astimezone(UTC) == now
