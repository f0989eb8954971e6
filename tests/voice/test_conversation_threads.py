"""Threads and those who moderate them: who may speak, what is seen, what is hidden and comes back."""

from __future__ import annotations

import asyncio

import pytest

from app.context import Conversations
from app.core.errors import Forbidden, RateLimited
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.viewer import ANONYMOUS, Viewer
from app.domains.voice.conversations.moderation.errors import (
    AnotherDecides,
    AppealedAlready,
    MatterChanged,
    NothingToAppeal,
    OwnPost,
    PostUnknown,
    ReportedAlready,
    ReportsSuspended,
)
from app.domains.voice.conversations.moderation.model import (
    HELD_FROM,
    MatterState,
    PostKind,
    Reason,
    Verdict,
    Visibility,
    matter_id,
)
from app.domains.voice.conversations.moderation.speaking.errors import NicknameTaken, NicknameUnfit, SpeakerUnverified
from app.domains.voice.conversations.moderation.words.errors import LinkNotAllowed, PersonalDataFound, PostWordsMissing
from app.domains.voice.conversations.threads.errors import ThreadIsClosed, ThreadNotYours, ThreadUnknown
from app.domains.voice.conversations.threads.model import OPENED, Thread
from tests.support.api import Api
from tests.support.speakers import TEXT, TITLE, an_office, moderator, speaker

PAGE = PageRequest(50)


@pytest.fixture
def rooms(shared_api: Api) -> Conversations:
    return shared_api.city.services.voice.conversations


@pytest.fixture(scope="module")
async def author(shared_api: Api) -> Viewer:
    return await speaker(shared_api, "林晓岚")


@pytest.fixture(scope="module")
async def reader(shared_api: Api) -> Viewer:
    return await speaker(shared_api, "陈大文")


async def opened(rooms: Conversations, by: Viewer, text: str = TEXT) -> Thread:
    return await rooms.threads.open(by, TITLE, text, None, new_id())


async def test_an_observation_is_read_by_everybody_under_a_masked_name(
    shared_api: Api, rooms: Conversations, author: Viewer
) -> None:
    made = await opened(rooms, author)
    seen = await rooms.threads.one(ANONYMOUS, made.id)
    assert seen is not None
    assert (seen.title, seen.text, seen.name) == (TITLE, TEXT, "林**")
    row = await shared_api.city.db["threads"].find_one({"_id": made.id})
    assert row is not None
    assert TITLE not in str(row), "words lie sealed"


async def test_whoever_is_not_verified_or_acts_for_a_ward_does_not_speak(
    shared_api: Api, rooms: Conversations, author: Viewer
) -> None:
    somebody = shared_api.key(await shared_api.sign_in(shared_api.person()))
    by_phone = Viewer(author.role, somebody, somebody)
    with pytest.raises(SpeakerUnverified):
        await opened(rooms, by_phone)
    with pytest.raises(Forbidden):
        await opened(rooms, Viewer(author.role, author.actor, somebody))


async def test_a_key_that_is_sent_twice_opens_one_thread(rooms: Conversations, reader: Viewer) -> None:
    key = new_id()
    both = [await rooms.threads.open(reader, TITLE, TEXT, None, key) for _ in range(2)]
    assert both[0].id == both[1].id


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("打我电话 13805910000 就行，随时都在", PersonalDataFound),
        ("身份证号 350102199005201234 办不了", PersonalDataFound),
        ("详情见 https://example.com/shop 很便宜", LinkNotAllowed),
        ("太短", PostWordsMissing),
        ("？？？？？？？？？？？？", PostWordsMissing),
    ],
)
async def test_words_that_do_not_belong_in_public_are_refused(
    rooms: Conversations, author: Viewer, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await opened(rooms, author, text)


async def test_what_is_found_is_shown_struck_out(rooms: Conversations, author: Viewer) -> None:
    with pytest.raises(PersonalDataFound) as found:
        await opened(rooms, author, "打我电话 13805910000 就行，随时都在")
    assert found.value.kinds == ("phone",)
    assert "13805910000" not in found.value.struck


async def test_a_page_of_the_government_may_be_linked_to(shared_api: Api, rooms: Conversations) -> None:
    made = await opened(rooms, await speaker(shared_api), "办法见 https://www.fuzhou.gov.cn/zwgk 第三条")
    assert made.visibility is Visibility.SHOWN


async def test_a_department_replies_as_itself_and_followers_are_told_once(
    shared_api: Api, rooms: Conversations, author: Viewer, reader: Viewer
) -> None:
    made, office = await opened(rooms, await speaker(shared_api)), await an_office(shared_api.city)
    await rooms.follows.follow(reader, made.id, True, new_id())
    post = await rooms.officials.reply(office, made.id, "已派维修班组，今晚修好。", new_id())
    assert post.official
    assert post.unit == office.organisation
    assert post.name == ""
    await asyncio.gather(rooms.crier.carry(), rooms.crier.carry())
    await rooms.crier.carry()
    told = shared_api.city.db["outbox"].find({"type": "thread.official_reply", "citizen": reader.subject})
    assert [row["facts"]["post"] for row in await told.to_list(None) if row["facts"]["thread"] == made.id] == [post.id]
    seen = await rooms.threads.one(ANONYMOUS, made.id)
    assert seen is not None
    assert (seen.replies, seen.officials, seen.followers) == (1, 1, 2)


async def test_only_the_office_it_is_addressed_to_pins_and_closes(
    shared_api: Api, rooms: Conversations, reader: Viewer
) -> None:
    office, other = await an_office(shared_api.city), await an_office(shared_api.city)
    topic = await rooms.officials.put_up(office, "新公园叫什么名字好", "请大家给三号公园起名，月底前留言。", new_id())
    with pytest.raises(ThreadNotYours):
        await rooms.officials.pin(other, topic.id, True, new_id())
    assert (await rooms.officials.pin(office, topic.id, True, new_id())).pinned
    first = (await rooms.threads.listed(None, None, PageRequest(1))).items[0]
    assert first.id == topic.id, "what is pinned stands first"
    await rooms.officials.pin(office, topic.id, False, new_id())
    await rooms.officials.close(office, topic.id, new_id())
    with pytest.raises(ThreadIsClosed):
        await rooms.threads.reply(reader, topic.id, "叫榕荫公园", new_id())


async def test_replies_that_come_at_once_are_all_counted(
    shared_api: Api, rooms: Conversations, author: Viewer, reader: Viewer
) -> None:
    made = await opened(rooms, await speaker(shared_api))
    both = (author, reader)
    await asyncio.gather(*(rooms.threads.reply(both[n % 2], made.id, f"同感 {n}", new_id()) for n in range(8)))
    seen = await rooms.threads.one(ANONYMOUS, made.id)
    assert seen is not None
    assert seen.replies == 8
    assert len((await rooms.threads.posts(ANONYMOUS, made.id, PAGE)).items) == 8


async def test_pages_of_replies_follow_each_other_in_order(
    rooms: Conversations, shared_api: Api, reader: Viewer
) -> None:
    made = await opened(rooms, await speaker(shared_api))
    said = [(await rooms.threads.reply(reader, made.id, f"第 {n} 条", new_id())).id for n in range(5)]
    first = await rooms.threads.posts(ANONYMOUS, made.id, PageRequest(3))
    rest = await rooms.threads.posts(ANONYMOUS, made.id, PageRequest(3, first.items[-1].id))
    assert [post.id for post in (*first.items, *rest.items)] == said
    assert first.has_next
    assert not rest.has_next


async def test_one_person_opens_so_many_threads_a_day(shared_api: Api, rooms: Conversations) -> None:
    somebody = await speaker(shared_api)
    for _ in range(OPENED.most):
        await opened(rooms, somebody)
    with pytest.raises(RateLimited):
        await opened(rooms, somebody)


async def test_words_in_doubt_wait_until_somebody_has_looked(
    shared_api: Api, rooms: Conversations, reader: Viewer
) -> None:
    somebody = await speaker(shared_api)
    made = await opened(rooms, somebody, "想了解的加微信，步道边有优惠活动，名额不多")
    assert made.visibility is Visibility.WAITING
    assert await rooms.threads.one(reader, made.id) is None
    assert await rooms.threads.one(somebody, made.id) is not None, "its author reads it"
    waiting = await rooms.moderation.queue(MatterState.WAITING, PostKind.THREAD, PAGE)
    assert matter_id(PostKind.THREAD, made.id) in {one.id for one in waiting.items}
    await rooms.moderation.judge(moderator(), matter_id(PostKind.THREAD, made.id), Verdict.SHOW, None, "", new_id())
    assert await rooms.threads.one(reader, made.id) is not None


async def test_a_reply_that_waited_counts_when_it_is_shown(
    shared_api: Api, rooms: Conversations, reader: Viewer
) -> None:
    made = await opened(rooms, await speaker(shared_api))
    post = await rooms.threads.reply(reader, made.id, "私聊我，有内部消息", new_id())
    assert (await rooms.threads.posts(ANONYMOUS, made.id, PAGE)).items == ()
    await rooms.moderation.judge(moderator(), matter_id(PostKind.REPLY, post.id), Verdict.SHOW, None, "", new_id())
    seen = await rooms.threads.one(ANONYMOUS, made.id)
    assert seen is not None
    assert seen.replies == 1


async def test_reports_of_many_hide_a_post_until_somebody_has_looked(
    shared_api: Api, rooms: Conversations, reader: Viewer
) -> None:
    writer = await speaker(shared_api)
    made = await opened(rooms, writer)
    with pytest.raises(OwnPost):
        await rooms.moderation.report(writer, PostKind.THREAD, made.id, Reason.INSULT, new_id())
    reporters = [reader, *[await speaker(shared_api) for _ in range(HELD_FROM - 1)]]
    for one in reporters:
        await rooms.moderation.report(one, PostKind.THREAD, made.id, Reason.INSULT, new_id())
    assert await rooms.threads.one(ANONYMOUS, made.id) is None
    with pytest.raises(PostUnknown):
        await rooms.moderation.report(reader, PostKind.THREAD, made.id, Reason.INSULT, new_id())
    matter = await rooms.moderation.one(matter_id(PostKind.THREAD, made.id))
    assert matter is not None
    assert (matter.reports, matter.visibility) == (HELD_FROM, Visibility.HELD)
    await rooms.moderation.judge(moderator(), matter.id, Verdict.SHOW, None, "", new_id())
    assert await rooms.threads.one(ANONYMOUS, made.id) is not None
    with pytest.raises(ReportedAlready):
        await rooms.moderation.report(reader, PostKind.THREAD, made.id, Reason.INSULT, new_id())


async def test_who_reports_without_ground_again_and_again_is_not_heard_for_a_while(
    shared_api: Api, rooms: Conversations, author: Viewer
) -> None:
    complainer, writer = await speaker(shared_api), await speaker(shared_api)
    posts = [(await opened(rooms, writer)).id for _ in range(4)]
    for post in posts[:3]:
        await rooms.moderation.report(complainer, PostKind.THREAD, post, Reason.OTHER, new_id())
        await rooms.moderation.judge(moderator(), matter_id(PostKind.THREAD, post), Verdict.SHOW, None, "", new_id())
    with pytest.raises(ReportsSuspended):
        await rooms.moderation.report(complainer, PostKind.THREAD, posts[3], Reason.OTHER, new_id())


async def test_a_hidden_post_is_appealed_once_and_another_moderator_decides(
    shared_api: Api, rooms: Conversations, reader: Viewer
) -> None:
    writer = await speaker(shared_api)
    made = await opened(rooms, writer)
    matter = matter_id(PostKind.THREAD, made.id)
    why = "请不要点名具体住户"
    await rooms.moderation.hide(moderator(), PostKind.THREAD, made.id, Reason.PERSONAL_DATA, why, new_id())
    told = (await rooms.moderation.mine(writer, PAGE)).items[0]
    assert (told.decisions[-1].reason, told.decisions[-1].words) == (Reason.PERSONAL_DATA, why)
    with pytest.raises(NothingToAppeal):
        await rooms.moderation.appeal(reader, matter, "不是我的", new_id())
    await rooms.moderation.appeal(writer, matter, "我没有点名任何人", new_id())
    with pytest.raises(AppealedAlready):
        await rooms.moderation.appeal(writer, matter, "再说一次", new_id())
    with pytest.raises(AnotherDecides):
        await rooms.moderation.judge(moderator(), matter, Verdict.SHOW, None, "", new_id())
    await rooms.moderation.judge(moderator("desk-2"), matter, Verdict.SHOW, None, "看过了，没有点名", new_id())
    back = await rooms.threads.one(ANONYMOUS, made.id)
    assert back is not None
    assert back.text == TEXT, "the original was kept"
    with pytest.raises(MatterChanged):
        await rooms.moderation.judge(moderator("desk-3"), matter, Verdict.SHOW, None, "", new_id())
    month = (await rooms.moderation.figures())[0]
    assert month.hidden >= 1
    assert month.appeals_granted >= 1
    assert dict(month.hidden_for)[Reason.PERSONAL_DATA] >= 1


async def test_two_moderators_at_once_decide_once(shared_api: Api, rooms: Conversations) -> None:
    made = await opened(rooms, await speaker(shared_api))
    matter = matter_id(PostKind.THREAD, made.id)
    await rooms.moderation.report(await speaker(shared_api), PostKind.THREAD, made.id, Reason.OTHER, new_id())
    words = "广告"
    done = await asyncio.gather(
        *(
            rooms.moderation.judge(moderator(f"desk-{n}"), matter, Verdict.HIDE, Reason.ADVERTISING, words, new_id())
            for n in range(6)
        ),
        return_exceptions=True,
    )
    assert sum(not isinstance(one, BaseException) for one in done) == 1
    assert {type(one) for one in done if isinstance(one, BaseException)} == {MatterChanged}
    found = await rooms.moderation.one(matter)
    assert found is not None
    assert len(found.decisions) == 1


async def test_nicknames_are_ones_own_and_no_office(shared_api: Api, rooms: Conversations, author: Viewer) -> None:
    somebody, name = await speaker(shared_api), f"榕树{new_id()[-6:]}"
    assert await rooms.speakers.rename(somebody, name, new_id()) == name
    assert (await opened(rooms, somebody)).name == name
    with pytest.raises(NicknameTaken):
        await rooms.speakers.rename(author, name.upper(), new_id())
    for unfit in ("市政府", "官方客服", "1", "13805910000", "<b>树</b>"):
        with pytest.raises(NicknameUnfit):
            await rooms.speakers.rename(somebody, unfit, new_id())


async def test_of_who_leaves_no_word_stays_and_the_conversation_goes_on(
    shared_api: Api, rooms: Conversations, reader: Viewer
) -> None:
    leaver = await speaker(shared_api)
    made = await opened(rooms, leaver)
    await rooms.threads.reply(reader, made.id, "同感", new_id())
    assert leaver.subject is not None
    for room in (rooms.follows, rooms.moderation, rooms.threads):
        await room.end_all(moderator(), leaver.subject)
        await room.end_all(moderator(), leaver.subject)
    left = await rooms.threads.one(ANONYMOUS, made.id)
    assert left is not None
    assert (left.left, left.text, left.name, left.author) == (True, "", "", None)
    assert len((await rooms.threads.posts(ANONYMOUS, made.id, PAGE)).items) == 1
    row = await shared_api.city.db["threads"].find_one({"_id": made.id})
    assert row is not None
    assert leaver.subject not in str(row)
    assert "words" not in row


async def test_nothing_can_be_said_where_nothing_is(rooms: Conversations, reader: Viewer) -> None:
    with pytest.raises(ThreadUnknown):
        await rooms.threads.reply(reader, new_id(), "有人吗", new_id())
    with pytest.raises(ThreadUnknown):
        await rooms.follows.follow(reader, new_id(), True, new_id())
