"""An activity from its first sign-up to points for it: places, check-ins, findings, hours; in a city with a clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import cast

import pytest

from app.core.clock import CITY_TIME
from app.core.errors import RealNameNeeded
from app.core.events import Event
from app.core.ids import new_id
from app.core.outbox import Outbox
from app.core.paging import PageRequest
from app.core.passwords import Passwords
from app.core.said import Said
from app.core.viewer import Assurance
from app.domains.community.responders.model import Hours
from app.domains.community.volunteers.activities.errors import (
    ActivityInvalid,
    ActivityListFull,
    ActivityNotOpen,
    ActivityUnknown,
    NotSignedUp,
)
from app.domains.community.volunteers.activities.model import Activity, ActivityState, SignUpState, Span
from app.domains.community.volunteers.activities.news.service import ActivityNews
from app.domains.community.volunteers.activities.store import ActivityStore
from app.domains.community.volunteers.check_ins.errors import (
    AlreadyElsewhere,
    CheckInCodeStale,
    CheckInFlagUnknown,
    CheckInTooFar,
    NotCheckedIn,
)
from app.domains.community.volunteers.check_ins.flags.model import FlagState
from app.domains.community.volunteers.check_ins.model import Fix, FlagKind
from app.domains.community.volunteers.errors import VolunteerConsentMissing, VolunteerInvalid, VolunteersOnly
from app.domains.community.volunteers.groups.errors import (
    VolunteerGroupClosed,
    VolunteerGroupInvalid,
    VolunteerGroupSettled,
    VolunteerGroupUnknown,
)
from app.domains.community.volunteers.groups.model import GroupState
from app.domains.community.volunteers.hours.certificates.model import code_of
from app.domains.community.volunteers.hours.errors import VolunteerHoursNeedAnother, VolunteerHoursUnknown
from app.domains.community.volunteers.hours.model import HoursState
from app.domains.community.volunteers.hours.service import IN_A_CALL
from app.domains.community.volunteers.hours.thanks.model import ThanksState
from app.domains.community.volunteers.model import Skill
from app.wiring import City, build
from tests.conftest import QUICK, Databases, Fakes, caller, settings_for
from tests.support.api import OPS, Api
from tests.support.fakes import MovableClock
from tests.support.volunteering import LAKE, Troop, member, named, north, spot, troop_of

FIRST = PageRequest(first=100)


@pytest.fixture(scope="module")
def hand() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="module")
async def place(databases: Databases, hand: MovableClock) -> AsyncIterator[Api]:
    """A city of this file's own, whose clock it moves."""
    with databases.lent() as name:
        fakes = Fakes()
        city = build(settings_for(databases.uri, name), beyond=fakes.outside, clock=hand, passwords=Passwords(QUICK))
        await city.start()
        async with caller(city, fakes) as api:
            yield api
        await city.stop()


@pytest.fixture
def town(place: Api) -> City:
    return place.city


@pytest.fixture
async def troop(town: City) -> Troop:
    return await troop_of(town)


async def events(city: City, citizen: str) -> list[str]:
    rows = await city.db["outbox"].find({"citizen": citizen}).sort("_id", 1).to_list(None)
    return [row["type"] for row in rows]


async def ended(hand: MovableClock, activity: Activity) -> None:
    hand.advance(seconds=(activity.terms.span.ends_at - hand.now()).total_seconds() + 60)


# Who is a volunteer


async def test_one_registers_by_name_and_consent_and_comes_back_with_number_and_hours(town: City) -> None:
    register, who = town.services.community.volunteering.register, named(new_id())
    with pytest.raises(RealNameNeeded):
        await register.save(replace(who, assurance=Assurance.PHONE), [], [], new_id(), agreed=True)
    with pytest.raises(VolunteerConsentMissing):
        await register.save(who, [], [], new_id(), agreed=False)
    with pytest.raises(VolunteerInvalid):
        await register.save(who, [], ["no-such-place"], new_id(), agreed=True)
    one = await register.save(who, [], [], new_id(), agreed=True)
    assert one.number.startswith("3501")
    assert (await register.save(who, [], [], new_id(), agreed=False)).number == one.number
    left = await register.leave(who, new_id())
    assert (left.active, await register.mine(who)) == (False, None)
    with pytest.raises(VolunteersOnly):
        await register.leave(who, new_id())
    assert (await register.save(who, [], [], new_id(), agreed=True)).number == one.number


async def test_who_left_and_came_back_keeps_his_place_when_the_phone_repeats_that_he_left(troop: Troop) -> None:
    register, activity, key = troop.ours.register, await troop.activity(), new_id()
    who = await troop.signed_up(activity)
    await register.leave(who, key)
    place = await troop.ours.signing.of(who, activity.id)
    assert place is not None
    assert place.state is SignUpState.CANCELLED
    await register.save(who, [], [], new_id(), agreed=True)
    await troop.ours.signing.sign_up(who, activity.id, new_id())
    await register.leave(who, key)
    place = await troop.ours.signing.of(who, activity.id)
    assert place is not None
    assert place.state is SignUpState.SIGNED_UP


async def test_a_group_of_volunteers_is_let_in_by_its_organisation_or_the_desk(town: City, troop: Troop) -> None:
    groups, founder = troop.ours.groups, await troop.volunteer()
    words = (Said("护河队"), Said("巡河捡垃圾"))
    with pytest.raises(VolunteerGroupInvalid):
        await groups.found(founder, "no-such", *words, new_id())
    with pytest.raises(VolunteersOnly):
        await groups.found(named(new_id()), troop.organisation, *words, new_id())
    made = await groups.found(founder, troop.organisation, *words, new_id())
    with pytest.raises(VolunteerGroupClosed):
        await groups.join(await troop.volunteer(), made.id, new_id())
    with pytest.raises(VolunteerGroupUnknown):
        await groups.decide(member("another"), made.id, "好", new_id(), let_in=True)
    with pytest.raises(VolunteerGroupInvalid):
        await groups.decide(troop.keeper, made.id, "", new_id(), let_in=False)
    done = await groups.decide(OPS, made.id, "", new_id(), let_in=True)
    assert done.state is GroupState.ACTIVE
    with pytest.raises(VolunteerGroupSettled):
        await groups.decide(troop.keeper, made.id, "不", new_id(), let_in=False)
    assert await groups.members(made.id) == 1
    joined, founded = await groups.mine(founder)
    assert [one.id for one in (*joined, *founded)] == [made.id, made.id]
    assert (await events(town, founder.acting()))[-1] == "volunteer_group.decided"


# Places


async def test_of_thirty_who_sign_up_at_once_as_many_have_a_place_as_there_are(troop: Troop) -> None:
    activity = await troop.activity(places=12)
    people = [await troop.volunteer() for _ in range(30)]
    done = await asyncio.gather(
        *(troop.ours.signing.sign_up(one, activity.id, new_id()) for one in people), return_exceptions=True
    )
    states = [one.sign_up.state for one in done if not isinstance(one, BaseException)]
    assert (states.count(SignUpState.SIGNED_UP), states.count(SignUpState.WAITING)) == (12, 12)
    assert sum(isinstance(one, ActivityListFull) for one in done) == 6
    now = await troop.ours.activities.own(troop.keeper, activity.id)
    assert (now.taken, now.waiting) == (12, 12)


async def test_who_gives_a_place_back_gives_it_to_the_first_in_line(town: City, troop: Troop) -> None:
    activity = await troop.activity(places=1)
    signing = troop.ours.signing
    first, second, third = [await troop.signed_up(activity) for _ in range(3)]
    again = await signing.sign_up(third, activity.id, new_id())
    assert (again.sign_up.state, again.ahead) == (SignUpState.WAITING, 1)
    with pytest.raises(NotSignedUp):
        await troop.come(second, activity)
    await signing.cancel(first, activity.id, new_id())
    with pytest.raises(NotSignedUp):
        await signing.cancel(first, activity.id, new_id())
    mine = await signing.of(second, activity.id)
    assert mine is not None
    assert mine.state is SignUpState.SIGNED_UP
    assert "activity.promoted" in await events(town, second.acting())
    more = replace(activity.terms, places=2)
    await troop.ours.roster.save(troop.keeper, activity.id, more, new_id())
    assert "activity.promoted" in await events(town, third.acting())
    with pytest.raises(ActivityInvalid):
        await troop.ours.roster.save(troop.keeper, activity.id, replace(more, places=1), new_id())


class Dying:
    """An outbox that is gone after so many events."""

    def __init__(self, town: City, after: int) -> None:
        self._outbox = town.outbox
        self._left = after

    async def later(self, event: Event, due_at: datetime) -> None:
        if not self._left:
            raise ConnectionResetError
        self._left -= 1
        await self._outbox.later(event, due_at)


async def city_events(town: City, type_: str, activity: Activity) -> list[Event]:
    """The city's own, about an activity."""
    rows = await town.db["outbox"].find({"type": type_, "facts.activity": activity.id}).to_list(None)
    return [Event(row["_id"], row["type"], row["citizen"], row["facts"], row["at"]) for row in rows]


async def test_a_cancelled_activity_is_told_to_all_once_whatever_dies_and_takes_nobody(
    town: City, troop: Troop
) -> None:
    activity = await troop.activity(places=1)
    people = [await troop.signed_up(activity) for _ in range(3)]
    key = new_id()
    for _ in range(2):
        await troop.ours.activities.cancel(troop.keeper, activity.id, key)
    (called_off,) = await city_events(town, "activity.called_off", activity)
    store, signing, dying = ActivityStore(town.db), troop.ours.signing, cast(Outbox, Dying(town, after=1))
    with pytest.raises(ConnectionResetError):
        await ActivityNews(store, signing, dying, town.clock).take(called_off)
    for _ in range(2):
        await troop.ours.news.take(called_off)
    for one in people:
        assert (await events(town, one.acting())).count("activity.cancelled") == 1
    with pytest.raises(ActivityNotOpen):
        await troop.signed_up(activity)
    with pytest.raises(ActivityUnknown):
        await troop.ours.activities.cancel(member("another"), activity.id, new_id())


async def test_another_time_or_place_is_told_once_to_who_signed_up_and_other_words_are_not(
    town: City, troop: Troop
) -> None:
    activity = await troop.activity(places=1)
    people = [await troop.signed_up(activity) for _ in range(2)]
    save, terms = troop.ours.activities.save, activity.terms
    await save(troop.keeper, activity.id, replace(terms, words=Said("自带手套。")), new_id())
    assert await city_events(town, "activity.moved", activity) == []
    later = Span(terms.span.starts_at + timedelta(days=1), terms.span.ends_at + timedelta(days=1))
    await save(troop.keeper, activity.id, replace(terms, span=later, address="西湖公园北门"), new_id())
    (moved,) = await city_events(town, "activity.moved", activity)
    for _ in range(2):
        await troop.ours.news.take(moved)
    for one in people:
        assert (await events(town, one.acting())).count("activity.changed") == 1
    row = await town.db["outbox"].find_one({"citizen": people[0].acting(), "type": "activity.changed"})
    assert row is not None
    day = later.starts_at.astimezone(CITY_TIME).date().isoformat()
    assert (row["facts"]["day"], row["facts"]["address"]) == (day, "西湖公园北门")
    await troop.ours.activities.cancel(troop.keeper, activity.id, new_id())
    await troop.ours.news.take(moved)  # what is cancelled is at no other time
    assert (await events(town, people[0].acting())).count("activity.changed") == 1


async def test_more_room_is_given_to_who_waits_though_the_organisers_call_died(town: City, troop: Troop) -> None:
    activity = await troop.activity(places=1)
    waits = [await troop.signed_up(activity) for _ in range(3)][1:]
    await troop.ours.activities.save(troop.keeper, activity.id, replace(activity.terms, places=3), new_id())
    for one in waits:
        assert "activity.promoted" not in await events(town, one.acting())
    (roomier,) = await city_events(town, "activity.roomier", activity)
    for _ in range(2):
        await troop.ours.news.take(roomier)
    for one in waits:
        assert (await events(town, one.acting())).count("activity.promoted") == 1


# Being there


async def test_who_cannot_be_there_is_told_why(troop: Troop, hand: MovableClock) -> None:
    activity, other = await troop.activity(), await troop.activity()
    who = await troop.signed_up(activity)
    await troop.ours.signing.sign_up(who, other.id, new_id())
    with pytest.raises(CheckInTooFar):
        await troop.come(who, activity, at=north(900))
    code = await troop.code(activity)
    hand.advance(seconds=31)
    with pytest.raises(CheckInCodeStale):
        await troop.ours.check_ins.check_in(who, code, Fix(LAKE, 5), new_id())
    with pytest.raises(NotCheckedIn):
        await troop.go(who, activity)
    first = await troop.come(who, activity)
    assert (await troop.come(who, activity)).at == first.at
    with pytest.raises(AlreadyElsewhere):
        await troop.come(who, other)
    await troop.go(who, activity)
    await troop.come(who, other)


async def test_a_day_of_volunteering_becomes_hours_a_sum_and_points_once(
    place: Api, town: City, troop: Troop, hand: MovableClock
) -> None:
    person = await place.verified()
    activity = await troop.activity(points=20)
    who = await troop.signed_up(activity, place.key(person))
    lazy = await troop.signed_up(activity)
    hand.advance(minutes=30)
    for one in (who, lazy):
        await troop.come(one, activity)
    hand.advance(minutes=95, seconds=40)
    await troop.go(who, activity)
    with pytest.raises(ActivityNotOpen):
        await troop.ours.hours.confirm(troop.keeper, activity.id, new_id())
    await ended(hand, activity)
    key = new_id()
    for _ in range(2):
        done = await troop.ours.hours.confirm(troop.keeper, activity.id, key)
    assert done.state is ActivityState.SETTLED
    entry = (await troop.ours.hours.mine(who, FIRST)).items[0]
    assert (entry.state, entry.minutes, entry.published) == (HoursState.PUBLISHED, 95, 95)
    assert (await troop.ours.hours.mine(lazy, FIRST)).items[0].published == 0
    volunteer = await troop.ours.register.mine(who)
    assert volunteer is not None
    assert volunteer.minutes == 95
    held = await town.services.payment.points.book.of(place.key(person))
    assert held.points == 31
    await asyncio.gather(*(troop.ours.hours.look() for _ in range(3)), *(troop.ours.thanking.look() for _ in range(3)))
    assert (await town.services.payment.points.book.of(place.key(person))).points == 31
    assert await troop.ours.hours.recount(OPS, place.key(person)) == 95


async def test_points_wait_for_a_budget_and_are_told_once(place: Api, town: City, hand: MovableClock) -> None:
    troop = await troop_of(town, budget=5)
    person = await place.verified()
    activity = await troop.activity(points=60, starts_in=timedelta(minutes=1))
    who = await troop.signed_up(activity, place.key(person))
    await troop.come(who, activity)
    hand.advance(minutes=61)
    await troop.go(who, activity)
    await ended(hand, activity)
    await troop.ours.hours.confirm(troop.keeper, activity.id, new_id())
    for _ in range(2):
        hand.advance(hours=2)
        await troop.ours.thanking.look()
    assert (await events(town, who.acting())).count("volunteer.points_wait") == 1
    waits = await troop.ours.thanking.of(f"{activity.id}:{who.acting()}")
    assert waits is not None
    assert (waits.state, waits.points, waits.fault) == (ThanksState.WAITING, 60, "POINT_BUDGET_SPENT")
    await town.services.payment.points.grants.set_budget(OPS, troop.organisation, 1_000)
    hand.advance(hours=2)
    assert await troop.ours.thanking.look() == 1
    assert (await town.services.payment.points.book.of(place.key(person))).points == 60


async def test_of_one_day_eight_hours_count_and_many_hours_need_another_person(
    troop: Troop, hand: MovableClock
) -> None:
    who = await troop.volunteer()
    number = (await troop.ours.register.demand(who.acting())).number
    start = hand.now().replace(hour=22, minute=0, second=0, microsecond=0) + timedelta(days=1)  # six in the morning
    for hours in (7.0, 3.0):
        activity = await troop.activity(hours=hours, starts_in=start - hand.now())
        await troop.ours.signing.sign_up(who, activity.id, new_id())
        hand.advance(seconds=(start - hand.now()).total_seconds() - 300)
        await troop.come(who, activity)
        hand.advance(hours=hours, minutes=10)
        await troop.go(who, activity)
        start += timedelta(hours=hours, minutes=45)
        await ended(hand, activity)
        await troop.ours.hours.confirm(troop.keeper, activity.id, new_id())
        if hours > 6:
            entry = f"{activity.id}:{number}"
            with pytest.raises(VolunteerHoursNeedAnother):
                await troop.ours.hours.approve(troop.keeper, entry, new_id())
            with pytest.raises(VolunteerHoursUnknown):
                await troop.ours.hours.approve(member("another"), entry, new_id())
            await troop.ours.hours.approve(member(troop.organisation), entry, new_id())
    short, long = (await troop.ours.hours.mine(who, FIRST)).items
    if short.minutes > long.minutes:
        short, long = long, short
    assert (long.published, short.minutes, short.published) == (420, 180, 60)
    cut = await troop.ours.hours.correct(troop.keeper, f"{long.activity}:{number}", 60, "中途离开", new_id())
    assert (cut.published, cut.corrections[0].was) == (60, 420)
    volunteer = await troop.ours.register.mine(who)
    assert volunteer is not None
    assert volunteer.minutes == 120


async def test_hours_of_what_makes_one_look_twice_wait_for_a_decision(
    town: City, troop: Troop, hand: MovableClock
) -> None:
    activity = await troop.activity(starts_in=timedelta(minutes=1))
    one, other, third, fourth, fifth = [await troop.signed_up(activity) for _ in range(5)]
    shared = new_id()
    for viewer in (one, other):
        await troop.come(replace(viewer, session=shared), activity, at=spot(viewer))
    for viewer in (third, fourth, fifth):
        await troop.come(viewer, activity, at=north(3))
    hand.advance(minutes=60)
    for viewer in (one, other, third, fourth, fifth):
        await troop.go(viewer, activity)
    flags = (await troop.ours.flags.kept_by(troop.keeper, FIRST, open_=True)).items
    found = {(flag.citizen, flag.kind) for flag in flags}
    assert found == {
        *((viewer.acting(), FlagKind.SHARED_PHONE) for viewer in (one, other)),
        *((viewer.acting(), FlagKind.SAME_SPOT) for viewer in (third, fourth, fifth)),
    }
    await ended(hand, activity)
    await troop.ours.hours.confirm(troop.keeper, activity.id, new_id())
    known = await troop.ours.register.many([flag.citizen for flag in flags])
    for flag in flags:
        upheld = flag.citizen == other.acting()
        state, named_so = FlagState.UPHELD if upheld else FlagState.CLEARED, flag.shown_id(known[flag.citizen].number)
        with pytest.raises(CheckInFlagUnknown):
            await troop.ours.hours.decide_flag(member("another"), named_so, state, "看过录像", new_id())
        await troop.ours.hours.decide_flag(troop.keeper, named_so, state, "看过录像", new_id())
        with pytest.raises(CheckInFlagUnknown):
            await troop.ours.hours.decide_flag(troop.keeper, named_so, state, "看过录像", new_id())
    trial = replace(troop.keeper, test_mode=True)
    assert (await troop.ours.flags.kept_by(trial, FIRST, open_=False)).items == ()
    assert troop.group not in {one.id for one in (await troop.ours.groups.kept_by(trial, FIRST)).items}
    entries = await troop.ours.hours.of_activity(troop.keeper, activity.id, FIRST)
    shown = entries.items[0].shown_id(known[entries.items[0].citizen].number)
    with pytest.raises(VolunteerHoursUnknown):
        await troop.ours.hours.correct(trial, shown, 5, "试一试", new_id())
    states = {entry.citizen: entry.state for entry in entries.items}
    assert states.pop(other.acting()) is HoursState.REFUSED
    assert set(states.values()) == {HoursState.PUBLISHED}
    assert "volunteer.hours_refused" in await events(town, other.acting())


async def test_an_organiser_waits_for_fifty_and_the_round_publishes_the_others(
    town: City, troop: Troop, hand: MovableClock
) -> None:
    activity = await troop.activity(starts_in=timedelta(minutes=1), points=0)
    who = await troop.signed_up(activity)
    await troop.come(who, activity)
    hand.advance(minutes=61)
    await troop.go(who, activity)
    row = await town.db["volunteer_check_ins"].find_one({"activity": activity.id})
    assert row is not None
    others = [{"citizen": f"other-{n}", "device": f"d-{n}", "spot": f"s-{n}"} for n in range(IN_A_CALL)]
    crowd = [{**row, "_id": f"{activity.id}:{one['citizen']}", **one} for one in others]
    await town.db["volunteer_check_ins"].insert_many(crowd)
    await ended(hand, activity)
    await troop.ours.hours.confirm(troop.keeper, activity.id, new_id())
    entries = (await troop.ours.hours.of_activity(troop.keeper, activity.id, FIRST)).items
    states = [one.state for one in entries]
    assert (states.count(HoursState.PUBLISHED), states.count(HoursState.READY)) == (IN_A_CALL, 1)
    await troop.ours.hours.look()
    entries = (await troop.ours.hours.of_activity(troop.keeper, activity.id, FIRST)).items
    assert {one.state for one in entries} == {HoursState.PUBLISHED}


async def test_who_ends_an_activity_early_ends_its_minutes_and_what_is_missing_is_put_right(
    place: Api, town: City, troop: Troop, hand: MovableClock
) -> None:
    person = await place.verified()
    activity = await troop.activity(points=60, starts_in=timedelta(minutes=-30))
    who = await troop.signed_up(activity, place.key(person))
    await troop.come(who, activity)
    early = await troop.ours.activities.end(troop.keeper, activity.id, new_id())
    assert early.state_on(hand.now()) is ActivityState.ENDED
    hand.advance(minutes=40)
    await troop.go(who, activity)
    await troop.ours.hours.confirm(troop.keeper, activity.id, new_id())
    number = (await troop.ours.register.demand(who.acting())).number
    entry = (await troop.ours.hours.mine(who, FIRST)).items[0]
    assert (entry.state, entry.published) == (HoursState.PUBLISHED, 0)
    for minutes in (90, 120):
        await troop.ours.hours.correct(troop.keeper, entry.shown_id(number), minutes, "签到补录", new_id())
    volunteer = await troop.ours.register.mine(who)
    assert volunteer is not None
    assert volunteer.minutes == 120
    assert (await town.services.payment.points.book.of(place.key(person))).points == 90


async def test_who_is_no_volunteer_any_more_gives_his_place_back(town: City, troop: Troop) -> None:
    activity = await troop.activity(places=1)
    first, second = [await troop.signed_up(activity) for _ in range(2)]
    wish = ([Skill.FIRST_AID], 500, Hours(time(0), time(0)))
    await troop.ours.responders.save(first, *wish, new_id(), agreed=True)
    await troop.ours.register.leave(first, new_id())
    assert await troop.ours.responders.mine(first) is None
    assert "activity.promoted" in await events(town, second.acting())


async def test_who_leaves_the_city_gives_his_place_back(town: City, troop: Troop) -> None:
    activity = await troop.activity(places=1)
    first, second = [await troop.signed_up(activity) for _ in range(2)]
    ours = troop.ours
    for _ in range(2):
        for room in (ours.responders, ours.wish_steps, ours.signing, ours.groups, ours.register):
            await room.end_all(OPS, first.acting())
    assert "activity.promoted" in await events(town, second.acting())
    assert await troop.ours.register.mine(first) is None


async def test_a_certificate_is_drawn_for_the_volunteer_and_checked_by_anybody(place: Api, troop: Troop) -> None:
    person = await place.verified()
    await troop.volunteer(place.key(person))
    link = (await place.data("VolunteerCertificate", person.token))["link"].removeprefix("http://city.test")
    drawn = await place.http.get(link)
    assert (drawn.status_code, drawn.content[:5]) == (200, b"%PDF-")
    assert (await place.http.get(link.replace("proof=", "proof=0"))).status_code == 404
    certificates = troop.ours.certificates
    number = (await troop.ours.register.demand(place.key(person))).number
    assert await certificates.behind(number, 0, "x") is None
    code = code_of(number, certificates._signed)
    shown = await place.http.get(f"/volunteer-certificates/{code}")
    assert (shown.status_code, number in shown.text, person.name in shown.text) == (200, True, False)
    assert (await place.http.get(f"/volunteer-certificates/{code[:-1]}z")).status_code == 404
    assert await certificates.link(named(new_id())) is None
