"""Publishing what was previewed, what everybody reads, and who supports, follows and joins."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.core.errors import BadInput
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.domains.voice.cases.errors import CaseStateWrong, CaseUnknown, GradeInvalid
from app.domains.voice.cases.model import Case
from app.domains.voice.public.following.errors import CaseOver, JoinRatedAlready, NotJoined, OwnCase
from app.domains.voice.public.following.model import Tie
from app.domains.voice.public.following.store import TieStore
from app.domains.voice.public.publishing.errors import (
    CaseNotPublic,
    CasePublicAlready,
    PreviewChanged,
    PublicationNotWished,
)
from app.domains.voice.public.publishing.model import Wanted
from app.wiring import City
from graphql_schema.types.common import global_id
from tests.conftest import Fakes
from tests.support.api import Api
from tests.support.case_work import SEAT, CaseWork
from tests.support.cases import filed, stored
from tests.support.public import citizen, hear, listed, published, replied_to_at_last, somebody, tie

WORDS = "我叫张伟，五四路111号门口路灯不亮，电话13800138000"
SHOWN = "我叫***，五四路111号门口路灯不亮，电话***"


async def test_what_is_published_is_what_was_previewed(shared_api: Api) -> None:
    ann, voice = await shared_api.verified(), shared_api.city.services.voice
    case = await stored(shared_api.city, (await filed(shared_api, ann, text=WORDS))["case"]["id"])
    shown = await voice.publishing.preview(citizen(ann), case.id)
    assert shown is not None
    assert shown.text == SHOWN
    more = await voice.publishing.preview(citizen(ann), case.id, ["111号"])
    assert more is not None
    assert more.text == SHOWN.replace("111号", "***")

    with pytest.raises(PreviewChanged):
        await voice.publishing.publish(citizen(ann), case.id, more.digest, [], new_id())
    assert (await stored(shared_api.city, global_id("Case", case.id))).rev == case.rev  # nothing half done
    done = await voice.publishing.publish(citizen(ann), case.id, more.digest, ["111号"], new_id())
    assert done.published is not None
    assert (done.public, done.published.text, done.words.text) == (True, more.text, WORDS)
    with pytest.raises(CasePublicAlready):
        await voice.publishing.publish(citizen(ann), case.id, more.digest, ["111号"], new_id())


async def test_another_neither_previews_nor_publishes_nor_takes_back(shared_api: Api) -> None:
    ann, voice = await shared_api.verified(), shared_api.city.services.voice
    case, bob = await published(shared_api, ann), somebody()
    assert await voice.publishing.preview(bob, case.id) is None
    with pytest.raises(CaseUnknown):
        await voice.publishing.publish(bob, case.id, "x", [], new_id())
    with pytest.raises(CaseUnknown):
        await voice.publishing.unpublish(bob, case.id, "", new_id())
    with pytest.raises(BadInput):
        await voice.publishing.preview(citizen(ann), case.id, ["x" * 61])


async def test_a_seat_publishes_only_what_its_reporter_wished(shared_city: tuple[City, Fakes]) -> None:
    work, voice = CaseWork(shared_city[0]), shared_city[0].services.voice
    private, wished = await work.filed(category="a"), await work.filed(category="a", wished_public=True)
    for case in (private, wished):
        assert await voice.publishing.preview(SEAT, case.id) is not None
    shown = await voice.publishing.preview(SEAT, private.id)
    assert shown is not None
    with pytest.raises(PublicationNotWished):
        await voice.publishing.publish(SEAT, private.id, shown.digest, [], new_id())
    shown = await voice.publishing.preview(SEAT, wished.id)
    assert shown is not None
    assert (await voice.publishing.publish(SEAT, wished.id, shown.digest, [], new_id())).public


async def test_everybody_reads_it_once_the_centre_took_it_in_and_never_to_the_door(shared_api: Api) -> None:
    ann, voice = await shared_api.verified(), shared_api.city.services.voice
    place = {"latitude": 26.123456, "longitude": 119.654321, "division": "350102000000"}
    unread = await published(shared_api, ann, place=place)
    assert await voice.publishing.one(unread.id) is None
    case = await listed(shared_api, ann, text=WORDS, place=place)
    answer = await shared_api.data("PublicCase", case=global_id("PublicCase", case.id))
    assert (answer["text"], answer["latitude"], answer["longitude"]) == (SHOWN, 26.123, 119.654)
    assert [step["step"] for step in answer["timeline"]] == ["FILED", "ACCEPTED"]
    assert "13800138000" not in str(answer)

    page = await voice.publishing.listed(Wanted("350102"), PageRequest(5))
    assert page.items[0].id == case.id
    near = await voice.publishing.near(Point(26.1236, 119.6541), 200)
    assert [one.public.id for one in near] == [case.id]
    assert await voice.publishing.near(Point(26.13, 119.66), 200) == []
    with pytest.raises(BadInput):
        await voice.publishing.near(Point(26.13, 119.66), 5_001)


async def test_taken_back_nobody_reads_it_and_the_case_stays(shared_api: Api) -> None:
    ann, voice = await shared_api.verified(), shared_api.city.services.voice
    case = await listed(shared_api, ann, text=WORDS)
    gone = await voice.publishing.unpublish(citizen(ann), case.id, "", new_id())
    assert (gone.public, gone.published, gone.words.text) == (False, None, WORDS)
    assert await voice.publishing.one(case.id) is None
    assert await voice.publishing.several([case.id]) == {}
    with pytest.raises(CaseNotPublic):
        await voice.publishing.unpublish(citizen(ann), case.id, "", new_id())


async def test_test_cases_are_nobodys_reading(shared_city: tuple[City, Fakes]) -> None:
    work, voice = CaseWork(shared_city[0]), shared_city[0].services.voice
    case, seat = await work.accepted(wished_public=True, test_of="centre-12345"), replace(SEAT, test_mode=True)
    shown = await voice.publishing.preview(seat, case.id)
    assert shown is not None
    assert await voice.publishing.preview(SEAT, case.id) is None
    await voice.publishing.publish(seat, case.id, shown.digest, [], new_id())
    assert await voice.publishing.one(case.id) is None


async def test_who_support_it_at_once_are_all_counted_and_each_once(shared_api: Api) -> None:
    ann, city = await shared_api.verified(), shared_api.city
    case, people = await listed(shared_api, ann), [somebody() for _ in range(40)]
    await asyncio.gather(*(tie(city, one, case) for one in people))
    await asyncio.gather(*(tie(city, one, case) for one in people[:6]))
    assert await _counts(city, case) == (40, 0, 0)
    gone = (city.services.voice.ties.untie(one, Tie.SUPPORT, case.id, new_id()) for one in people[:3] * 2)
    await asyncio.gather(*gone)
    assert await _counts(city, case) == (37, 0, 0)


async def test_ties_are_ones_own_and_end_with_who_leaves(shared_api: Api) -> None:
    ann, bob, city = await shared_api.verified(), await shared_api.verified(), shared_api.city
    case, ties = await listed(shared_api, ann), city.services.voice.ties
    for how in Tie:
        await tie(city, citizen(bob), case, how)
    assert await _counts(city, case) == (1, 1, 1)
    among = await shared_api.data("TiesToCases", bob.token, cases=[global_id("PublicCase", case.id)])
    assert among == [{"caseId": global_id("PublicCase", case.id), "ties": ["SUPPORT", "FOLLOW", "JOIN"]}]
    mine = await ties.mine(citizen(bob), Tie.JOIN, PageRequest())
    assert [one.tied.case for one in mine.items] == [case.id]
    assert (await ties.mine(citizen(ann), Tie.JOIN, PageRequest())).items == ()

    await ties.end_all(SEAT, citizen(bob).citizen())
    await ties.end_all(SEAT, citizen(bob).citizen())
    assert await _counts(city, case) == (0, 0, 0)


async def test_what_cannot_be_tied_is_refused_by_name(shared_api: Api) -> None:
    ann, city = await shared_api.verified(), shared_api.city
    unread, case, bob = await published(shared_api, ann), await listed(shared_api, ann), somebody()
    for nothing in (unread.id, new_id()):
        with pytest.raises(CaseNotPublic):
            await city.services.voice.ties.tie(bob, Tie.SUPPORT, nothing, new_id())
    for own in Tie:
        with pytest.raises(OwnCase):
            await tie(city, citizen(ann), case, own)
    await replied_to_at_last(city, case)
    with pytest.raises(CaseOver):
        await tie(city, bob, case, Tie.JOIN)


async def test_who_joined_says_for_himself_whether_it_was_solved_once_for_each_handling(shared_api: Api) -> None:
    ann, bob, city = await shared_api.verified(), await shared_api.verified(), shared_api.city
    case, ties, viewer = await listed(shared_api, ann), city.services.voice.ties, citizen(bob)
    with pytest.raises(NotJoined):
        await ties.rate(viewer, case.id, True, 5, None, new_id())
    await tie(city, viewer, case, Tie.JOIN)
    with pytest.raises(CaseStateWrong):
        await ties.rate(viewer, case.id, True, 5, None, new_id())
    await replied_to_at_last(city, case)
    with pytest.raises(GradeInvalid):
        await ties.rate(viewer, case.id, True, 6, None, new_id())

    answer = await shared_api.data(
        "RateJoinedCase",
        bob.token,
        case=global_id("PublicCase", case.id),
        solved=False,
        grade=2,
        reason="还是暗",
        key=new_id(),
    )
    assert (answer["case"]["solvedFor"], answer["case"]["unsolvedFor"]) == (0, 1)
    with pytest.raises(JoinRatedAlready):
        await ties.rate(viewer, case.id, True, 5, None, new_id())
    await _left_uncounted(city, case)
    await hear(city, case.id)
    public = await city.services.voice.publishing.one(case.id)
    assert public is not None
    assert (public.publication.joins, public.publication.heard[1].unsolved) == (1, 1)
    kept = await TieStore(city.db, city.persons).joined(case.id, citizen(bob).citizen())
    assert kept is not None
    assert [(one.solved, one.reason) for one in kept.ratings] == [(False, "还是暗")]
    row = await city.db["case_joins"].find_one({"case": case.id})
    assert "还是暗" not in str(row)
    assert (await CaseWork(city).now(case)).state.value == "replied"  # the reporter's word is his own


async def test_joiners_and_followers_are_told_once_of_each_step(shared_api: Api) -> None:
    ann, city = await shared_api.verified(), shared_api.city
    case, joiner, follower, supporter = await listed(shared_api, ann), somebody(), somebody(), somebody()
    for viewer, how in ((joiner, Tie.JOIN), (follower, Tie.FOLLOW), (supporter, Tie.SUPPORT)):
        await tie(city, viewer, case, how)
    before = {one: await _told(city, one) for one in (joiner.actor, follower.actor)}
    await replied_to_at_last(city, case)
    for _ in range(2):
        await hear(city, case.id)
    steps = ["case.dispatched", "case.handled", "case.replied"]
    assert (await _told(city, joiner.actor))[len(before[joiner.actor]) :].count("joined_case.replied") == 1
    assert len(await _told(city, follower.actor)) >= len(steps)
    assert len(set(await _ids(city, follower.actor))) == len(await _ids(city, follower.actor))
    assert await _told(city, supporter.actor) == []


async def _counts(city: City, case: Case) -> tuple[int, int, int]:
    row = await city.db["publications"].find_one({"_id": case.id})
    assert row is not None
    return row["supports"], row["follows"], row["joins"]


async def _left_uncounted(city: City, case: Case) -> None:
    """As a process leaves it that is killed between a tie and its count."""
    await city.db["publications"].update_one({"_id": case.id}, {"$set": {"joins": 0, "heard": {}}})


async def _told(city: City, who: str | None) -> list[str]:
    rows = await city.db["outbox"].find({"citizen": who}).sort("_id", 1).to_list(None)
    return [row["type"] for row in rows]


async def _ids(city: City, who: str | None) -> list[str]:
    return [row["_id"] for row in await city.db["outbox"].find({"citizen": who}).to_list(None)]


async def test_a_public_reply_is_struck_out_too(shared_api: Api) -> None:
    ann, city = await shared_api.verified(), shared_api.city
    case = await listed(shared_api, ann)
    await replied_to_at_last(city, case)
    answer = await shared_api.data("PublicCase", case=global_id("PublicCase", case.id))
    assert answer["reply"] == "已修复，联系人******"


async def test_what_is_like_is_offered_public_to_citizens_and_all_to_the_centre(shared_api: Api) -> None:
    ann, city = await shared_api.verified(), shared_api.city
    place = {"latitude": 26.2001, "longitude": 119.2001, "division": "350102000000"}
    told = {"latitude": 26.2002, "longitude": 119.2002, "words": "路灯坏了，晚上没有灯"}
    public = await listed(shared_api, ann, text="温泉公园门口的路灯不亮", place=place)
    private = await stored(city, (await filed(shared_api, ann, text="路灯晚上不亮", place=place))["case"]["id"])
    await hear(city, private.id)
    found = await shared_api.data("SimilarCases", ann.token, category="light-out", **told)
    assert [one["case"]["number"] for one in found] == [public.number]
    assert await shared_api.data("SimilarCases", ann.token, category="light-out", **(told | {"words": "井盖"})) == []

    at_centre = await city.services.voice.likeness.like(SEAT, private.id)
    assert at_centre is not None
    assert [one.case.id for one in at_centre] == [public.id]
    at_centre = await city.services.voice.likeness.like(SEAT, public.id)
    assert at_centre is not None
    assert [one.case.id for one in at_centre] == [private.id]
    assert await city.services.voice.likeness.like(SEAT, new_id()) is None
    row = await city.db["case_signs"].find_one({"_id": private.id})
    assert row is not None
    assert "路灯" not in str(row)
