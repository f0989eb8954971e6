"""The rules of asking and of entries: what is kept of a question, what means danger, when one is asked back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.said import Said
from app.domains.government.answers.alarms.model import HELP, Alarm, alarm_of, help_only
from app.domains.government.answers.asking.errors import AnswerNotOffered, AskSessionFull
from app.domains.government.answers.asking.model import (
    KEPT,
    KEPT_PASSING,
    MOST_TURNS,
    Asker,
    Reply,
    Thread,
    Turn,
    summary_of,
)
from app.domains.government.answers.entries.checks import unfit
from app.domains.government.answers.entries.errors import AnswerMisfit, AnswerNotInState
from app.domains.government.answers.entries.model import Answer, AnswerState, HandOver, Link
from app.domains.government.answers.finding.model import CALIBRATION, CLOSE, Candidate, confidence_of, verdict
from app.domains.government.answers.questions.errors import QuestionEmpty, QuestionTooLong
from app.domains.government.answers.questions.model import MOST, parsed
from app.domains.government.answers.ratings.errors import AnswerReasonNotFitting
from app.domains.government.answers.ratings.model import Complaint, Rating

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
ENTRY = Answer("A-1", 0, AnswerState.DRAFT, "office", ("怎么办",), Said("去办。"))


def turn(number: int, reply: Reply = Reply.UNANSWERED, **more: object) -> Turn:
    return Turn(number, NOW, "问", reply, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("我的身份证号 35010219900520123X 丢了", "我的身份证号 *** 丢了"),
        ("电话１３８００１３８０００打不通", "电话***打不通"),
        ("138-0013-8000 和 +86 138 0013 8000", "*** 和 ***"),
        ("银行卡 6222 0210 0111 2222 333 扣了钱", "银行卡 *** 扣了钱"),
        ("护照E12345678过期", "护照***过期"),
        ("闽A12345违章", "***违章"),
        ("mail me at zhang.san@example.com please", "mail me at *** please"),
        ("2026年11月22日交了1500元", "2026年11月22日交了1500元"),
        ("  many\t lines\nof \u200b text ", "many lines of text"),
        ("12345 热线和 110", "12345 热线和 110"),
    ],
)
def test_a_question_is_kept_in_one_line_and_without_personal_numbers(typed: str, kept: str) -> None:
    assert parsed(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"), [("", QuestionEmpty), (" ？！… ", QuestionEmpty), ("问" * (MOST + 1), QuestionTooLong)]
)
def test_what_is_no_question_is_refused(typed: str, why: type[Exception]) -> None:
    with pytest.raises(why):
        parsed(typed)


@given(st.text(max_size=300))
def test_any_text_is_a_question_or_refused_by_name(typed: str) -> None:
    try:
        kept = parsed(typed)
    except (QuestionEmpty, QuestionTooLong):
        return
    assert 0 < len(kept) <= 2 * MOST
    assert kept.isprintable()


@given(st.integers(10**17, 10**18 - 1), st.sampled_from(["{}", "证号{}号", "id {}", "（{}）"]))
def test_no_identity_number_survives(number: int, sentence: str) -> None:
    assert str(number) not in parsed(sentence.format(number) + " 丢了")


@pytest.mark.parametrize(
    ("question", "alarm"),
    [
        ("我不想活了", Alarm.LIFE),
        ("I want to die", Alarm.LIFE),
        ("楼下着火了怎么办", Alarm.FIRE),
        ("闻到燃气味", Alarm.FIRE),
        ("老人昏迷叫不醒", Alarm.MEDICAL),
        ("need an ambulance", Alarm.MEDICAL),
        ("被家暴了找谁", Alarm.CRIME),
        ("我被骗了五万块", Alarm.CRIME),
        ("孩子走丢了", Alarm.CHILD),
        ("火灾保险怎么买", None),
        ("消防验收要什么材料", None),
        ("救护车司机招聘", None),
        ("therapeutic grape harvest", None),
        ("公积金怎么提取", None),
    ],
)
def test_words_of_danger_are_known_and_ordinary_ones_left_alone(question: str, alarm: Alarm | None) -> None:
    assert alarm_of(question) is alarm


_LIFE = (
    "活着没意思|不想活了|我想死|想跳楼|他要跳楼了|割腕|生无可恋|想上吊|想结束自己|i want to die|I’m going to kill "
    "myself|I don’t want to live any more|i keep cutting myself|wanna die"
)
_CHILD = (
    "my kid is missing|my child is lost|My son has gone missing|our daughter disappeared|I can’t find my kid|"
    "i lost my child in the market|孩子找不到了|孩子丢了|"
    "孩子丢了怎么办|my kid was kidnapped|小孩走失|女儿不见了|孩子在商场走丢了|找不到孩子了|儿子失踪两天了|"
    "孩子在公园丢了|孩子离家出走"
)
_VIOLENT = (
    "my husband beats me|he hits me|she slapped me|I was beaten by my boss|my father is hitting my sister|"
    "he threatened me|被家暴|老公打我|被打了|我被老板打了|被人打伤|"
    "老公打孩子|老公总是打她|有人打人|他要杀我|被打了一顿|domestic abuse"
)
_ORDINARY = (
    "在哪里打印材料|身份证复印件被打印错了|打车发票怎么报销|电脑死机了|死者的公积金怎么取|父亲去世要办什么手续|丢了身份证|孩子丢了身份证|"
    "孩子的社保卡找不到了|孩子找不到学校|孩子找不到工作|申请被打回来了|申请被打了回来|打我电话|有人打我手机|怎么拨打我市热线|"
    "打人工客服|"
    "打人社局电话|孩子打疫苗|打孩子疫苗|跳楼价销售合法吗|想死你了|my son lost his id card|"
    "my child is missing documents|i can’t find my child’s birth certificate|i hurt myself at work|"
    "my kid lost a library card|print my card|"
    "工资没打到卡里|被打断的网课怎么退费|死亡证明怎么开|餐厅打折被打了差评|he hit the bus|kids are missing vaccines"
)


@pytest.mark.parametrize(
    ("questions", "alarm"), [(_LIFE, Alarm.LIFE), (_CHILD, Alarm.CHILD), (_VIOLENT, Alarm.CRIME), (_ORDINARY, None)]
)
def test_people_in_danger_are_told_from_people_with_papers(questions: str, alarm: Alarm | None) -> None:
    heard = {question: (alarm_of(question), help_only(question)) for question in questions.split("|")}
    assert heard == dict.fromkeys(heard, (alarm, alarm))


@pytest.mark.parametrize("question", ["我被骗了五万块", "钱包被偷了", "楼下着火了怎么办"])
def test_who_was_cheated_or_robbed_is_told_also_where_to_report_it(question: str) -> None:
    assert alarm_of(question) is not None
    assert help_only(question) is None


def test_every_alarm_says_whom_to_call_in_both_languages() -> None:
    for alarm in Alarm:
        assert HELP[alarm].advice.zh
        assert HELP[alarm].advice.en
        assert {one.number for one in HELP[alarm].hotlines} & {"110", "119", "120", "12355", "12356"}


def candidates(*likenesses: float) -> list[Candidate]:
    made = [Answer(f"A-{n}", 1, AnswerState.PUBLISHED, "u", (f"问{n}",), Said("答")) for n in range(len(likenesses))]
    return [Candidate(answer, likeness) for answer, likeness in zip(made, likenesses, strict=True)]


@pytest.mark.parametrize(
    ("likenesses", "may_ask", "told", "offered"),
    [
        ((), True, False, 0),
        ((0.2, 0.1), True, False, 0),
        ((0.8, 0.4), True, True, 0),
        ((0.8, 0.78), True, False, 2),
        ((0.8, 0.79, 0.78, 0.77, 0.76), True, False, 4),
        ((0.8, 0.78), False, True, 0),
        ((0.99, 0.95), True, True, 0),
        ((0.99, 0.98), True, False, 2),
    ],
)
def test_close_answers_are_asked_about_once(
    likenesses: tuple[float, ...], may_ask: bool, told: bool, offered: int
) -> None:
    found = verdict(candidates(*likenesses), may_ask=may_ask)
    assert (found.told is not None, len(found.offered)) == (told, offered)


@given(st.lists(st.floats(0, 1), max_size=8), st.booleans())
def test_a_verdict_tells_one_or_offers_two_to_four_or_neither(likenesses: list[float], may_ask: bool) -> None:
    found = verdict(candidates(*sorted(likenesses, reverse=True)), may_ask=may_ask)
    assert not (found.told and found.offered)
    assert len(found.offered) in (0, 2, 3, 4)
    assert may_ask or not found.offered
    if found.offered:
        assert found.offered[0].likeness - found.offered[-1].likeness < CLOSE


@given(st.floats(-1, 2), st.floats(-1, 2))
def test_confidence_rises_with_likeness(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert 0 <= confidence_of(low) <= confidence_of(high) <= CALIBRATION[-1][1]


@pytest.mark.parametrize(
    ("body", "misfit"),
    [
        ("**去** [总台](https://example.org)，或拨 [110](tel:110)。\n\n- 一\n- 二", None),
        ("<script>alert(1)</script>", AnswerMisfit.HTML),
        ("好 <b>的</b>", AnswerMisfit.HTML),
        ("![x](https://example.org/x.png)", AnswerMisfit.HTML),
        ("[x](javascript:alert(1))", AnswerMisfit.ADDRESS),
        ("[x](http://example.org)", AnswerMisfit.ADDRESS),
        ("[x](https://user@example.org)", AnswerMisfit.ADDRESS),
        ("[x](data:text/html,hi)", AnswerMisfit.ADDRESS),
        ("<https://example.org> 可以", None),
        ("<javascript:alert(1)>", AnswerMisfit.ADDRESS),
        ("a\u202eb", AnswerMisfit.FORM),
        ("", AnswerMisfit.MISSING),
        ("长" * 8_001, AnswerMisfit.TOO_LONG),
        ("费用 < 10 元，3 > 2", None),
    ],
)
def test_an_answer_is_plain_markdown(body: str, misfit: AnswerMisfit | None) -> None:
    found = [fault.misfit for fault in unfit(_with(body=Said(body)))]
    assert (misfit in found) if misfit else found == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"code": "a 1"}, ("code", AnswerMisfit.FORM)),
        ({"questions": ()}, ("questions", AnswerMisfit.MISSING)),
        ({"questions": ("问", "问")}, ("questions.1", AnswerMisfit.TWICE)),
        ({"questions": ("问" * 121,)}, ("questions.0", AnswerMisfit.TOO_LONG)),
        ({"links": (Link("x", "ftp://example.org"),)}, ("links.0", AnswerMisfit.ADDRESS)),
        ({"links": (Link("x", "https://[bad"),)}, ("links.0", AnswerMisfit.ADDRESS)),
        ({"items": ("x y",)}, ("items.0", AnswerMisfit.FORM)),
        ({"keywords": tuple(map(str, range(21)))}, ("keywords", AnswerMisfit.TOO_MANY)),
        ({"steps": (Said(""),)}, ("steps.0", AnswerMisfit.MISSING)),
        ({"title_en": "a\nb"}, ("title_en", AnswerMisfit.FORM)),
    ],
)
def test_each_fault_of_an_entry_has_its_place(changed: dict[str, object], fault: tuple[str, AnswerMisfit]) -> None:
    assert fault in [(one.field, one.misfit) for one in unfit(_with(**changed))]


@given(st.text(max_size=200))
def test_no_text_breaks_the_checks(text: str) -> None:
    list(unfit(_with(code=text, questions=(text,), body=Said(text, text), links=(Link(text, text),))))


def test_an_entry_goes_from_draft_to_published_to_withdrawn_and_back() -> None:
    draft = ENTRY.drafted(None, "me", NOW)
    with pytest.raises(AnswerNotInState):
        draft.reviewed("me", NOW)
    published = draft.published("me", NOW)
    assert (published.shown, str(published.review_by)) == (True, "2027-11-22")
    with pytest.raises(AnswerNotInState):
        published.published("me", NOW)
    later = NOW + timedelta(days=300)
    assert str(published.reviewed("me", later).review_by) == "2028-09-17"
    gone = published.withdrawn("me", NOW, "no longer so")
    assert (gone.shown, gone.history[-1].reason) == (False, "no longer so")
    again = ENTRY.drafted(gone, "me", NOW)
    assert (again.version, again.state) == (2, AnswerState.DRAFT)


def test_a_thread_leads_where_its_answer_does_and_always_to_a_case() -> None:
    thread = Thread("t", Asker("c"), NOW)
    assert thread.leads_to == (HandOver.CASE,)
    told = thread.further(turn(1, Reply.ANSWERED, answer="A-1@1", hand_over=HandOver.APPOINTMENT))
    assert told.leads_to == (HandOver.APPOINTMENT, HandOver.CASE)


def test_only_what_was_offered_last_can_be_chosen() -> None:
    thread = Thread("t", Asker("c"), NOW).further(turn(1, Reply.CLARIFYING, offered=("A-1", "A-2")))
    thread.demand_offered("A-2")
    for other in (thread.further(turn(2)), thread):
        with pytest.raises(AnswerNotOffered):
            other.demand_offered("A-3" if other is thread else "A-2")


def test_a_thread_has_so_many_turns_and_ends_by_its_kind() -> None:
    thread = Thread("t", Asker(None, "d"), NOW)
    for n in range(MOST_TURNS):
        thread = thread.further(turn(n + 1))
    with pytest.raises(AskSessionFull):
        thread.demand_room()
    assert thread.expires_at(NOW) == NOW + KEPT_PASSING
    assert Thread("t", Asker("c"), NOW).expires_at(NOW) == NOW + KEPT


def test_a_summary_says_what_was_asked_and_told_and_keeps_to_its_length() -> None:
    thread = Thread("t", Asker("c"), NOW).further(turn(1, Reply.ANSWERED, answer="A-1@1")).further(turn(2))
    titles = {"A-1@1": Said("补办", "Replacement")}
    assert summary_of(thread, titles, "zh-CN") == "问：问\n答：补办\n问：问\n答：没有找到答案"
    assert summary_of(thread, titles, "en").startswith("Asked: 问\nAnswered: Replacement")
    long = Thread("t", Asker("c"), NOW, tuple(Turn(n, NOW, "问" * 200, Reply.UNANSWERED) for n in range(30)))
    assert len(summary_of(long, {}, "zh-CN")) <= 2_000


@pytest.mark.parametrize(("helpful", "complaint"), [(True, Complaint.WRONG), (False, None)])
def test_a_complaint_comes_with_what_did_not_help_and_then_only(helpful: bool, complaint: Complaint | None) -> None:
    with pytest.raises(AnswerReasonNotFitting):
        Rating("c", "A-1@1", helpful, complaint, NOW)


def _with(**changed: object) -> Answer:
    return replace(ENTRY, **changed)  # type: ignore[arg-type]
