"""What channels bring over the real database: filed once, answered by the same way, never anybody's account."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.domains.voice.cases.clocks.rules.model import PUBLISHED, RuleCode
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, CaseState, Identity
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.channels.intake.answers.model import MOST_ATTEMPTS, AnswerState, Sent, wait_after
from app.domains.voice.channels.intake.callers.model import CallerFiling, e164, is_texted
from app.domains.voice.channels.intake.errors import CallerNumberInvalid, ChannelNotSeated, InboundSettled
from app.domains.voice.channels.intake.model import (
    PER_SENDER,
    Heard,
    InboundState,
    ToAdd,
    ToAnswer,
    ToFile,
    ToRate,
    ToTell,
    Wanted,
    kind_of,
    wanted,
)
from app.wiring import City
from tests.conftest import Fakes
from tests.support.api import OPS, Api
from tests.support.case_work import SEAT, CaseWork, worker
from tests.support.cases import CITY, DISTRICT, LAMP, categorised
from tests.support.public import hear
from tests.voice.test_channel_adapters import TEXT, mail, qq, wechat_query, xml

NUMBER = "SQ2026-0001-23456-7"


def heard(text: str, channel: CaseChannel = CaseChannel.SMS, **changed: Any) -> Heard:
    fields = {"message": new_id(), "sender": f"+86139{new_id()[-8:]}", "at": datetime.now(UTC)} | changed
    return Heard(channel=channel, text=text, **fields)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("五四路路灯不亮三天了", ToFile(CaseKind.HELP, "", "五四路路灯不亮三天了")),
        ("帮助", ToAnswer("INBOUND_HELP")),
        (" ? ", ToAnswer("INBOUND_HELP")),
        ("路灯", ToAnswer("INBOUND_TOO_SHORT")),
        ("好" * 2_001, ToAnswer("INBOUND_TOO_LONG")),
        (f"查询 {NUMBER}", ToTell(NUMBER)),
        (f"status: {NUMBER.lower()}", ToTell(NUMBER.lower())),
        (f"评价 {NUMBER} 5", ToRate(NUMBER, 5, None)),
        (f"评价 {NUMBER} 2 3天才修好", ToRate(NUMBER, 2, "3天才修好")),
        ("评价 4分，不错", ToRate(None, 4, "不错")),
        (f"补充 {NUMBER} 又坏了一盏", ToAdd(NUMBER, "又坏了一盏")),
        ("add: another lamp went out", ToAdd(None, "another lamp went out")),
        ("查询路灯什么时候修好", ToFile(CaseKind.ENQUIRY, "", "查询路灯什么时候修好")),
    ],
)
def test_a_few_words_are_commands_and_all_else_is_a_case(text: str, wish: Wanted) -> None:
    assert wanted(heard(text)) == wish


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("建议在路口增设红绿灯", CaseKind.SUGGESTION),
        ("投诉工地夜间施工", CaseKind.COMPLAINT),
        ("请问社保卡怎么办理", CaseKind.ENQUIRY),
        ("明天停水吗？", CaseKind.ENQUIRY),
        ("井盖坏了，很危险", CaseKind.HELP),
    ],
)
def test_the_kind_is_guessed_by_words(text: str, kind: CaseKind) -> None:
    assert kind_of(text) is kind


async def taken(city: City, *messages: Heard) -> None:
    """Kept, and taken in by workers until nothing is due."""
    await categorised(city)
    for one in messages:
        await city.services.voice.inbound.take(one)
    while await city.services.voice.inbound.round():
        pass
    while await city.services.voice.channel_answers.round():
        pass


def said_to(fakes: Fakes, sender: str, channel: CaseChannel = CaseChannel.SMS) -> list[str]:
    messenger: Any = fakes.outside.messengers[channel]
    return [text for to, text, _ in messenger.sent if to == sender]


async def case_in(city: City, text: str) -> Case:
    number = re.search(r"SQ[\d-]+", text)
    assert number is not None, text
    store = CaseStore(city.db, city.persons)
    found = await store.get(str(await store.id_of(number.group())))
    assert found is not None
    return found


async def test_a_text_message_becomes_a_case_of_nobodys_account(shared_city: tuple[City, Fakes]) -> None:
    city, fakes = shared_city
    message = heard("五四路111号门口的路灯不亮三天了")
    await taken(city, message)
    (told,) = said_to(fakes, message.sender)
    case = await case_in(city, told)
    assert (case.channel, case.kind, case.category) == (CaseChannel.SMS, CaseKind.HELP, LAMP)
    assert (case.citizen, case.identity, case.words.contact) == (None, Identity.NAMED, message.sender)
    assert (case.place.division, case.place.point) == (CITY, None)
    receipt = re.search(r"receipt=([\w-]+)", told)
    assert receipt is not None
    opened = await city.services.voice.cases.by_receipt(case.number, receipt.group(1), new_id())
    assert opened is not None
    row = await city.db["inbound_messages"].find_one({"case": case.id})
    assert row is not None
    assert message.sender not in str(row)
    assert "路灯" not in str(row)


async def test_the_same_message_heard_forty_times_at_once_is_one_case(shared_city: tuple[City, Fakes]) -> None:
    city, fakes = shared_city
    await categorised(city)
    message, inbound = heard("温泉公园门口井盖缺失"), city.services.voice.inbound
    kept = await asyncio.gather(*(inbound.take(message) for _ in range(40)))
    assert sum(kept) == 1
    await asyncio.gather(*(inbound.round() for _ in range(8)))
    await taken(city, message)
    assert len(said_to(fakes, message.sender)) == 1
    count = await city.db["cases"].count_documents({"origin": {"$regex": "^inbound:"}, "channel": "sms"})
    rows = await city.db["inbound_messages"].count_documents({"state": "filed", "channel": "sms"})
    assert count >= 1
    assert rows >= 1


async def test_a_place_that_is_shared_first_is_the_place_of_the_words_that_follow(
    shared_city: tuple[City, Fakes],
) -> None:
    city, fakes = shared_city
    sender = f"openid-{new_id()}"
    point = Point(26.0823, 119.2965)
    await taken(city, heard("", CaseChannel.WECHAT, sender=sender, point=point))
    await taken(city, heard("这里的路灯不亮", CaseChannel.WECHAT, sender=sender))
    first, second = said_to(fakes, sender, CaseChannel.WECHAT)
    assert "30" in first
    assert (await case_in(city, second)).place.point == point


async def replied(city: City, case: Case) -> None:
    """Up to the reply, of which its sender hears."""
    work, hand, now = CaseWork(city), worker("unit-1"), city.clock.now()
    was = await work.now(case)
    done = was.accepted(PUBLISHED[RuleCode.HELP].started(now), False, SEAT, now)
    done = done.dispatched("unit-1", ["unit-1"], [], "rule", SEAT, now).claimed(hand, now)
    await work.kept(done.handled("灯泡已更换", (), hand, now).replied("已修复", hand, now), was)


async def test_a_sender_asks_adds_and_rates_by_message_and_only_about_his_own(
    shared_city: tuple[City, Fakes],
) -> None:
    city, fakes = shared_city
    work, sender, stranger, way = CaseWork(city), f"o-{new_id()}", f"o-{new_id()}", CaseChannel.WECHAT
    await taken(city, heard("小区门口的路灯不亮", way, sender=sender))
    case = await case_in(city, said_to(fakes, sender, way)[-1])
    asks = f"查询 {case.number}"
    await taken(city, heard(asks, way, sender=sender), heard(asks, way, sender=stranger))
    assert "待受理" in said_to(fakes, sender, way)[-1]
    assert case.number not in said_to(fakes, stranger, way)[-1]

    await taken(city, heard(f"补充 {case.number} 又坏了一盏", way, sender=sender))
    assert (await work.now(case)).events[-1].text == "又坏了一盏"
    await taken(city, heard(f"评价 {case.number} 5", way, sender=sender))  # nobody has replied yet
    assert (await work.now(case)).ratings == ()
    await replied(city, case)
    await hear(city, case.id)
    await hear(city, case.id)
    await taken(city)
    assert sum("已答复" in one for one in said_to(fakes, sender, way)) == 1

    await taken(city, heard(f"评价 {case.number} 1", way, sender=stranger))
    assert (await work.now(case)).ratings == ()
    await taken(city, heard("评价 4 修得快", way, sender=sender))
    rated = await work.now(case)
    assert [(one.grade, one.solved, one.reason) for one in rated.ratings] == [(4, True, "修得快")]
    assert rated.state is CaseState.CLOSED


@pytest.mark.parametrize("way", [CaseChannel.SMS, CaseChannel.MAIL])
async def test_who_only_writes_as_another_neither_adds_to_his_case_nor_rates_it(
    shared_city: tuple[City, Fakes], way: CaseChannel
) -> None:
    city, fakes = shared_city
    work, sender = CaseWork(city), f"+86135{new_id()[-8:]}" if way is CaseChannel.SMS else f"{new_id()}@example.com"
    await taken(city, heard("小区门口的路灯不亮", way, sender=sender))
    told = said_to(fakes, sender, way)[-1]
    case, receipt = await case_in(city, told), told.split("receipt=")[1].split()[0]
    await replied(city, case)
    before = await work.now(case)
    forged = ("评价 5 非常满意", f"评价 {case.number} 5", "补充 不用修了", f"补充 {case.number} {'x' * 16} 不用修了")
    for text in forged:
        await taken(city, heard(text, way, sender=sender))
        assert "冒用" in said_to(fakes, sender, way)[-1]
    assert await work.now(case) == before

    await taken(city, heard(f"补充 {case.number} {receipt} 又坏了一盏", way, sender="another"))
    assert (await work.now(case)).events[-1].text == "又坏了一盏"
    await taken(city, heard("评价 4 修得快", way, sender=sender, verified=True))
    assert [(one.grade, one.reason) for one in (await work.now(case)).ratings] == [(4, "修得快")]


async def test_who_writes_too_often_is_told_once_and_then_not_heard(shared_city: tuple[City, Fakes]) -> None:
    city, fakes = shared_city
    sender = f"+86136{new_id()[-8:]}"
    await taken(city, *(heard(f"第{n}次：路灯不亮", sender=sender) for n in range(PER_SENDER.most + 5)))
    told = said_to(fakes, sender)
    assert len(told) == PER_SENDER.most + 1
    assert sum("太多" in one for one in told) == 1
    states = await city.db["inbound_messages"].distinct("state", {"sender": {"$exists": True}})
    assert "dropped" in states


async def test_a_message_that_cannot_be_taken_in_is_tried_again_and_then_left_to_the_desk(
    city: City, fakes: Fakes, clock: Any
) -> None:
    inbound = city.services.voice.inbound
    await inbound.take(heard("没有类别时的诉求"))  # there are no categories in this city yet
    for _ in range(20):
        await inbound.round()
        clock.advance(hours=2)
    page = await inbound.listed([InboundState.FAILED], PageRequest())
    (failed,) = page.items
    assert (failed.why, failed.heard) == ("LookupError", None)
    await categorised(city)
    await inbound.retry(OPS, failed.id)
    with pytest.raises(InboundSettled):
        await inbound.retry(OPS, failed.id)
    await taken(city)
    now = await inbound.one(failed.id)
    assert now is not None
    assert (now.state, now.number is not None) == (InboundState.FILED, True)
    assert (await inbound.read(OPS, failed.id, "看一下")).heard is not None


async def test_an_answer_is_tried_until_it_is_sent_refused_or_given_up(city: City, fakes: Fakes, clock: Any) -> None:
    answers = city.services.voice.channel_answers
    recording: Any = fakes.outside.messengers[CaseChannel.SMS]
    recording.outcomes += [
        Sent(False, "THROTTLED", again=True, after=timedelta(minutes=5)),
        Sent(False, "TIMEOUT", again=True),
    ]
    await answers.say(CaseChannel.SMS, "+8613900000002", "INBOUND_HELP", None)
    assert await answers.round() == 1
    assert await answers.round() == 0  # not before the gateway wishes
    clock.advance(minutes=6)
    assert await answers.round() == 1
    clock.advance(minutes=6)
    assert await answers.round() == 1
    assert len({one for _, _, one in recording.sent}) == 1  # under one id
    assert [one.state for one in (await answers.listed([AnswerState.SENT], PageRequest())).items] == [AnswerState.SENT]

    recording.outcomes += [Sent(False, "NUMBER_UNASSIGNED")] + [Sent(False, "FAILED", again=True)] * MOST_ATTEMPTS
    await answers.say(CaseChannel.SMS, "+8613900000003", "INBOUND_HELP", None)
    await answers.round()
    (refused,) = (await answers.listed([AnswerState.REFUSED], PageRequest())).items
    assert (refused.why, refused.to, refused.text) == ("NUMBER_UNASSIGNED", None, None)
    await answers.say(CaseChannel.SMS, "+8613900000004", "INBOUND_HELP", None)
    for _ in range(MOST_ATTEMPTS + 2):
        await answers.round()
        clock.advance(hours=2)
    (failed,) = (await answers.listed([AnswerState.FAILED], PageRequest())).items
    await answers.retry(OPS, failed.id)
    assert await answers.round() == 1
    with pytest.raises(InboundSettled):
        await answers.retry(OPS, failed.id)


def test_waits_grow_and_follow_the_channels_wish() -> None:
    assert wait_after(1, None) == timedelta(seconds=10)
    assert wait_after(3, None) == timedelta(seconds=40)
    assert wait_after(30, None) == timedelta(hours=1)
    assert wait_after(1, timedelta(minutes=5)) == timedelta(minutes=5)
    assert wait_after(1, timedelta(days=2)) == timedelta(hours=1)


async def test_a_seat_files_for_a_caller_who_is_texted_number_and_link(shared_city: tuple[City, Fakes]) -> None:
    city, fakes = shared_city
    await categorised(city)
    wished = CallerFiling(
        CaseKind.HELP,
        CaseChannel.PHONE,
        LAMP,
        "",
        "小区门口路灯不亮",
        "139 0000 0099",
        "林先生",
        division=DISTRICT,
        english=True,
    )
    key = new_id()
    cases = await asyncio.gather(*(city.services.voice.callers.file(SEAT, wished, key) for _ in range(5)))
    assert len({case.id for case in cases}) == 1
    await taken(city)
    (told,) = said_to(fakes, "+8613900000099")
    assert cases[0].number in told
    assert told.startswith("Your case")
    case = cases[0]
    assert (case.citizen, case.words.name, case.by, case.channel) == (None, "林先生", SEAT.acting(), CaseChannel.PHONE)
    with pytest.raises(CallerNumberInvalid):
        await city.services.voice.callers.file(SEAT, replace(wished, phone="12345"), new_id())
    with pytest.raises(ChannelNotSeated):
        await city.services.voice.callers.file(SEAT, replace(wished, channel=CaseChannel.APP), new_id())


@pytest.mark.parametrize(
    "phone", ["+1 900 234 5678", "139 0000 0099;ext=99", "400-820-8820", "12345", "+86 10 1", "x", "0900000000"]
)
def test_no_telephone_of_a_person_is_no_number_of_a_caller(phone: str) -> None:
    with pytest.raises(CallerNumberInvalid):
        e164(phone)


def test_numbers_of_people_are_taken_and_those_abroad_are_not_texted() -> None:
    known = {"139 0000 0099": True, "0591-8755 1234": True, "+852 5123 4567": False, "+886 912 345 678": False}
    assert {raw: is_texted(e164(raw)) for raw in known} == known


async def test_a_caller_from_abroad_has_his_case_and_no_text_message(shared_city: tuple[City, Fakes]) -> None:
    city, fakes = shared_city
    await categorised(city)
    wished = CallerFiling(CaseKind.HELP, CaseChannel.PHONE, LAMP, "", "路灯不亮", "+852 5123 4567", division=DISTRICT)
    case = await city.services.voice.callers.file(SEAT, wished, new_id())
    work, now = CaseWork(city), city.clock.now()
    was = await work.now(case)
    await work.kept(was.refused("wrong_place", "请拨打供电热线", SEAT, now), was)
    await hear(city, case.id)
    await taken(city)
    assert case.words.contact == "+85251234567"
    assert said_to(fakes, "+85251234567") == []


async def test_whoever_came_to_a_seat_by_wechat_hears_of_the_reply_by_text_message(
    shared_city: tuple[City, Fakes],
) -> None:
    city, fakes = shared_city
    await categorised(city)
    wished = CallerFiling(CaseKind.HELP, CaseChannel.WECHAT, LAMP, "", "路灯不亮", "139 0000 0098", division=DISTRICT)
    work, case = CaseWork(city), await city.services.voice.callers.file(SEAT, wished, new_id())
    was, now = await work.now(case), city.clock.now()
    await work.kept(was.refused("wrong_place", "请拨打供电热线", SEAT, now), was)
    await hear(city, case.id)
    await taken(city)
    assert [case.number in one for one in said_to(fakes, "+8613900000098")] == [True, True]


async def test_the_doors_take_what_is_signed_and_nothing_else(shared_api: Api) -> None:
    stamp = str(int(time()))
    body = xml(**{**TEXT, "MsgId": new_id()})
    query = wechat_query(token="test-wechat", stamp=stamp)
    good = await shared_api.http.post("/inbound/wechat", params=query, content=body)
    assert (good.status_code, good.text) == (200, "success")
    bad = await shared_api.http.post("/inbound/wechat", params=query | {"signature": "x"}, content=body)
    assert (bad.status_code, bad.json()["code"]) == (401, "UNAUTHENTICATED")
    tried = qq({"op": 13, "d": {"plain_token": "abc", "event_ts": "1"}}, "test-qq", stamp)
    answer = await shared_api.http.post("/inbound/qq", content=tried.body, headers=dict(tried.headers))
    assert answer.json()["plain_token"] == "abc"
    for path in ("/inbound/sms", "/inbound/mail"):
        answer = await shared_api.http.post(path, content=mail())
        assert answer.status_code == 401
    answer = await shared_api.http.post("/inbound/mail", content=b"x" * 100_000)
    assert answer.status_code == 413
