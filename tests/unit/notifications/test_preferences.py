"""When and how a person is told: quiet hours, digests, text messages, what stands above a choice, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Outcome
from notifications.preferences.errors import CannotBeTurnedOff, SourceUnknown, TimeZoneUnknown, TooManyChoices
from notifications.preferences.model import (
    NOT,
    NOW,
    PROTECTED,
    Change,
    Choice,
    ChoiceChange,
    Decision,
    How,
    Mode,
    Plan,
    Preferences,
    Reason,
    Topic,
    Urgency,
    decide,
    parse_source,
)
from notifications.preferences.quiet import QuietHours

NIGHT = QuietHours(time(22), time(7))
WAIT = timedelta(minutes=15)
BASE = Preferences("c", quiet=NIGHT)
DAY = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai
EVENING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
MORNING = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # 07:00 in Shanghai
DIGEST = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai
NORMAL, URGENT, LEGAL = Urgency.NORMAL, Urgency.URGENT, Urgency.LEGAL


def at(moment: datetime) -> Plan:
    return Plan(How.AT, moment)


def chosen(push: Mode, sms: bool = False, source: str = "card") -> Preferences:
    return replace(BASE, choices={source: Choice(push, sms)})


def reasons(*names: str) -> tuple[Reason, ...]:
    return tuple(Reason(name) for name in names)


@pytest.mark.parametrize(
    ("preferences", "source", "urgency", "now", "has_push", "expected"),
    [
        (BASE, "card", NORMAL, DAY, True, Decision(NOW, NOT, ())),
        (BASE, "card", NORMAL, EVENING, True, Decision(at(MORNING), NOT, reasons("quiet_hours"))),
        (BASE, "card", URGENT, EVENING, True, Decision(NOW, NOT, reasons("urgent_overrides_quiet_hours"))),
        (
            BASE, "card", LEGAL, EVENING, True,
            Decision(NOW, at(EVENING + WAIT), reasons("legal_notice", "sms_fallback")),
        ),
        (BASE, "card", NORMAL, DAY, False, Decision(NOT, NOT, reasons("no_push_device"))),
        (
            BASE, "card", LEGAL, EVENING, False,
            Decision(NOT, NOW, reasons("legal_notice", "no_push_device", "sms_instead_of_push")),
        ),
        (BASE, "account", NORMAL, DAY, True, Decision(NOW, at(DAY + WAIT), reasons("sms_fallback"))),
        (
            BASE, "account", NORMAL, EVENING, True,
            Decision(at(MORNING), at(MORNING + WAIT), reasons("quiet_hours", "sms_fallback")),
        ),
        (
            BASE, "account", NORMAL, EVENING, False,
            Decision(NOT, at(MORNING), reasons("no_push_device", "sms_instead_of_push", "quiet_hours")),
        ),
        (chosen(Mode.OFF), "card", NORMAL, DAY, True, Decision(NOT, NOT, reasons("turned_off"))),
        (chosen(Mode.OFF), "card", URGENT, DAY, True, Decision(NOT, NOT, reasons("turned_off"))),
        (
            chosen(Mode.OFF), "card", LEGAL, DAY, True,
            Decision(NOW, at(DAY + WAIT), reasons("legal_notice", "sms_fallback")),
        ),
        (
            chosen(Mode.OFF, sms=True), "card", NORMAL, DAY, True,
            Decision(NOT, NOW, reasons("turned_off", "sms_instead_of_push")),
        ),
        (
            chosen(Mode.DIGEST, sms=True), "card", NORMAL, DAY, True,
            Decision(Plan(How.DIGEST, DIGEST), NOT, reasons("digest_chosen")),
        ),
        (chosen(Mode.DIGEST), "card", URGENT, DAY, True, Decision(NOW, NOT, reasons("urgent_overrides_digest"))),
        (
            chosen(Mode.DIGEST), "card", NORMAL, DAY, False,
            Decision(NOT, NOT, reasons("digest_chosen", "no_push_device")),
        ),
        (
            chosen(Mode.OFF, source="account"), "account", NORMAL, DAY, True,
            Decision(NOW, NOT, reasons("cannot_be_turned_off")),
        ),
        (replace(chosen(Mode.ON, sms=True), sms_after=None), "card", NORMAL, DAY, True, Decision(NOW, NOT, ())),
        (
            replace(chosen(Mode.ON, sms=True), sms_after=timedelta(hours=8)), "card", NORMAL, DIGEST, True,
            Decision(NOW, at(MORNING), reasons("sms_fallback")),
        ),
    ],
)  # fmt: skip
def test_how_a_message_reaches_a_person(
    preferences: Preferences, source: str, urgency: Urgency, now: datetime, has_push: bool, expected: Decision
) -> None:
    assert decide(preferences, source, urgency, now, has_push=has_push) == expected


def test_a_provider_is_told_apart_from_all_others() -> None:
    preferences = replace(BASE, choices={"org:*": Choice(Mode.OFF), "org:library": Choice(Mode.ON)})
    found = [preferences.choice(source).push for source in ("org:library", "org:bus", "card")]
    assert found == [Mode.ON, Mode.OFF, Mode.ON]


@pytest.mark.parametrize("source", ["account", "card", "lookups", "family", "news", "org:*", "org:library.1-x_Y"])
def test_a_source_is_a_topic_or_a_provider(source: str) -> None:
    assert parse_source(source) == source


@pytest.mark.parametrize("source", ["", "weather", "ACCOUNT", "org:", "org", "org:\n", "org:图书馆", "org:" + "a" * 41])
def test_any_other_source_is_unknown(source: str) -> None:
    with pytest.raises(SourceUnknown):
        parse_source(source)


def test_left_out_stays_and_none_goes_back_to_the_default() -> None:
    was = Preferences(
        "c",
        choices={"card": Choice(Mode.OFF, True), "news": Choice(Mode.DIGEST)},
        quiet=NIGHT,
        time_zone="Europe/London",
        digest_at=time(8),
        sms_after=None,
        lock_screen_personal=True,
        version=4,
    )
    assert was.changed(Change()) == replace(was, version=5)
    back = Change(choices=None, quiet=None, time_zone=None, digest_at=None, sms_after=None, lock_screen_personal=None)
    assert was.changed(back) == Preferences("c", version=5)
    one = was.changed(
        Change(choices={"card": ChoiceChange(None, None), "news": ChoiceChange(sms=True), "lookups": ChoiceChange()})
    )
    assert one.choices == {"news": Choice(Mode.DIGEST, True)}
    half = was.changed(Change(choices={"card": ChoiceChange(push=None)}))
    assert half.choices["card"] == Choice(Mode.ON, True)
    assert was.changed(Change(sms_after=timedelta(0))).sms_after is None
    assert was.changed(Change(sms_after=timedelta(hours=1))).sms_after == timedelta(hours=1)


def test_a_half_of_a_choice_is_taken_from_what_holds_for_all_providers() -> None:
    was = replace(BASE, choices={"org:*": Choice(Mode.OFF, True)})
    changed = was.changed(Change(choices={"org:library": ChoiceChange(push=Mode.DIGEST)}))
    assert changed.choices["org:library"] == Choice(Mode.DIGEST, True)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (Change(choices={"account": ChoiceChange(Mode.OFF, False)}), CannotBeTurnedOff("account")),
        (Change(time_zone="Mars/Olympus"), TimeZoneUnknown()),
        (Change(time_zone="../../etc/passwd"), TimeZoneUnknown()),
        (Change(time_zone=""), TimeZoneUnknown()),
        (Change(choices={f"org:{n}": ChoiceChange(Mode.OFF) for n in range(501)}), TooManyChoices(500)),
    ],
)
def test_what_cannot_be_chosen_is_named(change: Change, fault: Outcome) -> None:
    with pytest.raises(type(fault)) as refused:
        BASE.changed(change)
    assert refused.value.data == fault.data


@pytest.mark.parametrize("choice", [Choice(Mode.OFF, True), Choice(Mode.ON, False), Choice(Mode.DIGEST, False)])
def test_the_account_may_be_told_by_one_channel_alone(choice: Choice) -> None:
    changed = BASE.changed(Change(choices={"account": ChoiceChange(choice.push, choice.sms)}))
    assert changed.choice("account") == choice


@pytest.mark.parametrize(
    ("zone", "quiet", "now", "until"),
    [
        # 29 March 2026, London: 01:00 is followed by 02:00.
        ("Europe/London", (time(22), time(1, 30)), "2026-03-29T00:30+00:00", "2026-03-29T01:30+00:00"),
        # 25 October 2026, London: 02:00 is followed by 01:00 again; the first 01:30 ends the quiet hours …
        ("Europe/London", (time(22), time(1, 30)), "2026-10-25T00:15+01:00", "2026-10-25T01:30+01:00"),
        # … and the second round of them ends by the second.
        ("Europe/London", (time(22), time(1, 30)), "2026-10-25T01:15+00:00", "2026-10-25T01:30+00:00"),
        # All the day but half an hour which the clocks jump over: it is quiet until the day after.
        ("Europe/London", (time(1, 45), time(1, 15)), "2026-03-28T12:00+00:00", "2026-03-30T01:15+01:00"),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", (time(22), time(7)), "2011-12-29T23:00-10:00", "2011-12-31T07:00+14:00"),
        ("Asia/Shanghai", (time(0), time(7)), "2026-03-02T00:00+08:00", "2026-03-02T07:00+08:00"),
        ("Asia/Shanghai", (time(22), time(0)), "2026-03-02T23:59+08:00", "2026-03-03T00:00+08:00"),
    ],
)
def test_quiet_hours_end_when_the_clocks_of_the_place_say_so(
    zone: str, quiet: tuple[time, time], now: str, until: str
) -> None:
    preferences = Preferences("c", quiet=QuietHours(*quiet), time_zone=zone)
    assert preferences.unquiet(datetime.fromisoformat(now)) == datetime.fromisoformat(until)


def test_quiet_hours_of_no_length_are_none() -> None:
    preferences = replace(BASE, quiet=QuietHours(time(22), time(22)))
    assert not any(preferences.quiet_at(DAY + timedelta(minutes=30 * n)) for n in range(48))


ZONES = ("Asia/Shanghai", "Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo",
         "America/Sao_Paulo", "Asia/Kathmandu")  # fmt: skip
CLOCK = st.times().map(lambda shown: shown.replace(second=0, microsecond=0))
MOMENTS = st.integers(0, 30 * 365 * 86_400).map(lambda n: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=n))
CHOICES = st.builds(Choice, st.sampled_from(Mode), st.booleans())
PEOPLE = st.builds(
    Preferences,
    st.just("c"),
    choices=st.dictionaries(st.sampled_from([*Topic, "org:*", "org:library"]).map(str), CHOICES),
    quiet=st.none() | st.builds(QuietHours, CLOCK, CLOCK),
    time_zone=st.sampled_from(ZONES),
    digest_at=CLOCK,
    sms_after=st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=1)),
)
ASKED = (PEOPLE, st.sampled_from([*Topic, "org:library"]).map(str), st.sampled_from(Urgency), MOMENTS, st.booleans())


def _moments_near_a_change(zone: str) -> list[datetime]:
    """Every quarter of an hour around the days on which the zone's clocks change in 2010 to 2012."""
    start, place = datetime(2010, 1, 1, tzinfo=UTC), ZoneInfo(zone)
    days = [start + timedelta(days=n) for n in range(1_095)]
    offsets = [day.astimezone(place).utcoffset() for day in days]
    changing = [day for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after]
    return [day + timedelta(minutes=15 * n) for day in changing[:6] for n in range(-8, 120)]


@given(*ASKED)
def test_what_waits_waits_for_a_later_moment_outside_quiet_hours(
    preferences: Preferences, source: str, urgency: Urgency, now: datetime, has_push: bool
) -> None:
    decision = decide(preferences, source, urgency, now, has_push=has_push)
    for plan in (decision.push, decision.sms):
        assert (plan.at is None) is (plan.how in (How.NOW, How.NOT))
        if plan.at is not None:
            assert now < plan.at
            assert urgency is not NORMAL or not preferences.quiet_at(plan.at)
        if plan.how is How.NOW and preferences.quiet_at(now):
            assert urgency is not NORMAL


@given(*ASKED)
def test_what_the_law_tells_always_rings_and_what_is_off_never_does(
    preferences: Preferences, source: str, urgency: Urgency, now: datetime, has_push: bool
) -> None:
    decision, choice = decide(preferences, source, urgency, now, has_push=has_push), preferences.choice(source)
    if urgency is LEGAL:
        assert decision.push == (NOW if has_push else NOT)
        assert decision.sms.how is (How.AT if has_push else How.NOW)
    elif choice.silent and source not in PROTECTED:
        assert (decision.push, decision.sms) == (NOT, NOT)
    elif not choice.sms:
        assert decision.sms == NOT
    if not has_push:
        assert decision.push == NOT


@given(*ASKED)
def test_whatever_is_not_a_push_at_once_has_a_reason(
    preferences: Preferences, source: str, urgency: Urgency, now: datetime, has_push: bool
) -> None:
    decision = decide(preferences, source, urgency, now, has_push=has_push)
    assert len(set(decision.reasons)) == len(decision.reasons)
    assert decision.reasons or (decision.push == NOW and decision.sms == NOT)
    assert (Reason.QUIET_HOURS in decision.reasons) <= (preferences.quiet_at(now) and urgency is NORMAL)
    assert (Reason.SMS_FALLBACK in decision.reasons) is (decision.push.how is not How.NOT and decision.sms != NOT)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hours", [(22, 0, 7, 0), (23, 45, 1, 30), (2, 15, 1, 45), (0, 0, 2, 0), (1, 0, 3, 0)])
def test_where_clocks_change_quiet_hours_end_within_two_days_and_outside_themselves(zone: str, hours: Any) -> None:
    quiet = QuietHours(time(hours[0], hours[1]), time(hours[2], hours[3]))
    preferences = Preferences("c", quiet=quiet, time_zone=zone)
    for now in _moments_near_a_change(zone):
        until = preferences.unquiet(now)
        assert now <= until < now + timedelta(days=2, hours=2)
        assert not preferences.quiet_at(until)
        assert (until == now) is not preferences.quiet_at(now)
        digest = preferences.next_digest(now)
        assert now < digest < now + timedelta(days=3)
        assert not preferences.quiet_at(digest)
