"""Reviews of places: one of each person, counted where they stand, moderated, answered; and places put right."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.mongo import command_log
from app.core.paging import PageRequest
from app.core.viewer import Viewer
from app.domains.life.directory.corrections.errors import (
    PlaceCorrectionDecided,
    PlaceCorrectionInvalid,
    PlaceCorrectionUnknown,
    PlaceCorrectionWaiting,
)
from app.domains.life.directory.corrections.model import CorrectedField, CorrectionState, Proposed
from app.domains.life.directory.doubles.model import Double, DoubleState, Doubt
from app.domains.life.directory.doubles.store import DoubleStore
from app.domains.life.directory.hours.notation import parsed_hours
from app.domains.life.directory.places.errors import PlaceGone, PlaceUnknown
from app.domains.life.directory.places.model import Place, PlaceState
from app.domains.life.directory.reviews.errors import PlaceNeverUsed, ReviewInvalid, ReviewUnknown
from app.domains.life.directory.reviews.model import Proof, Standing
from app.domains.voice.conversations.moderation.errors import OwnPost
from app.domains.voice.conversations.moderation.model import MatterState, PostKind, Reason, Verdict, matter_id
from app.domains.voice.conversations.moderation.words.errors import PersonalDataFound
from graphql_schema.types.common import global_id
from tests.support.api import OPS, Api
from tests.support.places import place, run_place
from tests.support.speakers import moderator, speaker

PAGE = PageRequest(50)
WORDS = "药很全，店员很耐心，夜里也开门。"


async def ratings(api: Api, one: Place) -> tuple[int, ...]:
    found = await api.city.services.life.directory.places.get(one.id)
    assert found is not None
    return found.ratings.counts


async def rated(api: Api, who: Viewer, one: Place, stars: int, words: str = "") -> Any:
    return await api.city.services.life.directory.reviews.write(who, one.id, stars, words, new_id())


async def test_a_review_is_rewritten_and_not_doubled_and_its_author_is_masked(shared_api: Api) -> None:
    at, who = await place(shared_api.city), await speaker(shared_api, "林小榕")
    first = await rated(shared_api, who, at, 2, WORDS)
    second = await rated(shared_api, who, at, 5, WORDS)
    assert (first.id, second.name, second.before[0].stars) == (second.id, "林**", 2)
    assert await ratings(shared_api, at) == (0, 0, 0, 0, 1)
    page = await shared_api.city.services.life.directory.reviews.shown(at.id, PAGE)
    assert [(one.stars, one.words) for one in page.items] == [(5, WORDS)]


async def test_thirty_ratings_of_one_person_at_once_are_one(shared_api: Api) -> None:
    at, who = await place(shared_api.city), await speaker(shared_api)
    await asyncio.gather(*(rated(shared_api, who, at, 1 + n % 5) for n in range(15)))
    assert sum(await ratings(shared_api, at)) == 1


async def test_ten_people_at_once_are_ten(shared_api: Api) -> None:
    at = await place(shared_api.city)
    people = [await speaker(shared_api) for _ in range(6)]
    await asyncio.gather(*(rated(shared_api, who, at, 4) for who in people))
    assert await ratings(shared_api, at) == (0, 0, 0, 6, 0)


async def test_what_nobody_may_read_is_refused_and_what_is_doubtful_waits(shared_api: Api) -> None:
    at, who = await place(shared_api.city), await speaker(shared_api)
    with pytest.raises(PersonalDataFound):
        await rated(shared_api, who, at, 5, "找店长 13800138000")
    with pytest.raises(ReviewInvalid):
        await rated(shared_api, who, at, 6)
    with pytest.raises(PlaceUnknown):
        await shared_api.city.services.life.directory.reviews.write(who, new_id(), 5, "", new_id())
    waits = await rated(shared_api, who, at, 1, "想便宜买药的加微信，东西很好")
    assert (waits.standing, await ratings(shared_api, at)) == (Standing.WAITING, (0, 0, 0, 0, 0))
    moderation = shared_api.city.services.voice.conversations.moderation
    matter = matter_id(PostKind.REVIEW, waits.id)
    assert matter in {one.id for one in (await moderation.queue(MatterState.WAITING, PostKind.REVIEW, PAGE)).items}
    await moderation.judge(moderator(), matter, Verdict.SHOW, None, "", new_id())
    assert await ratings(shared_api, at) == (1, 0, 0, 0, 0)


async def test_a_reported_review_is_hidden_with_a_reason_and_its_author_may_appeal(shared_api: Api) -> None:
    at, who, reader = await place(shared_api.city), await speaker(shared_api), await speaker(shared_api)
    made = await rated(shared_api, who, at, 1, WORDS)
    moderation = shared_api.city.services.voice.conversations.moderation
    with pytest.raises(OwnPost):
        await moderation.report(who, PostKind.REVIEW, made.id, Reason.INSULT, new_id())
    await moderation.report(reader, PostKind.REVIEW, made.id, Reason.FALSEHOOD, new_id())
    matter = matter_id(PostKind.REVIEW, made.id)
    await moderation.judge(moderator(), matter, Verdict.HIDE, Reason.FALSEHOOD, "与事实不符", new_id())
    assert await ratings(shared_api, at) == (0, 0, 0, 0, 0)
    await moderation.appeal(who, matter, "我有小票，说的都是真的", new_id())
    await moderation.judge(moderator("desk-2"), matter, Verdict.SHOW, None, "", new_id())
    assert await ratings(shared_api, at) == (1, 0, 0, 0, 0)


async def test_who_runs_the_place_answers_and_nobody_else(shared_api: Api) -> None:
    (at, keeper), who = await run_place(shared_api.city), await speaker(shared_api)
    _, stranger = await run_place(shared_api.city, "test-other-pharmacies")
    made = await rated(shared_api, who, at, 3, WORDS)
    replies = shared_api.city.services.life.directory.replies
    answered = await replies.reply(keeper, made.id, "谢谢您，我们会做得更好。", new_id())
    assert answered.reply is not None
    assert answered.reply.by == keeper.organisation
    with pytest.raises(ReviewUnknown):
        await replies.reply(stranger, made.id, "谢谢您的评价。", new_id())
    with pytest.raises(PlaceUnknown):
        await replies.of_place(stranger, at.id, PAGE)
    told = {event["type"] for event in await shared_api.city.db["outbox"].find({"citizen": who.subject}).to_list(None)}
    assert "review.replied" in told
    again = await rated(shared_api, who, at, 5, "改了，现在很好。")
    assert again.reply is None  # it answered other words


async def test_only_who_used_a_hospital_rates_it(shared_api: Api) -> None:
    operator = f"hospital-{new_id()}"
    at, _ = await run_place(shared_api.city, operator, kind="hospital")
    person = await shared_api.with_card()
    await shared_api.refused("PlaceNeverUsed", "ReviewPlace", person.token, placeId=_global(at), stars=4, key=new_id())
    gate = await shared_api.provider(operator, ("verify:hospital",))
    code = await shared_api.code(person, "HOSPITAL")
    await shared_api.data("VerifyCode", gate, "provider", code=code, purpose="HOSPITAL", key=new_id())
    done = await shared_api.data("ReviewPlace", person.token, placeId=_global(at), stars=4, key=new_id())
    assert done["review"]["review"]["proof"] == Proof.VERIFICATION.name
    nobody_runs_it = await place(shared_api.city, kind="hospital")
    with pytest.raises(PlaceNeverUsed):
        await rated(shared_api, await speaker(shared_api), nobody_runs_it, 5)


async def test_who_withdraws_or_leaves_takes_the_stars_along(shared_api: Api) -> None:
    one, other, who = await place(shared_api.city), await place(shared_api.city), await speaker(shared_api)
    reviews = shared_api.city.services.life.directory.reviews
    made = await rated(shared_api, who, one, 4)
    await rated(shared_api, who, other, 5)
    with pytest.raises(ReviewUnknown):
        await reviews.withdraw(await speaker(shared_api), made.id, new_id())
    key = new_id()
    for _ in range(2):  # a repeat is answered as the first time, though there is nothing left to withdraw
        assert (await reviews.withdraw(who, made.id, key)) == made.id
    with pytest.raises(ReviewUnknown):
        await reviews.withdraw(who, made.id, new_id())
    await reviews.end_all(OPS, who.citizen())
    assert [await ratings(shared_api, at) for at in (one, other)] == [(0,) * 5, (0,) * 5]


async def test_merging_two_places_takes_along_what_people_said_and_kept(shared_api: Api) -> None:
    later, kept = await place(shared_api.city), await place(shared_api.city)
    both, only = await speaker(shared_api), await speaker(shared_api)
    for at, stars in ((later, 1), (kept, 5)):
        await rated(shared_api, both, at, stars)
    await rated(shared_api, only, later, 3)
    directory, db = shared_api.city.services.life.directory, shared_api.city.db
    await directory.favourites.keep(only, later.id, True, new_id())
    double = Double(later.id, kept.id, Doubt.ALIKE, 5, shared_api.city.clock.now())
    await db.transaction(lambda tx: DoubleStore(db).doubt([double], tx))
    done = await directory.doubles.decide(OPS, double.id, True, new_id())
    assert (done.state, await ratings(shared_api, kept)) == (DoubleState.MERGED, (0, 0, 1, 0, 1))
    mine = await directory.favourites.mine(only, PAGE)
    assert [at.id for _, at in mine.items] == [kept.id]
    again = await rated(shared_api, only, kept, 4)
    assert (again.before[0].stars, await ratings(shared_api, kept)) == (3, (0, 0, 0, 1, 1))


async def test_merging_a_place_that_many_rated_asks_the_database_no_more_than_one_that_one_rated(
    shared_api: Api,
) -> None:
    directory, db, asked = shared_api.city.services.life.directory, shared_api.city.db, list[int]()
    people = [await speaker(shared_api) for _ in range(5)]
    for raters in (people[:1], people):
        later, kept = await place(shared_api.city), await place(shared_api.city)
        for n, who in enumerate(raters):
            await rated(shared_api, who, later, 1 + n % 2)
        double = Double(later.id, kept.id, Doubt.ALIKE, 5, shared_api.city.clock.now())
        await db.transaction(lambda tx, double=double: DoubleStore(db).doubt([double], tx))  # type: ignore[misc]
        commands: list[str] = []
        mark = command_log.set(commands)
        await directory.doubles.decide(OPS, double.id, True, new_id())
        command_log.reset(mark)
        asked.append(len(commands))
        assert sum(await ratings(shared_api, kept)) == len(raters)
    assert asked[0] == asked[1]


async def test_a_correction_is_accepted_once_and_the_place_is_put_right(shared_api: Api) -> None:
    (at, keeper), who = await run_place(shared_api.city), await speaker(shared_api)
    corrections = shared_api.city.services.life.directory.corrections
    proposed = Proposed(CorrectedField.HOURS, "Mo-Su 09:00-21:00", "门口贴的是九点到九点")
    made = await corrections.propose(who, at.id, proposed, new_id())
    with pytest.raises(PlaceCorrectionWaiting):
        await corrections.propose(who, at.id, Proposed(CorrectedField.HOURS, "24/7", ""), new_id())
    _, stranger = await run_place(shared_api.city, "test-other-pharmacies")
    with pytest.raises(PlaceCorrectionUnknown):
        await corrections.decide(stranger, made.id, True, "", new_id())
    assert made.id in {one.id for one in (await corrections.run_by(keeper, CorrectionState.OPEN, PAGE)).items}
    results = await asyncio.gather(
        *(corrections.decide(keeper, made.id, True, "", new_id()) for _ in range(4)), return_exceptions=True
    )
    assert sum(not isinstance(one, Exception) for one in results) == 1
    assert {type(one) for one in results if isinstance(one, Exception)} == {PlaceCorrectionDecided}
    now = await shared_api.city.services.life.directory.places.get(at.id)
    assert now is not None
    assert now.hours == parsed_hours("Mo-Su 09:00-21:00")
    told = [row["type"] for row in await shared_api.city.db["outbox"].find({"citizen": who.subject}).to_list(None)]
    assert told.count("place.correction_accepted") == 1
    assert (await corrections.propose(who, at.id, Proposed(CorrectedField.HOURS, "24/7", ""), new_id())).open


async def test_a_correction_that_says_nothing_new_is_none_and_a_closed_place_is_closed(shared_api: Api) -> None:
    at, who = await place(shared_api.city), await speaker(shared_api)
    directory = shared_api.city.services.life.directory
    for proposed in (
        Proposed(CorrectedField.PHONE, at.said.phone, ""),
        Proposed(CorrectedField.PHONE, "call me", ""),
        Proposed(CorrectedField.HOURS, "always", ""),
        Proposed(CorrectedField.POSITION, "here", ""),
        Proposed(CorrectedField.KIND, "casino", ""),
        Proposed(CorrectedField.CLOSED, "", ""),
    ):
        with pytest.raises(PlaceCorrectionInvalid):
            await directory.corrections.propose(who, at.id, proposed, new_id())
    closed = Proposed(CorrectedField.CLOSED, "", "上个月关门了，我家就在楼上")
    made = await directory.corrections.propose(who, at.id, closed, new_id())
    await directory.corrections.decide(OPS, made.id, True, "", new_id())
    now = await directory.places.get(at.id)
    assert now is not None
    assert now.state is PlaceState.CLOSED
    assert "楼上" not in now.reason
    with pytest.raises(PlaceGone):
        await rated(shared_api, who, at, 5)
    other = await directory.corrections.propose(
        who, (await place(shared_api.city)).id, Proposed(CorrectedField.NAME, "新名字药房", ""), new_id()
    )
    await directory.corrections.withdraw(who, other.id, new_id())
    mine = (await directory.corrections.mine(who, PAGE)).items
    assert {one.id: one.state for one in mine}[other.id] is CorrectionState.WITHDRAWN


async def test_a_correction_is_kept_as_it_would_be_written_and_its_repeat_outlives_the_decision(
    shared_api: Api,
) -> None:
    at, who, key = await place(shared_api.city), await speaker(shared_api), new_id()
    corrections = shared_api.city.services.life.directory.corrections
    hidden = Proposed(CorrectedField.NAME, "新\u200b名\u202e字\n药房", "招牌\u202e换了")
    made = await corrections.propose(who, at.id, hidden, key)
    assert (made.proposed.value, made.proposed.note) == ("新名字 药房", "招牌换了")
    hours = Proposed(CorrectedField.HOURS, "Mo-Su  09：00-21：00", "")
    assert (await corrections.propose(who, at.id, hours, new_id())).proposed.value == "Mo-Su 09:00-21:00"
    await corrections.decide(OPS, made.id, True, "", new_id())
    again = await corrections.propose(who, at.id, hidden, key)
    assert (again.id, again.state) == (made.id, CorrectionState.ACCEPTED)


async def test_what_was_proposed_of_a_place_that_is_another_one_now_is_put_right_there(shared_api: Api) -> None:
    later, kept, who = await place(shared_api.city), await place(shared_api.city), await speaker(shared_api)
    directory, db = shared_api.city.services.life.directory, shared_api.city.db
    proposed = Proposed(CorrectedField.PHONE, "0591-83330000", "")
    made = await directory.corrections.propose(who, later.id, proposed, new_id())
    double = Double(later.id, kept.id, Doubt.ALIKE, 5, shared_api.city.clock.now())
    await db.transaction(lambda tx: DoubleStore(db).doubt([double], tx))
    await directory.doubles.decide(OPS, double.id, True, new_id())
    assert (await directory.corrections.decide(OPS, made.id, True, "", new_id())).state is CorrectionState.ACCEPTED
    now = (await directory.places.many([kept.id]))[kept.id]
    assert now.said.phone == "0591-83330000"


async def test_who_keeps_a_place_that_has_closed_can_let_it_go(shared_api: Api) -> None:
    at, who, key = await place(shared_api.city), await speaker(shared_api), new_id()
    directory = shared_api.city.services.life.directory
    await directory.favourites.keep(who, at.id, True, key)
    await directory.keeping.close(OPS, at.id, "搬走了", new_id())
    assert (await directory.favourites.keep(who, at.id, True, key)).state is PlaceState.CLOSED  # a repeat
    with pytest.raises(PlaceGone):
        await directory.favourites.keep(who, at.id, True, new_id())
    assert [one.id for _, one in (await directory.favourites.mine(who, PAGE)).items] == [at.id]
    await directory.favourites.keep(who, at.id, False, new_id())
    assert (await directory.favourites.mine(who, PAGE)).items == ()


def _global(one: Place) -> str:
    return str(global_id("Place", one.id))
