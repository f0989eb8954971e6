"""Micro-wishes and responders in the database: one holder of fifty, days that end; who is called, and what is seen."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time

import pytest

from app.core.errors import Forbidden
from app.core.idempotency import IdempotencyConflict
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.passwords import Passwords
from app.core.viewer import Viewer
from app.domains.community.responders.calls.model import CallEnd, CallKind, CallWish, ReplyState
from app.domains.community.responders.errors import (
    ResponderCallOver,
    ResponderCallUnknown,
    ResponderConsentMissing,
    ResponderInvalid,
    RespondersOnly,
)
from app.domains.community.responders.model import Hours
from app.domains.community.volunteers.errors import VolunteersOnly
from app.domains.community.volunteers.model import Skill
from app.domains.community.wishes.errors import (
    MicroWishInvalid,
    MicroWishTaken,
    MicroWishUnknown,
    TooManyMicroWishes,
)
from app.domains.community.wishes.model import MicroWish, Whom, WishKind, WishState
from app.domains.community.wishes.service import WishAsked
from app.domains.voice.conversations.moderation.words.errors import LinkNotAllowed, PersonalDataFound
from app.wiring import City, build
from tests.conftest import QUICK, Databases, Fakes, settings_for
from tests.support.api import OPS, soon
from tests.support.fakes import MovableClock
from tests.support.volunteering import LAKE, Troop, member, named, north, troop_of

FIRST = PageRequest(first=100)
ALWAYS = Hours(time(0), time(0))


@pytest.fixture(scope="module")
def hand() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="module")
async def town(databases: Databases, hand: MovableClock) -> AsyncIterator[City]:
    """A city of this file's own, whose clock it moves."""
    with databases.lent() as name:
        city = build(settings_for(databases.uri, name), beyond=Fakes().outside, clock=hand, passwords=Passwords(QUICK))
        await city.start()
        yield city
        await city.stop()


@pytest.fixture
async def troop(town: City) -> Troop:
    return await troop_of(town, budget=0)


def asked(troop: Troop, **changed: object) -> WishAsked:
    one = WishAsked(troop.organisation, WishKind.REPAIR, Whom.OLDER, 7, "想换一个灯泡", "厨房的灯坏了，自己够不着")
    return replace(one, **changed)  # type: ignore[arg-type]


async def opened(troop: Troop, wisher: Viewer | None = None) -> MicroWish:
    wishes = troop.ours.wishes
    if wisher is None:
        return await wishes.make(troop.keeper, asked(troop), new_id())
    made = await wishes.make(wisher, asked(troop), new_id())
    return await wishes.screen(troop.keeper, made.id, "", new_id(), publish=True)


async def test_a_wish_is_screened_and_says_nothing_of_people(troop: Troop) -> None:
    wishes, wisher = troop.ours.wishes, named(new_id())
    for text, error in (
        ("灯坏了，电话 13905911234 找我", PersonalDataFound),
        ("灯坏了，见 http://example.com/lamp", LinkNotAllowed),
    ):
        with pytest.raises(error):
            await wishes.make(wisher, asked(troop, text=text), new_id())
    for changed in ({"days": 0}, {"organisation": "no-such"}):
        with pytest.raises(MicroWishInvalid):
            await wishes.make(wisher, asked(troop, **changed), new_id())
    made = await wishes.make(wisher, asked(troop), new_id())
    assert made.state is WishState.SCREENING
    helper = await troop.volunteer()
    with pytest.raises(MicroWishUnknown):
        await troop.ours.wish_holding.claim(helper, made.id, new_id())
    with pytest.raises(MicroWishUnknown):
        await wishes.screen(member("another"), made.id, "", new_id(), publish=True)
    refused = await wishes.screen(troop.keeper, made.id, "这件事请报修", new_id(), publish=False)
    assert (refused.state, refused.words and refused.words.answer) == (WishState.REFUSED, "这件事请报修")
    assert made.id not in {one.id for one in (await wishes.open(FIRST)).items}
    row = await troop.city.db["micro_wishes"].find_one({"_id": made.id})
    assert row is not None
    assert "灯泡" not in str(row)


async def test_what_the_committee_answers_is_for_the_wisher_alone(troop: Troop) -> None:
    wishes, holding, wisher = troop.ours.wishes, troop.ours.wish_holding, named(new_id())
    made = await wishes.make(wisher, asked(troop), new_id())
    await wishes.screen(troop.keeper, made.id, "已联系您的女儿，周三上午来", new_id(), publish=True)
    helper = await troop.volunteer()
    listed = [one for one in (await wishes.open(FIRST)).items if one.id == made.id]
    seen = [*listed, await holding.claim(helper, made.id, new_id())]
    seen += [
        await holding.finish(helper, made.id, "灯泡换好了", (), new_id()),
        *(await wishes.held(helper, FIRST)).items,
    ]
    assert [one.words and one.words.answer for one in seen] == [""] * 4
    for page in (await wishes.made(wisher, FIRST), await wishes.kept_by(troop.keeper, WishState.DONE, FIRST)):
        (own,) = [one for one in page.items if one.id == made.id]
        assert own.words is not None
        assert (own.words.answer, own.words.done) == ("已联系您的女儿，周三上午来", "灯泡换好了")


async def test_of_fifty_who_reach_for_a_wish_one_holds_it(troop: Troop) -> None:
    wish = await opened(troop)
    people = [await troop.volunteer() for _ in range(50)]
    done = await asyncio.gather(
        *(troop.ours.wish_holding.claim(one, wish.id, new_id()) for one in people), return_exceptions=True
    )
    holders = [one.holder for one in done if isinstance(one, MicroWish)]
    assert len(holders) == 1
    assert sum(isinstance(one, MicroWishTaken) for one in done) == 49
    now = await troop.ours.wishes.one(wish.id)
    assert now is not None
    assert (now.state, now.holder) == (WishState.CLAIMED, holders[0])
    hands = await troop.city.db["micro_wish_hands"].find({"held": {"$gt": 0}}).to_list(None)
    assert [row["_id"] for row in hands if row["_id"] in {one.acting() for one in people}] == holders


async def test_nobody_holds_more_than_three_and_what_lapses_frees_his_hands(troop: Troop, hand: MovableClock) -> None:
    wishes, helper = troop.ours.wishes, await troop.volunteer()
    made = [await opened(troop) for _ in range(4)]
    with pytest.raises(VolunteersOnly):
        await troop.ours.wish_holding.claim(named(new_id()), made[0].id, new_id())
    for one in made[:3]:
        await troop.ours.wish_holding.claim(helper, one.id, new_id())
    with pytest.raises(TooManyMicroWishes):
        await troop.ours.wish_holding.claim(helper, made[3].id, new_id())
    await troop.ours.wish_holding.give_up(helper, made[0].id, new_id())
    await troop.ours.wish_holding.claim(helper, made[3].id, new_id())
    await troop.ours.wish_holding.finish(helper, made[3].id, "灯换好了", [], new_id())
    hand.advance(days=7, minutes=1)
    assert await troop.ours.wish_steps.lapse() >= 2  # whatever others left claimed, too
    assert await troop.ours.wish_steps.lapse() == 0
    states = [(await wishes.one(one.id)).state for one in made]  # type: ignore[union-attr]
    assert states == [WishState.OPEN, WishState.OPEN, WishState.OPEN, WishState.DONE]
    for one in made[:2]:
        await troop.ours.wish_holding.claim(helper, one.id, new_id())


async def test_a_wisher_confirms_and_thanks_and_makes_three_at_once(troop: Troop) -> None:
    wishes, wisher, helper = troop.ours.wishes, named(new_id()), await troop.volunteer()
    wish = await opened(troop, wisher)
    await troop.ours.wish_holding.claim(helper, wish.id, new_id())
    with pytest.raises(MicroWishUnknown):
        await troop.ours.wish_holding.finish(await troop.volunteer(), wish.id, "好了", [], new_id())
    await troop.ours.wish_holding.finish(helper, wish.id, "灯换好了", [], new_id())
    with pytest.raises(MicroWishUnknown):
        await wishes.judge(named(new_id()), wish.id, new_id(), fulfilled=True)
    await wishes.judge(wisher, wish.id, new_id(), fulfilled=True)
    thanked = await wishes.thank(wisher, wish.id, "谢谢小伙子", [], new_id())
    assert thanked.words is not None
    assert (thanked.words.done, thanked.words.thanks) == ("灯换好了", "谢谢小伙子")
    for _ in range(3):
        await wishes.make(wisher, asked(troop), new_id())
    with pytest.raises(TooManyMicroWishes):
        await wishes.make(wisher, asked(troop), new_id())
    await troop.ours.wish_steps.end_all(OPS, wisher.acting())
    mine = (await wishes.made(wisher, FIRST)).items
    assert {one.state for one in mine} == {WishState.CONFIRMED, WishState.WITHDRAWN}


async def test_what_nobody_judges_is_fulfilled_after_its_days_and_frees_his_hands(
    town: City, troop: Troop, hand: MovableClock
) -> None:
    wisher, helper = named(new_id()), await troop.volunteer()
    holding, steps = troop.ours.wish_holding, troop.ours.wish_steps
    for _ in range(3):
        wish = await opened(troop, wisher)
        await holding.claim(helper, wish.id, new_id())
        await holding.finish(helper, wish.id, "灯换好了", [], new_id())
    another = await opened(troop)
    with pytest.raises(TooManyMicroWishes):
        await holding.claim(helper, another.id, new_id())
    hand.advance(days=14, minutes=1)
    await steps.lapse()
    states = {one.state for one in (await troop.ours.wishes.made(wisher, FIRST)).items}
    assert states == {WishState.CONFIRMED}
    await holding.claim(helper, another.id, new_id())
    await troop.ours.wishes.thank(wisher, wish.id, "谢谢小伙子", [], new_id())


async def test_who_holds_a_wish_hears_that_it_is_withdrawn_and_who_leaves_frees_it(town: City, troop: Troop) -> None:
    wisher, helper = named(new_id()), await troop.volunteer()
    wish, other = await opened(troop, wisher), await opened(troop)
    for one in (wish, other):
        await troop.ours.wish_holding.claim(helper, one.id, new_id())
    await troop.ours.wishes.withdraw(wisher, wish.id, new_id())
    told = await town.db["outbox"].find({"citizen": helper.acting(), "type": "wish.withdrawn"}).to_list(None)
    assert [row["facts"]["wish"] for row in told] == [wish.id]
    await troop.ours.register.leave(helper, new_id())
    freed = await troop.ours.wishes.one(other.id)
    assert freed is not None
    assert (freed.state, freed.holder) == (WishState.OPEN, None)
    hands = await town.db["micro_wish_hands"].find_one({"_id": helper.acting()})
    assert hands is not None
    assert hands["held"] == 0


# Responders


async def responder(troop: Troop, metres: float, radius: int = 1_000, hours: Hours = ALWAYS) -> Viewer:
    who = await troop.volunteer()
    await troop.ours.responders.save(who, [Skill.FIRST_AID], radius, hours, new_id(), agreed=True)
    await troop.ours.responders.keep_place(who, north(metres))
    return who


@pytest.fixture
async def nobody_near(town: City) -> None:
    """Those of other tests have gone home."""
    await town.db["responder_places"].delete_many({})


async def test_one_agrees_to_be_called_and_takes_it_back(town: City, troop: Troop) -> None:
    responders, who = troop.ours.responders, await troop.volunteer()
    wish = ([Skill.FIRST_AID], 800, ALWAYS)
    with pytest.raises(ResponderConsentMissing):
        await responders.save(who, *wish, new_id(), agreed=False)
    with pytest.raises(VolunteersOnly):
        await responders.save(named(new_id()), *wish, new_id(), agreed=True)
    with pytest.raises(ResponderInvalid):
        await responders.save(who, [Skill.TEACHING], 800, ALWAYS, new_id(), agreed=True)
    with pytest.raises(RespondersOnly):
        await responders.keep_place(who, LAKE)
    await responders.save(who, *wish, new_id(), agreed=True)
    assert (await responders.keep_place(who, LAKE)).place_at is not None
    row = await town.db["responder_places"].find_one({"_id": who.acting()})
    assert row is not None
    assert not {"latitude", "longitude"} & row.keys()
    await responders.end(who, new_id())
    assert await town.db["responder_places"].find_one({"_id": who.acting()}) is None
    assert await responders.mine(who) is None


@pytest.mark.usefixtures("nobody_near")
async def test_those_are_called_who_are_near_agree_and_were_there_lately(troop: Troop, hand: MovableClock) -> None:
    hour = hand.now().astimezone(hand.now().tzinfo).hour
    asleep = Hours(time((hour + 14) % 24), time((hour + 15) % 24))  # the city is eight hours ahead
    old = await responder(troop, 50)
    hand.advance(hours=2, minutes=1)
    near, nearer = await responder(troop, 400), await responder(troop, 120)
    for metres, radius, hours in ((1_500, 3_000, ALWAYS), (600, 500, ALWAYS), (100, 1_000, asleep)):
        await responder(troop, metres, radius, hours)
    wish = CallWish(CallKind.CARDIAC_ARREST, LAKE, "西湖公园东门", within=1_000)
    now = await troop.ours.calls.call(troop.keeper, wish, new_id())
    assert [one.citizen for one in now.replies] == [nearer.acting(), near.acting()]
    assert now.call.called == 2
    assert await troop.ours.calls.mine(old) == []
    assert all(one.point is None for one in now.replies)
    trial = replace(troop.keeper, test_mode=True)
    tried = await troop.ours.calls.call(trial, wish, new_id())
    assert tried.replies == ()
    assert await troop.ours.calls.seen(trial, now.call.id) is None
    with pytest.raises(ResponderCallUnknown):
        await troop.ours.calls.end(trial, now.call.id, CallEnd.HELPED, new_id())


@pytest.mark.usefixtures("nobody_near")
async def test_the_nearest_is_called_however_many_are_around(town: City, troop: Troop) -> None:
    far, far_point = await responder(troop, 380), north(380)
    row = await town.db["responder_places"].find_one({"_id": far.acting()})
    agreed = await town.db["responders"].find_one({"_id": far.acting()})
    assert row is not None
    assert agreed is not None
    crowd = [f"crowd-{n}" for n in range(620)]  # all in his square, and read before him
    here = json.dumps([far_point.latitude, far_point.longitude])
    seal, field = town.ring.seal_text, "responder place"
    places = [{**row, "_id": one, "place": seal(here, record=one, field=field)} for one in crowd]
    await town.db["responder_places"].insert_many(places)
    await town.db["responders"].insert_many([{**agreed, "_id": one, "skills": ["aed"]} for one in crowd])
    near = await responder(troop, 20)
    wish = CallWish(CallKind.CARDIAC_ARREST, LAKE, "西湖公园东门", skills=frozenset({Skill.FIRST_AID}))
    now = await troop.ours.calls.call(troop.keeper, wish, new_id())
    assert [one.citizen for one in now.replies] == [near.acting(), far.acting()]
    for name in ("responder_places", "responders"):
        await town.db[name].delete_many({"_id": {"$in": crowd}})


@pytest.mark.usefixtures("nobody_near")
async def test_the_centre_sees_where_they_are_while_they_come_and_no_longer(town: City, troop: Troop) -> None:
    comes, cannot = await responder(troop, 100), await responder(troop, 200)
    calls = troop.ours.calls
    wish = CallWish(CallKind.INJURY, LAKE, "西湖公园东门")
    call = (await calls.call(troop.keeper, wish, new_id())).call.id
    stranger = await troop.volunteer()
    with pytest.raises(ResponderCallUnknown):
        await calls.answer(stranger, call, ReplyState.GOING, LAKE, new_id())
    with pytest.raises(ResponderInvalid):
        await calls.answer(comes, call, ReplyState.GOING, None, new_id())
    await calls.answer(cannot, call, ReplyState.CANNOT, None, new_id())
    key = new_id()
    for _ in range(2):
        await calls.answer(comes, call, ReplyState.GOING, north(90), key)
    await calls.move(comes, call, north(10), new_id())
    seen = await calls.seen(troop.keeper, call)
    assert seen is not None
    assert [one.point for one in seen.replies] == [north(10), None]
    told = await town.db["disclosures"].find({"citizen": comes.acting()}).to_list(None)
    assert [(row["organisation"], row["attributes"]) for row in told] == [(troop.organisation, ["responder.place"])]
    assert await town.db["disclosures"].find_one({"citizen": cannot.acting()}) is None
    await calls.answer(comes, call, ReplyState.ARRIVED, None, new_id())
    ended = await calls.end(troop.keeper, call, CallEnd.HELPED, new_id())
    assert (ended.count(ReplyState.ARRIVED), [one.point for one in ended.replies]) == (1, [None, None])
    for say in (calls.move(comes, call, LAKE, new_id()), calls.answer(comes, call, ReplyState.CANNOT, None, new_id())):
        with pytest.raises(ResponderCallOver):
            await say
    with pytest.raises(ResponderCallOver):
        await calls.end(troop.keeper, call, CallEnd.HELPED, new_id())
    assert await calls.mine(comes) == []
    assert await calls.seen(member("another"), call) is None


@pytest.mark.usefixtures("nobody_near")
async def test_the_centre_follows_a_call_as_it_goes(troop: Troop) -> None:
    comes = await responder(troop, 100)
    calls = troop.ours.calls
    call = (await calls.call(troop.keeper, CallWish(CallKind.CHOKING, LAKE, "东门"), new_id())).call.id
    with pytest.raises(Forbidden):
        async with calls.live(member("another"), call):
            pass
    seen: list[int] = []

    async def follow() -> None:
        async with calls.live(troop.keeper, call) as views:
            async for view in views:
                seen.append(view.count(ReplyState.GOING))
                if seen[-1]:
                    return

    following = asyncio.create_task(follow())

    async def began() -> bool:
        return bool(seen)

    await soon(began)
    await calls.answer(comes, call, ReplyState.GOING, LAKE, new_id())
    await asyncio.wait_for(following, 20)
    assert (seen[0], seen[-1]) == (0, 1)


@pytest.mark.usefixtures("nobody_near")
async def test_who_takes_his_consent_back_is_seen_by_nobody_any_more(troop: Troop) -> None:
    comes, other, calls = await responder(troop, 100), await responder(troop, 150), troop.ours.calls
    call = (await calls.call(troop.keeper, CallWish(CallKind.INJURY, LAKE, "西湖公园东门"), new_id())).call.id
    for who in (comes, other):
        await calls.answer(who, call, ReplyState.GOING, north(90), new_id())
    await troop.ours.responders.end(comes, new_id())
    seen = await calls.seen(troop.keeper, call)
    assert seen is not None
    said = {one.citizen: (one.state, one.point) for one in seen.replies}
    assert said == {
        comes.acting(): (ReplyState.CANNOT, None),
        other.acting(): (ReplyState.GOING, north(90)),
    }
    assert (await calls.mine(comes), len(await calls.mine(other))) == ([], 1)


SAYS = """
from app.core.idempotency import Call
from app.core.places.model import Point
from app.core.viewer import Role, Viewer
from app.domains.community.responders.calls.model import CallKind, CallWish
from app.domains.community.volunteers.model import Skill
wish = CallWish(CallKind.INJURY, Point(26.0, 119.0), "x", skills=frozenset({Skill.AED, Skill.FIRST_AID}))
print(Call.of(Viewer(Role.CITIZEN, "c", "c"), "callResponders", "k" * 8, wish).content)
"""


def test_a_call_repeated_at_another_process_is_the_same_call() -> None:
    said = set()
    for seed in range(6):  # in another process a set comes in another order
        env = {**os.environ, "PYTHONHASHSEED": str(seed)}
        said.add(subprocess.run([sys.executable, "-c", SAYS], env=env, check=True, capture_output=True).stdout)
    assert len(said) == 1


@pytest.mark.usefixtures("nobody_near")
async def test_of_a_repeated_call_all_is_compared(troop: Troop) -> None:
    key, both = new_id(), frozenset({Skill.FIRST_AID, Skill.AED})
    wish = CallWish(CallKind.INJURY, LAKE, "西湖公园东门", skills=both)
    call = (await troop.ours.calls.call(troop.keeper, wish, key)).call.id
    again = replace(wish, skills=frozenset(sorted(both, reverse=True)))
    assert (await troop.ours.calls.call(troop.keeper, again, key)).call.id == call
    for changed in ({"skills": frozenset({Skill.AED})}, {"words": "红衣"}, {"within": 500}, {"kind": CallKind.OTHER}):
        with pytest.raises(IdempotencyConflict):
            await troop.ours.calls.call(troop.keeper, replace(wish, **changed), key)  # type: ignore[arg-type]
