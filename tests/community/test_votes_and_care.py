"""Votes: one home, one voice, counted by the rule of the law. Care: each step of a missed check-in once, in time."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Outcome
from app.core.events import Event
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from app.domains.community.care.model import CareEntry, CarePrivate, CareState, Rhythm, Sign, Told
from app.domains.community.residents.model import Relation
from app.domains.community.votes.errors import NotEntitled, VoteInvalid
from app.domains.community.votes.model import (
    ABSTAIN,
    AGAINST,
    AGREE,
    LEGAL_OPTIONS,
    Share,
    Voice,
    Vote,
    VoteRule,
    VoteTerms,
)
from app.wiring import City
from notifications.webhooks.deliveries.model import owner_of
from tests.support.api import Api
from tests.support.estates import Grounds, grounds, moved_in, named
from tests.support.fakes import MovableClock, RecordingSms

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, nine in the city
PAGE = PageRequest()
DAILY = Rhythm(tuple(range(7)), 10 * 60)


def vote(rule: VoteRule, homes: int = 12, area: int = 1_200) -> Vote:
    terms = VoteTerms(
        "维修资金", "使用维修资金更换电梯。", LEGAL_OPTIONS, rule, True, False, False, NOW + timedelta(days=1)
    )
    return Vote("v", "e", terms, Share(homes, area), NOW)


@pytest.mark.parametrize(
    ("rule", "agree", "against", "abstain", "quorate", "passed"),
    [
        (VoteRule.ORDINARY, 5, 3, 0, True, True),  # eight of twelve are two thirds
        (VoteRule.ORDINARY, 7, 0, 0, False, False),
        (VoteRule.ORDINARY, 4, 4, 0, True, False),  # more than half, not half
        (VoteRule.GRAVE, 6, 2, 0, True, True),  # three quarters are enough
        (VoteRule.GRAVE, 5, 3, 0, True, False),
        (VoteRule.GRAVE, 6, 0, 3, True, False),  # who abstains takes part
        (VoteRule.ORDINARY, 0, 0, 0, False, False),
    ],
)
def test_the_rule_of_the_civil_code(
    rule: VoteRule, agree: int, against: int, abstain: int, quorate: bool, passed: bool
) -> None:
    voices = [Voice(AGREE, 100)] * agree + [Voice(AGAINST, 100)] * against + [Voice(ABSTAIN, 100)] * abstain
    result = vote(rule).counted(voices)
    assert (result.quorate, result.passed) == (quorate, passed)


def test_area_and_number_are_both_asked() -> None:
    large = [Voice(AGREE, 1_000)] + [Voice(AGAINST, 20)] * 7
    result = vote(VoteRule.ORDINARY).counted(large)
    assert (result.quorate, result.passed) == (True, False)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 200)), max_size=12))
def test_the_order_of_the_voices_changes_nothing(drawn: list[tuple[int, int]]) -> None:
    voices = [Voice(*one) for one in drawn]
    assert vote(VoteRule.GRAVE).counted(voices) == vote(VoteRule.GRAVE).counted(reversed(voices))


async def opened(city: City, where: Grounds, *, secret: bool, changeable: bool = False) -> str:
    closes = city.clock.now() + timedelta(hours=2)
    words = ("是否增设充电桩", "在二号楼东侧增设十个充电桩。", ("增设", "不增设"))
    terms = VoteTerms(*words, VoteRule.ADVISORY, secret, changeable, True, closes)
    done = await city.services.community.together.voting.votes.open(where.keeper, where.code, terms, new_id())
    return done.vote.id


@pytest.mark.parametrize("secret", [True, False])
async def test_one_home_has_one_voice_of_fifty(shared_api: Api, secret: bool) -> None:
    city = shared_api.city
    where = await grounds(city)
    which, voting = await opened(city, where, secret=secret), city.services.community.together.voting
    owners = [await moved_in(city, where) for _ in range(3)]

    async def cast(number: int) -> str:
        citizen, home = owners[number % 3]
        try:
            await voting.casting.cast(named(citizen), which, home, number % 2, new_id())
        except Outcome as refused:
            return refused.code
        return "cast"

    assert Counter(await asyncio.gather(*map(cast, range(50)))) == {"cast": 1, "ALREADY_VOTED": 49}
    rows = await city.db["vote_turnouts"].find({"vote": which}).to_list(None)
    ballots = await city.db["vote_ballots"].find({"vote": which}).to_list(None)
    assert (len(rows), len(ballots)) == (1, 1 if secret else 0)
    if secret:
        assert set(rows[0]) == {"_id", "vote"}
        assert set(ballots[0]) == {"_id", "vote", "said"}


async def test_a_closed_vote_is_counted_once_and_counts_the_same_again(city: City, clock: MovableClock) -> None:
    where = await grounds(city)
    which, voting = await opened(city, where, secret=True), city.services.community.together.voting
    for room, option in (("101", 0), ("102", 0), ("103", 1)):
        citizen, home = await moved_in(city, where, room=room)
        await voting.casting.cast(named(citizen), which, home, option, new_id())
    clock.advance(hours=2, minutes=2)
    assert sorted(await asyncio.gather(*(voting.closing.sweep() for _ in range(3)))) == [0, 0, 1]
    again = await voting.closing.recount(which)
    assert again is not None
    assert again[0].result == again[1]
    assert [share.homes for share in again[1].options] == [2, 1]


async def test_a_voice_can_be_changed_where_that_was_declared(shared_api: Api) -> None:
    city = shared_api.city
    where = await grounds(city)
    which, voting = await opened(city, where, secret=False, changeable=True), city.services.community.together.voting
    citizen, home = await moved_in(city, where)
    for option in (0, 1):
        seen = await voting.casting.cast(named(citizen), which, home, option, new_id())
    assert (seen.voted, seen.mine[0].option) == (1, 1)


async def test_whoever_lives_there_is_told_once_that_a_vote_is_open_and_that_it_is_over(
    city: City, clock: MovableClock
) -> None:
    where, voting = await grounds(city), city.services.community.together.voting
    people = [(await moved_in(city, where, room=f"10{room}"))[0] for room in range(1, 4)]
    which = await opened(city, where, secret=True)
    for _ in range(2):
        await asyncio.gather(*(voting.telling.look() for _ in range(2)))
    clock.advance(hours=2, minutes=2)
    await voting.closing.sweep()
    await voting.telling.look()
    assert await voting.telling.look() == 0
    rows = await city.db["outbox"].find({"facts.vote": which}).to_list(None)
    assert Counter((row["citizen"], row["type"]) for row in rows) == {
        (citizen, type_): 1 for citizen in people for type_ in ("vote.open", "vote.closed")
    }


@pytest.mark.parametrize(
    ("file", "field"),
    [
        ("", "file"),
        ("building,room,area\n", "file"),
        ('building,room,area\n1,"101', "line 2"),
        ("building,room,area\n1,101,0\n", "line 2"),
        ("building,room,area\n1,101,1e999999999\n", "line 2"),
        ("building,room,area\n1,101,89.505\n", "line 2"),
        ("building\x00,room", "file"),
        (f"building,room,area\n1,101,{'9' * 140_000}\n", "file"),
    ],
)
async def test_a_file_that_is_none_is_refused_by_its_line(city: City, file: str, field: str) -> None:
    where = await grounds(city)
    with pytest.raises(VoteInvalid) as refused:
        await city.services.community.together.voting.rolls.enter(where.keeper, where.code, file, new_id())
    assert refused.value.field == field


async def test_whom_an_owner_empowered_votes_while_that_one_is_an_owner(city: City) -> None:
    where = await grounds(city)
    which, voting = await opened(city, where, secret=False, changeable=True), city.services.community.together.voting
    owner, home = await moved_in(city, where)
    other, theirs = await moved_in(city, where, relation=Relation.TENANT)
    with pytest.raises(NotEntitled):
        await voting.casting.cast(named(other), which, theirs, 0, new_id())
    await voting.casting.empower(named(owner), which, home, theirs, new_id(), agreed=True)
    seen = await voting.casting.cast(named(other), which, theirs, 0, new_id())
    assert seen.mine[0].entitled
    await city.services.community.neighbourhood.residents.leave(named(owner), home, new_id())
    with pytest.raises(NotEntitled):
        await voting.casting.cast(named(other), which, theirs, 1, new_id())


async def test_a_vote_that_cannot_be_counted_keeps_no_other_from_it(city: City, clock: MovableClock) -> None:
    where, voting = await grounds(city), city.services.community.together.voting
    broken, sound = await opened(city, where, secret=True), await opened(city, where, secret=False)
    await city.db["vote_ballots"].insert_one({"_id": new_id(), "vote": broken, "said": b"no ballot"})
    clock.advance(hours=2, minutes=2)
    assert await voting.closing.sweep() == 1
    closed = await voting.closing.recount(sound)
    assert closed is not None


# Care


def entry(**changed: object) -> CareEntry:
    parts = ("e", "c", "r", "estate", "committee", DAILY, CareState.ACTIVE, "c", NOW)
    made = CareEntry(*parts).begun(NOW - timedelta(hours=12))
    assert made.due_at == NOW + timedelta(hours=1)
    return made


def test_each_step_has_its_time() -> None:
    one, due, seen = entry(), NOW + timedelta(hours=1), []
    for _ in range(4):
        assert one.look_at is not None
        seen.append(one.look_at - due)
        one = one.further(one.look_at)
    assert seen == [timedelta(), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2)]
    assert (one.told, one.look_at) == (Told.CENTRE, due + timedelta(days=1))


def test_who_is_not_heard_of_stays_missed_and_each_further_round_is_told() -> None:
    one, due = entry(), NOW + timedelta(hours=1)
    for _ in range(4):
        assert one.look_at is not None
        one = one.further(one.look_at)
    next_day = one.further(due + timedelta(days=1, minutes=1))
    assert (next_day.told, next_day.due_at) == (Told.HIMSELF, due + timedelta(days=1))
    # Nobody looked for three days: that is one missed round, not three.
    later = one.further(due + timedelta(days=3, hours=1))
    assert (later.told, later.due_at) == (Told.HIMSELF, due + timedelta(days=3))
    assert later.look_at == due + timedelta(days=3, minutes=30)


def test_who_checks_in_twice_has_not_checked_in_for_tomorrow() -> None:
    once = entry().signed(Sign.APP, NOW)
    assert once.due_at == NOW + timedelta(days=1, hours=1)
    assert once.signed(Sign.APP, NOW + timedelta(minutes=5)).due_at == once.due_at


@given(st.integers(0, 60 * 24 * 14), st.sets(st.integers(0, 6), min_size=1), st.integers(360, 1320))
def test_a_round_ends_later_and_within_a_week(minutes: int, weekdays: set[int], minute: int) -> None:
    moment = NOW + timedelta(minutes=minutes)
    end = Rhythm(tuple(sorted(weekdays)), minute).after(moment)
    assert moment < end <= moment + timedelta(days=7, minutes=1)


async def test_a_missed_check_in_is_told_step_by_step_each_once(city: City, clock: MovableClock) -> None:
    where, caring = await grounds(city), city.services.community.together.caring
    citizen, home = await moved_in(city, where)
    private = CarePrivate("陈女士", "13900001234")
    seen = await caring.entries.enter(named(citizen), home, DAILY, private, new_id())
    due = seen.entry.due_at
    assert due is not None
    clock.advance(seconds=(due - clock.now()).total_seconds() + 1)
    for minutes in (0, 31, 30, 61):
        clock.advance(minutes=minutes)
        await asyncio.gather(*(caring.escalation.sweep() for _ in range(3)))
    mine = await caring.entries.mine(named(citizen))
    assert mine is not None
    assert [step.told for step in mine.steps] == [Told.CENTRE, Told.OFFICER, Told.CONTACT, Told.HIMSELF]
    assert [one.id for one in (await caring.keeping.missed(Viewer(Role.OPS, "desk"), PAGE)).items] == [seen.entry.id]
    done = await caring.entries.check_in(named(citizen), new_id())
    assert not done.entry.missed
    assert await caring.escalation.sweep() == 0
    assert await city.db["care_posts"].count_documents({"citizen": citizen, "open": False}) == 1


async def test_a_contact_hears_nothing_of_who_was_heard_of_meanwhile(
    city: City, clock: MovableClock, sms: RecordingSms
) -> None:
    where, caring = await grounds(city), city.services.community.together.caring
    citizen, home = await moved_in(city, where)
    seen = await caring.entries.enter(named(citizen), home, DAILY, CarePrivate("陈女士", "13900009876"), new_id())
    due = seen.entry.due_at
    assert due is not None
    clock.advance(seconds=(due - clock.now()).total_seconds() + 1)
    clock.advance(minutes=31)
    sms.down = True
    await caring.escalation.sweep()
    await caring.entries.check_in(named(citizen), new_id())
    sms.down = False
    await caring.escalation.sweep()
    assert [to for to, _, _ in sms.sent if to.endswith("13900009876")] == []
    assert await city.db["care_posts"].count_documents({"citizen": citizen, "open": True}) == 0


async def test_the_committee_is_told_of_a_missed_one_without_a_name(city: City, clock: MovableClock) -> None:
    where, caring = await grounds(city), city.services.community.together.caring
    citizen, home = await moved_in(city, where)
    seen = await caring.entries.enter(named(citizen), home, DAILY, CarePrivate(), new_id())
    due = seen.entry.due_at
    assert due is not None
    clock.advance(seconds=(due - clock.now()).total_seconds() + 1)
    clock.advance(hours=1)
    await caring.escalation.sweep()
    rows = await city.db["outbox"].find({"citizen": citizen, "type": "care.told_officer"}).to_list(None)
    assert [owner_of(Event(row["_id"], row["type"], citizen, row["facts"], due)) for row in rows] == [
        (where.committee, False)
    ]


async def test_a_look_at_somebody_s_care_stands_in_his_ledger(shared_api: Api) -> None:
    city = shared_api.city
    where, caring = await grounds(city), city.services.community.together.caring
    citizen, home = await moved_in(city, where)
    seen = await caring.entries.enter(named(citizen), home, DAILY, CarePrivate("陈女士", "13900001234"), new_id())
    officer = Viewer(Role.PROVIDER_STAFF, "officer", organisation=where.committee, scopes=frozenset({"community"}))
    shown = await caring.keeping.reveal(officer, seen.entry.id, "电话无人接听", new_id())
    assert shown.private.phone.endswith("13900001234")
    assert await city.db["disclosures"].count_documents({"citizen": citizen, "purpose": "care"}) == 1
    with pytest.raises(Outcome) as refused:
        await caring.keeping.reveal(where.keeper, seen.entry.id, "好奇", new_id())
    assert refused.value.code == "CARE_UNKNOWN"


async def test_in_test_mode_nobody_sees_who_is_on_the_care_list(city: City, clock: MovableClock) -> None:
    where, caring = await grounds(city), city.services.community.together.caring
    citizen, home = await moved_in(city, where)
    seen = await caring.entries.enter(named(citizen), home, DAILY, CarePrivate(), new_id())
    due = seen.entry.due_at
    assert due is not None
    clock.advance(seconds=(due - clock.now()).total_seconds() + 1)
    await caring.escalation.sweep()
    officer = Viewer(Role.PROVIDER_STAFF, "officer", organisation=where.committee, scopes=frozenset({"community"}))
    trial = replace(officer, test_mode=True)
    for viewer, ids in ((officer, [seen.entry.id]), (trial, [])):
        assert [one.id for one in (await caring.keeping.listed(viewer, None, PAGE)).items] == ids
        assert [one.id for one in (await caring.keeping.missed(viewer, PAGE)).items] == ids
