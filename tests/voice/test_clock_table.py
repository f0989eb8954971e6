"""When cases are due, counted by hand in the comment of each row (weekdays and notices of 2024 to 2026)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from app.core.calendar import Extension, Pause, published
from app.core.clock import CITY_TIME
from app.domains.voice.cases.clocks.model import CaseClock, Mark, Measure, Shift

CALENDAR = published()
NONE: tuple[tuple[str, str], ...] = ()


def at(text: str) -> datetime:
    """`2026-11-23 09:00` by the city's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


def days(amount: int, started: str, pauses: tuple[tuple[str, str], ...] = NONE, more: int = 0) -> CaseClock:
    waits = tuple(Pause(at(since), "granted", at(until)) for since, until in pauses)
    longer = (Extension(more, at(started)),) if more else ()
    return CaseClock("complaint", Measure.WORKING_DAYS, amount, at(started), waits, longer)


def hours(
    amount: int, started: str, pauses: tuple[tuple[str, str], ...] = NONE, more: int = 0, shift: Shift | None = None
) -> CaseClock:
    clock = days(amount, started, pauses, more)
    return replace(clock, rule="urgent", measure=Measure.SHIFT_HOURS, shift=shift or Shift())


LAST_DAYS = [
    # Ordinary weeks of November and December 2026; the day of acceptance does not count.
    (days(2, "2026-11-23 09:00"), "2026-11-25"),  # Mon: Tue 24, Wed 25
    (days(2, "2026-11-23 00:00"), "2026-11-25"),  # its first minute is still that Monday
    (days(2, "2026-11-23 23:59"), "2026-11-25"),  # and its last
    (days(2, "2026-11-27 17:59"), "2026-12-01"),  # Fri: Mon 30, Tue 1
    (days(2, "2026-11-28 10:00"), "2026-12-01"),  # Sat: the same
    (days(2, "2026-11-29 23:59"), "2026-12-01"),  # Sun: the same
    (days(3, "2026-11-25 09:00"), "2026-11-30"),  # Wed: Thu 26, Fri 27, Mon 30
    (days(5, "2026-11-25 09:00"), "2026-12-02"),  # Wed: 26, 27, 30, 1, 2
    (days(10, "2026-11-23 09:00"), "2026-12-07"),  # Mon: 24-27 are 4, 30-4 are 9, Mon 7 is the tenth
    (days(10, "2026-11-27 09:00"), "2026-12-11"),  # Fri: 30-4 are 5, 7-11 are 10
    # Spring Festival 2026: off from Sun 15 to Mon 23 February; Sat 14 and Sat 28 are worked.
    (days(2, "2026-02-12 10:00"), "2026-02-14"),  # Thu: Fri 13, Sat 14
    (days(2, "2026-02-13 10:00"), "2026-02-24"),  # Fri: Sat 14, Tue 24
    (days(2, "2026-02-14 10:00"), "2026-02-25"),  # the made-up Saturday itself: Tue 24, Wed 25
    (days(2, "2026-02-17 10:00"), "2026-02-25"),  # New Year's Day: Tue 24, Wed 25
    (days(2, "2026-02-23 22:00"), "2026-02-25"),  # the last day off: the same
    (days(3, "2026-02-26 10:00"), "2026-03-02"),  # Thu: Fri 27, Sat 28, Mon 2
    (days(5, "2026-02-11 10:00"), "2026-02-25"),  # Wed: 12, 13, 14, 24, 25
    (days(10, "2026-02-13 10:00"), "2026-03-05"),  # Fri: 14 is 1, 24-28 are 6, March 2-5 are 10
    # Spring Festival 2025: off from Tue 28 January to Tue 4 February; Sun 26 and Sat 8 are worked.
    (days(2, "2025-01-24 10:00"), "2025-01-27"),  # Fri: Sun 26, Mon 27
    (days(3, "2025-01-27 10:00"), "2025-02-07"),  # Mon: Wed 5, Thu 6, Fri 7
    (days(5, "2025-01-27 10:00"), "2025-02-10"),  # Mon: 5, 6, 7, Sat 8, Mon 10
    (days(10, "2025-01-24 10:00"), "2025-02-13"),  # Fri: 26, 27 are 2, 5-8 are 6, 10-13 are 10
    # Spring Festival 2024: off from Sat 10 to Sat 17 February; Sun 4 and Sun 18 are worked.
    (days(5, "2024-02-02 10:00"), "2024-02-08"),  # Fri: Sun 4, 5, 6, 7, 8
    (days(2, "2024-02-08 10:00"), "2024-02-18"),  # Thu: Fri 9, Sun 18
    (days(3, "2024-02-09 10:00"), "2024-02-20"),  # Fri: Sun 18, 19, 20
    # National Day 2026: off from 1 to 7 October, and from Fri 25 to Sun 27 September; Sun 20 and Sat 10 are worked.
    (days(2, "2026-09-30 10:00"), "2026-10-09"),  # Wed: Thu 8, Fri 9
    (days(3, "2026-09-30 10:00"), "2026-10-10"),  # and Sat 10
    (days(5, "2026-09-30 10:00"), "2026-10-13"),  # and Mon 12, Tue 13
    (days(2, "2026-09-18 10:00"), "2026-09-21"),  # Fri: Sun 20, Mon 21
    (days(3, "2026-09-24 10:00"), "2026-09-30"),  # Thu: Mon 28, Tue 29, Wed 30
    (days(10, "2026-09-24 10:00"), "2026-10-15"),  # Thu: 28-30 are 3, 8-10 are 6, 12-15 are 10
    (days(2, "2026-10-03 10:00"), "2026-10-09"),  # within the holiday: 8, 9
    # National Day 2025: off from Wed 1 to Wed 8 October; Sun 28 September and Sat 11 October are worked.
    (days(2, "2025-09-30 10:00"), "2025-10-10"),  # Tue: Thu 9, Fri 10
    (days(3, "2025-09-30 10:00"), "2025-10-11"),  # and Sat 11
    (days(5, "2025-09-26 10:00"), "2025-10-10"),  # Fri: Sun 28, 29, 30, Thu 9, Fri 10
    # National Day 2024: off from Tue 1 to Mon 7 October; Sun 29 September and Sat 12 October are worked.
    (days(3, "2024-09-27 10:00"), "2024-10-08"),  # Fri: Sun 29, Mon 30, Tue 8
    (days(10, "2024-09-30 10:00"), "2024-10-18"),  # Mon: 8-12 are 5, 14-18 are 10
    # The short holidays of 2026.
    (days(2, "2026-04-03 10:00"), "2026-04-08"),  # Fri before Qingming (4-6): Tue 7, Wed 8
    (days(3, "2026-04-30 10:00"), "2026-05-08"),  # Thu before Labour Day (1-5): 6, 7, 8
    (days(5, "2026-04-30 10:00"), "2026-05-11"),  # and Sat 9, which is worked, and Mon 11
    (days(2, "2026-06-18 10:00"), "2026-06-23"),  # Thu before the Dragon Boat Festival (19-21): 22, 23
    # The ends of years.
    (days(2, "2024-12-31 10:00"), "2025-01-03"),  # Tue; Wed 1 is off: Thu 2, Fri 3
    (days(2, "2025-12-31 10:00"), "2026-01-05"),  # Wed; 1-3 are off, Sun 4 is worked: 4, 5
    (days(3, "2025-12-30 10:00"), "2026-01-05"),  # Tue: Wed 31, Sun 4, Mon 5
    (days(10, "2025-12-26 10:00"), "2026-01-12"),  # Fri: 29-31 are 3, 4-9 are 9, Mon 12
    # Years whose notice is not published: weekdays but for the days that the law fixes.
    (days(2, "2026-12-31 10:00"), "2027-01-05"),  # Thu; Fri 1 is off by law: Mon 4, Tue 5
    (days(10, "2026-12-30 10:00"), "2027-01-14"),  # Wed: Thu 31 is 1, 4-8 are 6, 11-14 are 10
    (days(2, "2027-02-05 10:00"), "2027-02-09"),  # Fri before the Spring Festival, of which nothing is known: 8, 9
    (days(3, "2027-04-30 10:00"), "2027-05-05"),  # Fri; 1 and 2 are a weekend: Mon 3, 4, 5
    (days(2, "2027-09-30 10:00"), "2027-10-05"),  # Thu; Fri 1 by law, 2 and 3 are a weekend: 4, 5
    # Pauses: of a pause the working days after its first day count, up to its last.
    (days(10, "2026-11-23 09:00", (("2026-11-24 10:00", "2026-11-26 15:00"),)), "2026-12-09"),  # 7 + (25, 26)
    (
        days(10, "2026-11-23 09:00", (("2026-11-24 10:00", "2026-11-27 00:00"),)),
        "2026-12-09",
    ),  # to the end of Thu: same
    (days(5, "2026-11-23 09:00", (("2026-11-27 10:00", "2026-11-30 00:00"),)), "2026-11-30"),  # a weekend: nothing
    (days(5, "2026-11-23 09:00", (("2026-11-27 10:00", "2026-11-30 09:00"),)), "2026-12-01"),  # into Monday: Mon 30
    (days(5, "2026-11-23 09:00", (("2026-11-25 09:00", "2026-11-25 17:00"),)), "2026-11-30"),  # within a day: nothing
    (
        days(
            10,
            "2026-11-23 09:00",
            (("2026-11-24 10:00", "2026-11-26 15:00"), ("2026-12-01 09:00", "2026-12-03 12:00")),
        ),
        "2026-12-11",  # 7 + (25, 26) = 9, + (2, 3) = 11
    ),
    (days(5, "2026-02-10 09:00", (("2026-02-12 09:00", "2026-02-24 00:00"),)), "2026-02-26"),  # 24 + (13, 14)
    (days(3, "2026-02-13 09:00", (("2026-02-17 09:00", "2026-02-26 10:00"),)), "2026-02-28"),  # 25 + (24, 25, 26)
    (days(3, "2026-09-28 09:00", (("2026-09-30 12:00", "2026-10-09 00:00"),)), "2026-10-09"),  # 8 + (8)
    (days(2, "2026-11-23 09:00", (("2026-11-30 09:00", "2026-12-02 09:00"),)), "2026-11-25"),  # it was due before
    (days(2, "2026-11-23 09:00", (("2026-11-25 16:00", "2026-11-27 16:00"),)), "2026-11-27"),  # on its last day: 26, 27
    # Extensions.
    (days(10, "2026-11-23 09:00", more=5), "2026-12-14"),  # after 7: 8, 9, 10, 11, 14
    (days(3, "2026-09-28 09:00", more=3), "2026-10-12"),  # 29, 30, 8, and 9, Sat 10, Mon 12
    (days(2, "2026-12-30 09:00", more=2), "2027-01-06"),  # 31, 4, and 5, 6
    (days(5, "2026-11-23 09:00", (("2026-11-24 10:00", "2026-11-26 12:00"),), 3), "2026-12-07"),  # 8 end on 3; 4, 7
    (days(2, "2026-11-23 09:00", (("2026-11-26 09:00", "2026-11-30 10:00"),), 3), "2026-12-02"),  # 5 end on 30; 1, 2
]


@pytest.mark.parametrize(("clock", "last"), LAST_DAYS)
def test_working_days_are_counted_as_by_hand(clock: CaseClock, last: str) -> None:
    assert clock.due(CALENDAR) == at(f"{last} 00:00") + timedelta(days=1)


NIGHT = Shift(time(20), time(6))
ALWAYS = Shift(time(0), time(0))
DUE_HOURS = [
    # A shift from 8 to 22.
    (hours(4, "2026-11-23 08:50"), "2026-11-23 12:50"),
    (hours(4, "2026-11-23 18:00"), "2026-11-23 22:00"),  # to its very end
    (hours(4, "2026-11-23 18:01"), "2026-11-24 08:01"),  # one minute is left for the morning
    (hours(4, "2026-11-23 20:00"), "2026-11-24 10:00"),  # 2 in the evening, 2 in the morning
    (hours(4, "2026-11-23 23:30"), "2026-11-24 12:00"),  # from 8
    (hours(4, "2026-11-24 03:00"), "2026-11-24 12:00"),
    (hours(4, "2026-11-28 09:00"), "2026-11-28 13:00"),  # Saturdays as well
    (hours(4, "2026-02-17 21:00"), "2026-02-18 11:00"),  # and New Year: 1 + 3
    (hours(4, "2026-12-31 21:00"), "2027-01-01 11:00"),  # and over the end of a year without a notice
    (hours(12, "2026-11-23 15:00"), "2026-11-24 13:00"),  # 7 + 5
    (hours(30, "2026-11-23 08:00"), "2026-11-25 10:00"),  # 14 + 14 + 2
    (hours(4, "2026-11-23 09:00", (("2026-11-23 10:00", "2026-11-23 11:30"),)), "2026-11-23 14:30"),  # 13:00 + 1:30
    (hours(4, "2026-11-23 18:00", (("2026-11-23 20:00", "2026-11-24 09:00"),)), "2026-11-24 11:00"),  # 2, and 9-11
    (hours(4, "2026-11-23 20:00", (("2026-11-23 23:00", "2026-11-24 07:00"),)), "2026-11-24 10:00"),  # nobody worked
    (hours(4, "2026-11-23 20:00", more=2), "2026-11-24 12:00"),  # 2 + 4
    # A shift of the night, from 20 to 6, and one around the clock.
    (hours(4, "2026-11-23 23:00", shift=NIGHT), "2026-11-24 03:00"),
    (hours(4, "2026-11-24 04:00", shift=NIGHT), "2026-11-24 22:00"),  # 2 to 6, 2 from 20
    (hours(4, "2026-11-24 12:00", shift=NIGHT), "2026-11-25 00:00"),
    (hours(12, "2026-11-23 21:00", shift=NIGHT), "2026-11-24 23:00"),  # 9 to 6, 3 from 20
    (hours(4, "2026-11-23 22:00", shift=ALWAYS), "2026-11-24 02:00"),
    (hours(48, "2026-11-23 22:00", shift=ALWAYS), "2026-11-25 22:00"),
]


@pytest.mark.parametrize(("clock", "due"), DUE_HOURS)
def test_hours_of_shift_are_counted_as_by_hand(clock: CaseClock, due: str) -> None:
    assert clock.due(CALENDAR) == at(due)


MARKS = [
    # 2 days, Tue 24 and Wed 25: one is gone when Wednesday opens; 1.6: Wednesday + 0.6 of 8 hours.
    (days(2, "2026-11-23 09:00"), "2026-11-25 09:00", "2026-11-25 13:48", "2026-11-26 00:00", "2026-11-27 00:00"),
    # 3 days, Thu 26, Fri 27, Mon 30: 1.5 is Friday at 13; 2.4 is Monday + 3.2 hours.
    (days(3, "2026-11-25 09:00"), "2026-11-27 13:00", "2026-11-30 12:12", "2026-12-01 00:00", "2026-12-02 00:00"),
    # 5 days, 26, 27, 30, 1, 2: 2.5 is Mon 30 at 13; 4 are gone when Wed 2 opens.
    (days(5, "2026-11-25 09:00"), "2026-11-30 13:00", "2026-12-02 09:00", "2026-12-03 00:00", "2026-12-04 00:00"),
    # 10 days to Mon 7: the sixth is Tue 1, the ninth Fri 4.
    (days(10, "2026-11-23 09:00"), "2026-12-01 09:00", "2026-12-04 09:00", "2026-12-08 00:00", "2026-12-09 00:00"),
    # 3 days over the Spring Festival, Sat 14, Tue 24, Wed 25; a day beyond is Thu 26.
    (days(3, "2026-02-13 09:00"), "2026-02-24 13:00", "2026-02-25 12:12", "2026-02-26 00:00", "2026-02-27 00:00"),
    # Due on a Friday: a working day beyond is Monday.
    (days(2, "2026-11-25 09:00"), "2026-11-27 09:00", "2026-11-27 13:48", "2026-11-28 00:00", "2026-12-01 00:00"),
    # 4 hours from 20 o'clock: 2 at 22, 3.2 at 9:12, 4 at 10, 5 at 11.
    (hours(4, "2026-11-23 20:00"), "2026-11-23 22:00", "2026-11-24 09:12", "2026-11-24 10:00", "2026-11-24 11:00"),
    # Paused after its half: the half stays where it was, the rest waits for two hours.
    (
        hours(4, "2026-11-23 09:00", (("2026-11-23 12:00", "2026-11-23 14:00"),)),
        "2026-11-23 11:00",
        "2026-11-23 14:12",
        "2026-11-23 15:00",
        "2026-11-23 16:00",
    ),
    # Paused on Wed 2, after the half, up to Fri 4: (3, 4) come on top of Fri 4 and of Mon 7.
    (
        days(10, "2026-11-23 09:00", (("2026-12-02 10:00", "2026-12-04 12:00"),)),
        "2026-12-01 09:00",
        "2026-12-08 09:00",
        "2026-12-10 00:00",
        "2026-12-11 00:00",
    ),
]


@pytest.mark.parametrize(("clock", "half", "fifths", "due", "over"), MARKS)
def test_each_mark_is_passed_at_its_moment(clock: CaseClock, half: str, fifths: str, due: str, over: str) -> None:
    moments = dict(zip(Mark, map(at, (half, fifths, due, over)), strict=True))
    found, now = {}, clock.started
    while (coming := clock.next_mark(CALENDAR, now)) is not None:
        found[coming[0]], now = coming[1], coming[1]
    assert found == moments
    for place, (mark, moment) in enumerate(moments.items()):
        assert clock.passed(CALENDAR, moment) == tuple(Mark)[: place + 1]
        assert mark not in clock.passed(CALENDAR, moment - timedelta(seconds=1))


OVERLAID = [
    (days(2, "2026-11-23 09:00"), {"2026-11-24": False}, "2026-11-26"),  # a typhoon on Tue: Wed 25, Thu 26
    (days(2, "2026-11-27 09:00"), {"2026-11-28": True}, "2026-11-30"),  # a worked Saturday: Sat 28, Mon 30
    (
        days(2, "2027-02-05 09:00"),  # the Spring Festival of 2027, written by the desk: off 8-12, Sun 14 is worked
        {**{f"2027-02-{day:02d}": False for day in range(8, 13)}, "2027-02-14": True},
        "2027-02-15",
    ),
]


@pytest.mark.parametrize(("clock", "written", "last"), OVERLAID)
def test_what_the_desk_writes_over_the_calendar_counts(clock: CaseClock, written: dict[str, bool], last: str) -> None:
    calendar = replace(CALENDAR, overlay={date.fromisoformat(day): works for day, works in written.items()})
    assert clock.due(calendar) == at(f"{last} 00:00") + timedelta(days=1)


def test_years_without_a_notice_are_named() -> None:
    now = at("2026-12-31 12:00")
    assert days(2, "2026-12-31 10:00").stands(CALENDAR, now).unsure == (2027,)
    assert days(2, "2026-12-28 10:00").stands(CALENDAR, now).unsure == ()


REMAINING = [
    (days(2, "2026-11-23 09:00"), "2026-11-23 12:00", 2),  # Tue, Wed
    (days(2, "2026-11-23 09:00"), "2026-11-25 23:59", 0),  # its last day
    (days(2, "2026-11-23 09:00"), "2026-11-26 00:00", -1),  # Thu is beyond
    (days(2, "2026-11-25 09:00"), "2026-11-29 12:00", 0),  # due on Fri 27: of Sunday no working day is lost yet
    (days(2, "2026-11-25 09:00"), "2026-12-01 12:00", -2),  # Mon 30, Tue 1
    (days(10, "2026-02-13 10:00"), "2026-02-20 10:00", 9),  # in the holiday: 24-28 are 5, March 2-5 are 9
    (hours(4, "2026-11-23 20:00"), "2026-11-23 21:30", 150),  # to 22, and 8 to 10
    (hours(4, "2026-11-23 20:00"), "2026-11-24 03:00", 120),  # the night does not count
    (hours(4, "2026-11-23 20:00"), "2026-11-24 10:45", -45),
]


@pytest.mark.parametrize(("clock", "now", "left"), REMAINING)
def test_what_is_left_is_counted_as_by_hand(clock: CaseClock, now: str, left: int) -> None:
    assert clock.stands(CALENDAR, at(now)).remaining == left


def test_a_paused_clock_has_no_day_and_passes_nothing() -> None:
    paused = days(2, "2026-11-23 09:00").paused(at("2026-11-24 10:00"), "granted")
    stands = paused.stands(CALENDAR, at("2026-12-24 10:00"))
    assert (stands.due, stands.remaining, stands.passed, stands.overdue) == (None, None, (), False)
    assert paused.next_mark(CALENDAR, at("2026-11-24 10:00")) is None


def test_the_table_is_as_long_as_promised() -> None:
    assert len(LAST_DAYS) + len(DUE_HOURS) + len(MARKS) + len(OVERLAID) >= 60
