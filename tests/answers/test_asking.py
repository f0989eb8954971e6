"""Asking over the API: told at once, asked back once, handed over; whose a thread is; what is kept of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.government.answers.gaps.model import GapState
from tests.support.answers import answer_said, asked, published
from tests.support.api import Api

DEVICE = "device-of-a-test"


@pytest.fixture
async def office(api: Api) -> str:
    """A provider who has three entries, of which two are near each other."""
    token = await api.provider()
    await published(api, token, "LIB-1", questions=["图书证丢了怎么补办", "借书证遗失"], handOver="APPOINTMENT")
    await published(api, token, "LIB-2", questions=["图书证过期了怎么延期", "借书证延期"])
    await published(api, token, "DOG-1", questions=["养狗要办什么证", "犬只登记"])
    return token


async def test_a_question_is_told_its_answer_with_source_and_confidence(api: Api, office: str) -> None:
    turn = (await asked(api, "我的图书证丢了 怎么补"))["turn"]
    assert (turn["reply"], turn["answer"]["code"], turn["answer"]["version"]) == ("ANSWERED", "LIB-1", 1)
    assert turn["answer"]["unit"]["code"] == "test-provider"
    assert turn["answer"]["reviewedAt"] is not None
    assert 0.5 <= turn["confidence"] <= 1
    assert turn["help"] is None


async def test_two_close_answers_are_asked_about_once_and_a_choice_is_told(api: Api, office: str) -> None:
    first = await asked(api, "图书证")
    assert first["turn"]["reply"] == "CLARIFYING"
    assert {one["code"] for one in first["turn"]["offered"]} == {"LIB-1", "LIB-2"}
    session = first["session"]["id"]
    chosen = await asked(api, "借书证延期", session=session, chosen="LIB-2")
    assert (chosen["turn"]["reply"], chosen["turn"]["answer"]["code"], chosen["turn"]["number"]) == (
        "ANSWERED",
        "LIB-2",
        2,
    )


async def test_the_second_turn_never_asks_back(api: Api, office: str) -> None:
    session = (await asked(api, "图书证"))["session"]["id"]
    for word in ("图书证", "都不是，我想问别的"):
        turn = (await asked(api, word, session=session))["turn"]
        assert turn["reply"] != "CLARIFYING"
        session = (await asked(api, "图书证"))["session"]["id"]


async def test_what_was_not_offered_cannot_be_chosen(api: Api, office: str) -> None:
    session = (await asked(api, "图书证"))["session"]["id"]
    wish = {"question": "x", "session": session, "chosen": "DOG-1", "device": DEVICE}
    await api.refused("AnswerNotOffered", "Ask", **wish, key=new_id())


async def test_danger_leads_with_the_numbers_to_call(api: Api, office: str) -> None:
    turn = (await asked(api, "我不想活了"))["turn"]
    assert turn["help"]["alarm"] == "LIFE"
    assert "120" in [one["number"] for one in turn["help"]["hotlines"]]


@pytest.mark.parametrize(
    "question", ["我不想活了，图书证丢了怎么补办", "my kid is missing 养狗登记", "老公打我 养狗要办什么证"]
)
async def test_who_is_in_danger_is_told_no_office_matter(api: Api, office: str, question: str) -> None:
    said = await asked(api, question)
    turn = said["turn"]
    assert (turn["reply"], turn["answer"], turn["offered"], turn["items"]) == ("UNANSWERED", None, [], [])
    assert turn["help"]["hotlines"]
    after = (await asked(api, "怎么办", session=said["session"]["id"]))["turn"]
    assert after["answer"] is None  # nor by what he said before
    assert await api.city.db["answer_gaps"].count_documents({}) <= 1  # no entry is missing for the first


async def test_an_entry_marked_for_a_danger_is_told_in_it(api: Api, office: str) -> None:
    await published(
        api, office, "HELP-1", questions=["被家暴了怎么申请保护令", "人身安全保护令"], keywords=["alarm:crime"]
    )
    assert (await asked(api, "被家暴了怎么申请保护令"))["turn"]["answer"]["code"] == "HELP-1"
    assert (await asked(api, "我不想活了 被家暴了怎么申请保护令"))["turn"]["answer"] is None


async def test_a_thread_is_seen_by_its_device_and_by_nobody_else(api: Api, office: str) -> None:
    person = await api.sign_in(api.person())
    passing = (await asked(api, "养狗要办什么证"))["session"]["id"]
    own = (await asked(api, "养狗要办什么证", person.token))["session"]["id"]
    other = await api.sign_in(api.person())
    assert (await api.data("AskSession", id=passing, device=DEVICE))["turns"][0]["answer"]["code"] == "DOG-1"
    assert (await api.data("AskSession", person.token, id=own))["turns"][0]["answer"]["code"] == "DOG-1"
    assert await api.data("AskSession", id=passing, device="another-device") is None
    assert await api.data("AskSession", id=own, device=DEVICE) is None
    assert await api.data("AskSession", other.token, id=own) is None
    wish = {"question": "养狗", "session": own}
    await api.refused("AskSessionUnknown", "Ask", other.token, **wish, key=new_id())
    assert await api.codes("Ask", question="养狗", key=new_id()) == ["BAD_INPUT"]
    assert await api.codes("AskSession", id=passing) == ["BAD_INPUT"]


async def test_an_anonymous_thread_is_over_in_a_day(api: Api, office: str) -> None:
    session = (await asked(api, "养狗要办什么证"))["session"]["id"]
    api.city.clock.advance(hours=24, seconds=1)  # type: ignore[attr-defined]
    assert await api.data("AskSession", id=session, device=DEVICE) is None


async def test_a_thread_is_handed_over_with_what_was_said(api: Api, office: str) -> None:
    person = await api.sign_in(api.person())
    session = (await asked(api, "图书证丢了怎么补办", person.token))["session"]
    assert session["leadsTo"] == ["APPOINTMENT", "CASE"]
    wish: dict[str, Any] = {"session": session["id"], "key": new_id()}
    done = await api.data("HandOverAsk", person.token, to="APPOINTMENT", **wish)
    assert (done["to"], "图书证丢了怎么补办" in done["summary"]) == ("APPOINTMENT", True)
    assert await api.data("HandOverAsk", person.token, to="APPOINTMENT", **wish) == done
    await asked(api, "养狗要办什么证", person.token, session=session["id"])
    assert await api.data("HandOverAsk", person.token, to="APPOINTMENT", **wish) == done  # whatever was asked since
    await asked(api, "图书证丢了怎么补办", person.token, session=session["id"])
    refused = await api.refused(
        "HandOverNotOffered", "HandOverAsk", person.token, session=session["id"], to="APPLICATION", key=new_id()
    )
    assert refused == {"offered": ["APPOINTMENT", "CASE"]}
    other = await api.sign_in(api.person())
    gone = {"session": session["id"], "to": "CASE", "key": new_id()}
    await api.refused("AskSessionUnknown", "HandOverAsk", other.token, **gone)


async def test_a_thread_from_before_signing_in_is_handed_over_by_its_device(api: Api, office: str) -> None:
    session = (await asked(api, "养狗要办什么证"))["session"]["id"]
    person = await api.sign_in(api.person())
    wish = {"session": session, "to": "CASE", "device": DEVICE, "key": new_id()}
    assert (await api.data("HandOverAsk", person.token, **wish))["__typename"] == "AskHandedOver"


async def test_a_repeat_is_one_turn_and_another_question_under_its_key_a_conflict(api: Api, office: str) -> None:
    wish = {"question": "养狗要办什么证", "device": DEVICE, "key": new_id()}
    first, second = await asyncio.gather(api.data("Ask", **wish), api.data("Ask", **wish))
    assert first["session"]["id"] == second["session"]["id"]
    assert len((await api.data("AskSession", id=first["session"]["id"], device=DEVICE))["turns"]) == 1
    await api.refused("IdempotencyConflict", "Ask", **{**wish, "question": "养猫"})


async def test_no_personal_number_is_kept_and_no_word_in_clear(api: Api, office: str) -> None:
    person = await api.sign_in(api.person())
    turn = (await asked(api, f"养狗登记 {person.id_number} {person.phone[3:]}", person.token))["turn"]
    assert turn["question"].startswith("养狗登记 ***")
    assert not any(one.isdigit() for one in turn["question"])
    await asked(api, f"量子纠缠 {person.id_number}")
    for name in ("ask_sessions", "passing_asks", "answer_gaps", "ask_handovers"):
        for row in await api.city.db[name].find({}).to_list(None):
            assert person.id_number not in str(row)
            assert "养狗" not in str(row)
            assert "量子" not in str(row)


async def test_what_nobody_could_answer_is_counted_together(api: Api, office: str) -> None:
    for question in ("量子纠缠怎么办理", "请问 量子纠缠", "量子纠缠"):
        assert (await asked(api, question))["turn"]["reply"] == "UNANSWERED"
    gaps = await api.city.services.government.gaps.listed(GapState.OPEN, PageRequest())
    assert [(gap.question, gap.count, gap.unanswered) for gap in gaps.items] == [("量子纠缠怎么办理", 3, 3)]


async def test_an_answer_that_did_not_help_is_listed_with_its_question(api: Api, office: str) -> None:
    person = await api.sign_in(api.person())
    session = (await asked(api, "养狗要办什么证", person.token))["session"]["id"]
    said = {"code": "DOG-1", "version": 1, "helpful": False, "complaint": "UNCLEAR", "session": session}
    done = await api.data("RateAnswer", person.token, **said, key=new_id())
    assert done["score"] == {"helpful": 0, "unhelpful": 1}
    gaps = await api.city.services.government.gaps.listed(GapState.OPEN, PageRequest())
    assert [(gap.question, gap.unhelpful) for gap in gaps.items] == [("养狗要办什么证", 1)]


async def test_a_person_counts_once_a_version_whatever_he_says_at_the_same_time(api: Api, office: str) -> None:
    person = await api.sign_in(api.person())

    def rate(helpful: bool) -> Any:
        complaint = {} if helpful else {"complaint": "WRONG"}
        return api.data("RateAnswer", person.token, code="DOG-1", version=1, helpful=helpful, **complaint, key=new_id())

    await asyncio.gather(*(rate(n % 2 == 0) for n in range(8)))
    done = await rate(True)
    assert done["score"] == {"helpful": 1, "unhelpful": 0}
    other = await api.sign_in(api.person())
    said = {"code": "DOG-1", "version": 1, "helpful": False, "complaint": "WRONG"}
    done = await api.data("RateAnswer", other.token, **said, key=new_id())
    assert done["score"] == {"helpful": 1, "unhelpful": 1}
    await api.refused("AnswerReasonNotFitting", "RateAnswer", other.token, **{**said, "helpful": True}, key=new_id())
    await api.refused("AnswerUnknown", "RateAnswer", other.token, **{**said, "version": 2}, key=new_id())


async def test_a_question_is_bounded_and_named_errors_tell_so(api: Api, office: str) -> None:
    await api.refused("QuestionEmpty", "Ask", question=" ?! ", device=DEVICE, key=new_id())
    told = await api.refused("QuestionTooLong", "Ask", question="问" * 201, device=DEVICE, key=new_id())
    assert told == {"maximum": 200}
    speaking = api.speaking("zh-CN")
    await speaking.refused("QuestionEmpty", "Ask", question="", device=DEVICE, key=new_id())


async def test_too_many_questions_from_a_device_are_stopped(api: Api, office: str) -> None:
    device = f"device-{new_id()}"
    wish = {"question": "养狗要办什么证", "device": device}
    for _ in range(60):
        await api.data("Ask", **wish, key=new_id())
    assert await api.codes("Ask", **wish, key=new_id()) == ["RATE_LIMITED"]


async def test_a_change_is_told_at_once_and_a_withdrawn_answer_no_more(api: Api, office: str) -> None:
    knowledge = api.city.services.government.knowledge
    await published(api, office, "DOG-1", questions=["养狗要办什么证"], body={"zh": "新办法。"})
    turn = (await asked(api, "养狗要办什么证"))["turn"]
    assert (turn["answer"]["version"], turn["answer"]["body"]) == (2, "新办法。")
    done = await api.data("WithdrawAnswer", office, "provider", code="DOG-1", reason="no longer so", key=new_id())
    assert done["__typename"] == "AnswerWithdrawn"
    await knowledge.settled()
    assert (await asked(api, "养狗要办什么证"))["turn"]["answer"] is None
    before = await api.data("Answer", code="DOG-1", version=1)
    assert before["version"] == 1
    assert await api.data("Answer", code="DOG-1") is None


async def test_units_write_their_own_and_nobody_elses(api: Api, office: str) -> None:
    other = await api.provider(await api.organisation())
    said = answer_said("DOG-1")
    await api.refused("AnswerCodeTaken", "SaveAnswer", other, "provider", answer=said, key=new_id())
    for operation, more in (("PublishAnswer", {}), ("ReviewAnswer", {}), ("WithdrawAnswer", {"reason": "not mine"})):
        await api.refused("AnswerUnknown", operation, other, "provider", code="DOG-1", **more, key=new_id())
    assert await api.data("AnswerVersions", other, "provider", code="DOG-1") == []
    await api.refused("AnswerNotInState", "PublishAnswer", office, "provider", code="DOG-1", key=new_id())
    bad = answer_said("DOG-2", body={"zh": "<img src=x onerror=alert(1)>"}, items=["NO-1"])
    told = await api.refused("AnswerUnfit", "SaveAnswer", office, "provider", answer=bad, key=new_id())
    assert told["faults"] == [{"field": "body.zh", "misfit": "HTML"}]
    unknown = answer_said("DOG-2", items=["NO-1"])
    told = await api.refused("AnswerUnfit", "SaveAnswer", office, "provider", answer=unknown, key=new_id())
    assert told["faults"] == [{"field": "items.0", "misfit": "UNKNOWN"}]
    away = answer_said("DOG-3", unit="nowhere")
    await api.refused("AnswerUnitUnknown", "SaveAnswer", office, "provider", answer=away, key=new_id())


async def test_what_is_overdue_is_listed_until_it_is_reviewed(api: Api, office: str) -> None:
    api.city.clock.advance(days=366)  # type: ignore[attr-defined]
    token = await api.provider()
    due = await api.data("OverdueAnswers", token, "provider", first=2)
    assert ([edge["node"]["answer"]["code"] for edge in due["edges"]], due["pageInfo"]["hasNextPage"]) == (
        ["DOG-1", "LIB-1"],
        True,
    )
    rest = await api.data("OverdueAnswers", token, "provider", first=2, after=due["pageInfo"]["endCursor"])
    assert [edge["node"]["answer"]["code"] for edge in rest["edges"]] == ["LIB-2"]
    await api.data("ReviewAnswer", token, "provider", code="DOG-1", key=new_id())
    left = await api.data("OverdueAnswers", token, "provider")
    assert [edge["node"]["answer"]["code"] for edge in left["edges"]] == ["LIB-1", "LIB-2"]
    assert await api.city.services.government.entries.counts() == (3, 2)
