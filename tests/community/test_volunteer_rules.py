"""Stars, codes that rotate, places and times of check-ins, minutes, and who may be called when: without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import civil_day
from app.core.errors import BadInput
from app.core.ids import new_id
from app.core.places.model import Point
from app.core.said import Said
from app.domains.community.responders.calls.model import Reply, ReplyState
from app.domains.community.responders.errors import ResponderInvalid
from app.domains.community.responders.model import Hours, Near, Responder
from app.domains.community.volunteers.activities.errors import ActivityInvalid, ActivityNotOpen
from app.domains.community.volunteers.activities.model import Activity, ActivityState, Span, Terms
from app.domains.community.volunteers.check_ins.errors import (
    CheckInCodeStale,
    CheckInCodeUnknown,
    CheckInOver,
    CheckInTooEarly,
    CheckInTooFar,
    FixTooCoarse,
)
from app.domains.community.volunteers.check_ins.flags.model import FlagState, found_in
from app.domains.community.volunteers.check_ins.model import (
    TURNS,
    CheckIn,
    Fix,
    FlagKind,
    Presence,
    Way,
    demand_time,
    read,
    show,
)
from app.domains.community.volunteers.hours.errors import VolunteerHoursNeedAnother, VolunteerHoursNotReady
from app.domains.community.volunteers.hours.model import (
    FOUR_EYES_OVER,
    MOST_A_DAY,
    Entry,
    HoursState,
    entry_of,
    minutes_of,
)
from app.domains.community.volunteers.hours.thanks.model import points_of
from app.domains.community.volunteers.model import Skill, check_digit, hours_to_next, new_number, stars_of
from app.domains.community.wishes.errors import MicroWishInvalid, MicroWishNotOpen, MicroWishOwn, MicroWishTaken
from app.domains.community.wishes.model import MicroWish, Whom, WishKind, WishState, WishWords
from tests.support.volunteering import LAKE, north

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # nine in the morning


def signed(text: str) -> str:
    return f"{sum(map(ord, text)):064x}"


def activity(hours: float = 3, **changed: object) -> Activity:
    span = Span(NOW, NOW + timedelta(hours=hours))
    terms = Terms("g", Said("清洁"), Said("沿湖清洁"), LAKE, "东门", span, 10, 150, 20)
    made = Activity(new_id(), "org", terms, ActivityState.PUBLISHED, NOW - timedelta(days=1))
    return replace(made, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "stars", "missing"),
    [
        (0, 0, 100),
        (99.99, 0, 1),
        (100, 1, 200),
        (299, 1, 1),
        (300, 2, 300),
        (600, 3, 400),
        (1000, 4, 500),
        (1499.5, 4, 1),
        (1500, 5, None),
        (9000, 5, None),
    ],
)
def test_stars_follow_from_hours(hours: float, stars: int, missing: int | None) -> None:
    assert (stars_of(int(hours * 60)), hours_to_next(int(hours * 60))) == (stars, missing)


def test_a_number_of_a_volunteer_has_a_check_digit() -> None:
    number = new_number()
    assert len(number) == 17
    assert number.startswith("3501")
    assert check_digit(number[:-1]) == number[-1]
    other = str((int(number[5]) + 1) % 10)
    assert check_digit(number[:5] + other + number[6:-1]) != number[-1]


@given(st.integers(0, 10**6), st.sampled_from(list(Way)))
def test_a_code_is_good_while_it_is_shown_and_as_long_again(seconds: int, way: Way) -> None:
    shown_at = NOW + timedelta(seconds=seconds)
    id_ = new_id()
    shown = show(id_, way, shown_at, signed)
    assert timedelta(0) < shown.until - shown_at <= timedelta(seconds=TURNS)
    for later in (shown_at, shown.until, shown.until + timedelta(seconds=TURNS - 1)):
        assert read(f" {shown.text.lower()} ", way, later, signed).activity == id_
    with pytest.raises(CheckInCodeStale):
        read(shown.text, way, shown.until + timedelta(seconds=TURNS), signed)
    with pytest.raises(CheckInCodeStale):
        read(shown.text, way, shown_at - timedelta(seconds=TURNS), signed)
    with pytest.raises(CheckInCodeUnknown):
        read(shown.text, Way.OUT if way is Way.IN else Way.IN, shown_at, signed)


@pytest.mark.parametrize("text", ["", "RONGVA:", "RONGVA:AAAA", "RONG:" + "A" * 52, "RONGVA:" + "é" * 52, "x" * 9_000])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(CheckInCodeUnknown):
        read(text, Way.IN, NOW, signed)


def test_a_code_with_another_proof_is_refused() -> None:
    shown = show(new_id(), Way.IN, NOW, signed)
    forged = shown.text[:-3] + ("AAA" if shown.text[-3:] != "AAA" else "BBB")
    with pytest.raises(CheckInCodeUnknown):
        read(forged, Way.IN, NOW, signed)


@pytest.mark.parametrize(
    ("metres", "accuracy", "near"), [(0, 5, True), (149, 0, True), (180, 40, True), (230, 90, False), (400, 100, False)]
)
def test_near_is_within_the_place_and_what_the_phone_is_off(metres: float, accuracy: float, near: bool) -> None:
    fix = Fix(north(metres), accuracy)
    if near:
        assert abs(fix.demand_near(activity()) - metres) <= 1
    else:
        with pytest.raises(CheckInTooFar) as far:
            fix.demand_near(activity())
        assert (far.value.within, abs(far.value.metres - metres) <= 1) == (150, True)


def test_a_coarse_fix_says_nothing_and_none_at_all_is_no_fix() -> None:
    with pytest.raises(FixTooCoarse):
        Fix(LAKE, 101).checked()
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(BadInput):
            Fix(LAKE, wrong).checked()


@pytest.mark.parametrize(
    ("minutes", "way", "error"),
    [
        (-61, Way.IN, CheckInTooEarly),
        (-60, Way.IN, None),
        (179, Way.IN, None),
        (180, Way.IN, CheckInOver),
        (180, Way.OUT, None),
        (299, Way.OUT, None),
        (300, Way.OUT, CheckInOver),
    ],
)
def test_one_checks_in_from_an_hour_before_and_out_until_two_after(
    minutes: int, way: Way, error: type[Exception] | None
) -> None:
    moment = NOW + timedelta(minutes=minutes)
    if error is None:
        demand_time(activity(), way, moment)
    else:
        with pytest.raises(error):
            demand_time(activity(), way, moment)
    with pytest.raises(ActivityNotOpen):
        demand_time(activity(state=ActivityState.CANCELLED), way, moment)


def test_nobody_is_faster_than_a_train() -> None:
    was = Presence("c", None, NOW, NOW, Fix(LAKE, 10))
    assert was.too_fast(Fix(north(60_000), 10), NOW + timedelta(minutes=10))
    assert not was.too_fast(Fix(north(60_000), 10), NOW + timedelta(minutes=40))
    assert not was.too_fast(Fix(north(900), 10), NOW + timedelta(seconds=1))
    assert not replace(was, fix=None).too_fast(Fix(north(60_000), 10), NOW)


def came(citizen: str, device: str = "", spot: str = "", **changed: object) -> CheckIn:
    one = CheckIn("a", citizen, "org", NOW, 5, device or citizen, spot or citizen, None)
    return replace(one, **changed)  # type: ignore[arg-type]


def test_one_phone_for_two_three_at_one_spot_and_a_flight_are_found() -> None:
    there = [came("a", device="x"), came("b", device="x"), came("c", spot="s"), came("d", spot="s")]
    kinds = {(one.citizen, one.kind) for one in found_in([*there, came("e", too_fast=True)], NOW)}
    assert kinds == {("a", FlagKind.SHARED_PHONE), ("b", FlagKind.SHARED_PHONE), ("e", FlagKind.TOO_FAST)}
    at_a_spot = found_in([*there, came("f", spot="s")], NOW)
    assert {one.citizen for one in at_a_spot if one.kind is FlagKind.SAME_SPOT} == {"c", "d", "f"}
    assert all(one.others == 2 for one in at_a_spot if one.kind is FlagKind.SAME_SPOT)


@given(st.integers(-90, 300), st.integers(0, 500))
def test_minutes_lie_within_the_activity_and_are_never_more_than_were_stayed(start: int, stayed: int) -> None:
    here = came("a", at=NOW + timedelta(minutes=start), out_at=NOW + timedelta(minutes=start + stayed, seconds=59))
    minutes = minutes_of(activity(), here)
    assert 0 <= minutes <= min(stayed, 180)
    inside = [m for m in range(start, start + stayed) if 0 <= m < 180]
    assert minutes == len(inside) or minutes == min(180, len(inside))


def test_who_did_not_check_out_has_no_minutes_and_nobody_more_than_eight_hours() -> None:
    assert minutes_of(activity(), came("a")) == 0
    assert minutes_of(activity(hours=12), came("a", out_at=NOW + timedelta(hours=12))) == MOST_A_DAY


def entry(minutes: int, state: HoursState = HoursState.READY) -> Entry:
    return Entry("a", "c", "org", civil_day(NOW), minutes, state, "chen", NOW)


def test_many_hours_need_two_people_and_not_the_same_twice() -> None:
    long = entry_of(activity(hours=8), came("c", out_at=NOW + timedelta(hours=8)), [], "chen", NOW)
    assert (long.minutes, long.state) == (480, HoursState.NEEDS_ANOTHER)
    with pytest.raises(VolunteerHoursNeedAnother):
        long.approved("chen")
    assert long.approved("lin").state is HoursState.READY
    short = entry(60).counted(480, NOW)
    raised = short.corrected(FOUR_EYES_OVER + 1, "签退遗漏", "lin", NOW)
    assert raised.state is HoursState.NEEDS_ANOTHER
    with pytest.raises(VolunteerHoursNeedAnother):
        raised.approved("lin")
    assert raised.approved("chen").state is HoursState.READY
    with pytest.raises(VolunteerHoursNotReady):
        entry(60, HoursState.HELD).corrected(30, "早退", "lin", NOW)


@given(st.integers(0, 480), st.integers(-50, 480))
def test_of_a_day_no_more_is_counted_than_is_left(minutes: int, left: int) -> None:
    counted = entry(minutes).counted(left, NOW)
    assert counted.published == max(0, min(minutes, left))
    assert counted.state is HoursState.PUBLISHED


def test_hours_wait_while_a_finding_is_open_and_do_not_count_when_it_is_upheld() -> None:
    flag = found_in([came("c", too_fast=True)], NOW)[0]
    held = entry_of(activity(), came("c", out_at=NOW + timedelta(hours=2)), [flag], "chen", NOW)
    assert held.state is HoursState.HELD
    assert held.after_flags([flag]) is held
    cleared = flag.decided(FlagState.CLEARED, "乘高铁来的", "chen", NOW)
    assert held.after_flags([cleared]).state is HoursState.READY
    upheld = flag.decided(FlagState.UPHELD, "代签", "chen", NOW)
    assert held.after_flags([cleared, upheld]).state is HoursState.REFUSED


def test_points_are_for_whole_hours_parts_and_never_too_many() -> None:
    assert [points_of(minutes, 20) for minutes in (0, 2, 3, 90, 480)] == [0, 0, 1, 30, 160]
    assert points_of(480, 100) == 500


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("title", {"title": Said("x")}),
        ("words", {"words": Said("")}),
        ("address", {"address": " "}),
        ("endsAt", {"span": Span(NOW, NOW + timedelta(minutes=5))}),
        ("endsAt", {"span": Span(NOW, NOW - timedelta(hours=5))}),
        ("places", {"places": 0}),
        ("within", {"within": 5}),
        ("points", {"points": -1}),
    ],
)
def test_terms_that_cannot_be_name_their_field(field: str, changed: dict[str, object]) -> None:
    with pytest.raises(ActivityInvalid) as wrong:
        replace(activity().terms, **changed).checked()  # type: ignore[arg-type]
    assert wrong.value.field == field


# Micro-wishes


def wish(state: WishState = WishState.OPEN) -> MicroWish:
    words = WishWords("换灯泡", "厨房的灯坏了")
    return MicroWish("w", "org", WishKind.REPAIR, Whom.OLDER, 7, state, NOW, words, wisher="chen")


def test_a_wish_is_claimed_done_confirmed_and_thanked_for_once() -> None:
    held = wish().claimed("lin", NOW)
    assert held.due_at == NOW + timedelta(days=7)
    done = held.done("换好了", (), NOW).judged(NOW, fulfilled=True).thanked("谢谢", ())
    assert (done.state, done.words and done.words.thanks) == (WishState.CONFIRMED, "谢谢")
    with pytest.raises(MicroWishNotOpen):
        done.thanked("再谢", ())
    for state in (WishState.CLAIMED, WishState.DONE, WishState.CONFIRMED):
        with pytest.raises(MicroWishTaken):
            wish(state).claimed("wu", NOW)
    with pytest.raises(MicroWishOwn):
        wish().claimed("chen", NOW)
    with pytest.raises(MicroWishNotOpen):
        wish(WishState.WITHDRAWN).claimed("wu", NOW)


def test_what_was_not_done_is_open_again_and_what_was_not_so_is_the_holders_still() -> None:
    lapsed = wish().claimed("lin", NOW).freed(lapsed=True)
    assert (lapsed.state, lapsed.holder, lapsed.lapses) == (WishState.OPEN, None, 1)
    again = wish().claimed("lin", NOW).done("好了", ("photo",), NOW).judged(NOW, fulfilled=False)
    assert (again.state, again.holder) == (WishState.CLAIMED, "lin")
    freed = again.freed()
    assert (freed.words, freed.files) == (wish().words, ())  # the next one is not taken for who said he had done it
    with pytest.raises(MicroWishInvalid):
        wish(WishState.SCREENING).screened("", publish=False)


# Responders


@pytest.mark.parametrize(
    ("since", "until", "at", "holds"),
    [
        ("08:00", "20:00", 9, True),
        ("08:00", "20:00", 20, False),
        ("22:00", "06:00", 23, True),
        ("22:00", "06:00", 5, True),
        ("22:00", "06:00", 12, False),
        ("00:00", "00:00", 3, True),
    ],
)
def test_hours_may_go_over_midnight(since: str, until: str, at: int, holds: bool) -> None:
    moment = datetime(2026, 11, 22, at, 30, tzinfo=UTC) - timedelta(hours=8)
    assert Hours(time.fromisoformat(since), time.fromisoformat(until)).hold(moment) is holds


def test_who_is_called_is_near_enough_for_both_and_can_what_is_asked() -> None:
    always = Hours(time(0), time(0))
    one = Near(Responder("c", frozenset({Skill.AED}), 500, always, NOW), north(400))
    assert one.can_come(LAKE, 1_000, frozenset(), NOW)
    assert one.can_come(LAKE, 1_000, frozenset({Skill.AED, Skill.FIRST_AID}), NOW)
    assert not one.can_come(LAKE, 300, frozenset(), NOW)
    assert not one.can_come(LAKE, 1_000, frozenset({Skill.FIRST_AID}), NOW)
    assert not replace(one, point=north(600)).can_come(LAKE, 1_000, frozenset(), NOW)


def test_who_comes_says_where_he_is_and_who_cannot_is_seen_no_more() -> None:
    called = Reply("k", "c", 400, NOW)
    with pytest.raises(ResponderInvalid):
        called.saying(ReplyState.GOING, None, NOW)
    with pytest.raises(ResponderInvalid):
        called.saying(ReplyState.CALLED, LAKE, NOW)
    with pytest.raises(ResponderInvalid):
        called.at_place(LAKE, NOW)
    going = called.saying(ReplyState.GOING, LAKE, NOW)
    assert going.saying(ReplyState.ARRIVED, None, NOW).point == LAKE
    assert going.saying(ReplyState.CANNOT, Point(1, 1), NOW).point is None
