"""Surveys: whom they ask, that one person answers once, and that nobody can be known from what is kept or shown."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.context import Conversations
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.said import Said
from app.core.spreadsheets import harmless
from app.core.viewer import ANONYMOUS, Viewer
from app.domains.voice.conversations.surveys.errors import (
    SurveyAnswered,
    SurveyAnswersUnfit,
    SurveyMisfit,
    SurveyNotForYou,
    SurveyNotOpen,
    SurveyStateWrong,
    SurveyUnfit,
    SurveyUnknown,
)
from app.domains.voice.conversations.surveys.model import Answered, Phase, Question, QuestionKind, Results, answered_of
from app.domains.voice.conversations.surveys.results.model import FEWEST, Counts, moved_enough, shown, table
from app.domains.voice.conversations.surveys.store import VESSELS, SurveyStore
from tests.support.api import Api
from tests.support.fakes import MovableClock
from tests.support.speakers import an_office, published, questions, speaker, survey

FIT = (Answered("lamps", ("o2",)), Answered("wishes", ("o1", "o3")), Answered("content", ("2",)))


@pytest.fixture
def rooms(shared_api: Api) -> Conversations:
    return shared_api.city.services.voice.conversations


@pytest.fixture(scope="module")
async def office(shared_api: Api) -> Viewer:
    return await an_office(shared_api.city)


@pytest.fixture(scope="module")
async def somebody(shared_api: Api) -> Viewer:
    return await speaker(shared_api)


async def test_twenty_answers_of_one_person_at_once_are_one(
    shared_api: Api, rooms: Conversations, office: Viewer, somebody: Viewer
) -> None:
    held = await published(shared_api.city, office)
    done = await asyncio.gather(
        *(rooms.surveys.answer(somebody, held.id, FIT, new_id()) for _ in range(20)), return_exceptions=True
    )
    refused = [one for one in done if isinstance(one, BaseException)]
    assert {type(one) for one in refused} == {SurveyAnswered}
    assert len(refused) == 19
    assert await _answered(shared_api, held.id) == 1


async def test_a_repeat_under_its_key_is_answered_as_the_first(
    shared_api: Api, rooms: Conversations, office: Viewer, somebody: Viewer
) -> None:
    held, key = await published(shared_api.city, office), new_id()
    await rooms.surveys.answer(somebody, held.id, FIT, key)
    assert (await rooms.surveys.answer(somebody, held.id, FIT, key)).id == held.id
    assert await rooms.surveys.has_answered(somebody, held.id) is True
    assert await rooms.surveys.has_answered(ANONYMOUS, held.id) is None
    assert await _answered(shared_api, held.id) == 1


async def test_nothing_that_is_kept_joins_a_person_and_an_answer(
    shared_api: Api, rooms: Conversations, office: Viewer, somebody: Viewer
) -> None:
    held, db = await published(shared_api.city, office), shared_api.city.db
    wish = "请在南门加一排长椅"
    before = await db["survey_tickets"].find({}).to_list(None)
    await rooms.surveys.answer(somebody, held.id, (*FIT, Answered("more", (), wish)), new_id())
    tickets = [row for row in await db["survey_tickets"].find({}).to_list(None) if row not in before]
    assert [row.keys() for row in tickets] == [{"_id"}], "a ticket is a hash and nothing else"
    vessels = await db["survey_answers"].find({"survey": held.id}).to_list(None)
    assert len(vessels) == VESSELS, "they were all there before the first answer"
    assert {key for row in vessels for key in row} == {"_id", "survey", "by", "texts"}, "no time, no order, no person"
    assert str(somebody.subject) not in str(vessels)
    assert tickets[0]["_id"] not in str(vessels)
    assert wish not in str(vessels), "texts are sealed"
    replies = await db["idempotency"].find({}).to_list(None)
    assert all(wish not in str(row) for row in replies)
    assert await db["outbox"].count_documents({"citizen": somebody.subject, "facts.survey": held.id}) == 0
    assert await db["audit"].count_documents({"subject": somebody.subject, "target": held.id}) == 0


async def test_who_lives_elsewhere_or_is_too_young_is_not_asked(
    shared_api: Api, rooms: Conversations, office: Viewer, somebody: Viewer
) -> None:
    elsewhere = await published(shared_api.city, office, districts=("999999",))
    with pytest.raises(SurveyNotForYou):
        await rooms.surveys.answer(somebody, elsewhere.id, FIT, new_id())
    elders = await published(shared_api.city, office, least_age=80)
    with pytest.raises(SurveyNotForYou):
        await rooms.surveys.answer(somebody, elders.id, FIT, new_id())
    assert await rooms.surveys.has_answered(somebody, elders.id) is False


async def test_before_it_opens_and_when_it_was_ended_nothing_is_taken(
    shared_api: Api, rooms: Conversations, office: Viewer, somebody: Viewer
) -> None:
    later = await published(shared_api.city, office, opens_at=shared_api.city.clock.now() + timedelta(days=1))
    assert rooms.surveys.phase(later) is Phase.ANNOUNCED
    with pytest.raises(SurveyNotOpen):
        await rooms.surveys.answer(somebody, later.id, FIT, new_id())
    held = await published(shared_api.city, office)
    await rooms.holding.end(office, held.id, new_id())
    with pytest.raises(SurveyNotOpen):
        await rooms.surveys.answer(somebody, held.id, FIT, new_id())
    with pytest.raises(SurveyStateWrong):
        await rooms.holding.end(office, held.id, new_id())


async def test_a_draft_is_its_offices_alone_and_a_published_one_is_fixed(
    shared_api: Api, rooms: Conversations, office: Viewer, somebody: Viewer
) -> None:
    draft = await rooms.holding.save(office, None, survey(shared_api.city), new_id())
    assert await rooms.surveys.one(draft.id) is None
    with pytest.raises(SurveyUnknown):
        await rooms.surveys.answer(somebody, draft.id, FIT, new_id())
    other = await an_office(shared_api.city)
    with pytest.raises(SurveyUnknown):
        await rooms.holding.publish(other, draft.id, new_id())
    await rooms.holding.publish(office, draft.id, new_id())
    with pytest.raises(SurveyStateWrong):
        await rooms.holding.save(office, draft.id, survey(shared_api.city), new_id())


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"title": Said("")}, "title"),
        ({"questions": ()}, "questions"),
        ({"districts": ("福州",)}, "districts"),
        ({"least_age": 5}, "least_age"),
        ({"questions": (Question("Q 1", QuestionKind.TEXT, Said("问题")),)}, "questions.0.key"),
        ({"questions": (Question("q", QuestionKind.SINGLE, Said("问题")),)}, "questions.0.options"),
        ({"questions": (Question("q", QuestionKind.SCALE, Said("问题"), most=2),)}, "questions.0.most"),
        ({"questions": (Question("q", QuestionKind.TEXT, Said("问题")),) * 2}, "questions"),
    ],
)
async def test_a_survey_that_cannot_be_held_says_where(
    shared_api: Api, rooms: Conversations, office: Viewer, changed: dict[str, Any], at: str
) -> None:
    with pytest.raises(SurveyUnfit) as unfit:
        await rooms.holding.save(office, None, replace(survey(shared_api.city), **changed), new_id())
    assert at in {fault.at for fault in unfit.value.faults}


@pytest.mark.parametrize(
    ("answers", "at", "why"),
    [
        (FIT[1:], "lamps", SurveyMisfit.MISSING),
        ((Answered("lamps", ("o9",)), *FIT[1:]), "lamps", SurveyMisfit.UNKNOWN),
        ((Answered("lamps", ("o1", "o2")), *FIT[1:]), "lamps", SurveyMisfit.TOO_MANY),
        ((FIT[0], Answered("wishes", ("o1", "o2", "o3")), FIT[2]), "wishes", SurveyMisfit.TOO_MANY),
        ((FIT[0], Answered("wishes", ("o1", "o1")), FIT[2]), "wishes", SurveyMisfit.REPEATED),
        ((*FIT[:2], Answered("content", ("6",))), "content", SurveyMisfit.UNKNOWN),
        ((*FIT, Answered("more", (), "好" * 501)), "more", SurveyMisfit.TOO_LONG),
        ((*FIT, Answered("more", (), "我的手机 13805910000")), "more", SurveyMisfit.PERSONAL),
        ((*FIT, Answered("nothing", ("o1",))), "nothing", SurveyMisfit.UNKNOWN),
        ((*FIT, FIT[0]), "lamps", SurveyMisfit.REPEATED),
    ],
)
def test_an_answer_that_does_not_fit_says_which_question(
    answers: tuple[Answered, ...], at: str, why: SurveyMisfit
) -> None:
    asked = replace(_paper(), questions=questions())
    with pytest.raises(SurveyAnswersUnfit) as unfit:
        asked.demand_fits(answered_of(answers))
    assert (at, why) in {(fault.at, fault.why) for fault in unfit.value.faults}


async def test_live_results_wait_for_five_and_move_by_five(
    shared_api: Api, rooms: Conversations, office: Viewer
) -> None:
    held = await published(shared_api.city, office)
    await _poured(shared_api, held.id, {"350102": 4})
    await rooms.surveys.refresh()
    assert (await rooms.surveys.results(held)) == shown({})
    await _poured(shared_api, held.id, {"350102": 3})
    await rooms.surveys.refresh()
    first = await rooms.surveys.results(held)
    assert first is not None
    assert first.whole is not None
    assert first.whole.answered == 7
    await _poured(shared_api, held.id, {"350102": 1})
    await rooms.surveys.refresh()
    assert await rooms.surveys.results(held) == first, "one more answer does not show"


async def test_closed_results_are_shown_when_it_is_over(shared_api: Api, rooms: Conversations, office: Viewer) -> None:
    held = await published(shared_api.city, office, results=Results.CLOSED)
    await _poured(shared_api, held.id, {"350102": 6, "350103": 7, "350104": 2})
    await rooms.surveys.refresh()
    assert await rooms.surveys.results(held) is None
    assert await rooms.holding.own_sheet(office, held.id) is None
    over = await rooms.holding.end(office, held.id, new_id())
    results = await rooms.surveys.results(over)
    assert results is not None
    assert results.whole is not None
    assert results.whole.answered == 15
    assert results.withheld == ("350102", "350104"), "the smallest other goes with the one, lest it be subtracted"
    sheet = await rooms.holding.own_sheet(office, held.id)
    assert sheet is not None
    assert sheet.startswith("\ufeffdistrict,answered")
    assert "350103" in sheet
    assert "350104" not in sheet


async def test_what_looks_like_a_formula_is_text_in_a_sheet(
    shared_api: Api, rooms: Conversations, office: Viewer
) -> None:
    held = await published(shared_api.city, office)
    texts = ["=HYPERLINK(1)", "+1", "-1", "@x", "好"]
    for text in texts:
        await _poured(shared_api, held.id, {"350102": 1}, text)
    await rooms.holding.end(office, held.id, new_id())
    sheet = await rooms.holding.own_sheet(office, held.id)
    assert sheet is not None
    for text in texts[:4]:
        assert f",'{text}," in sheet
    assert [harmless(text) for text in ("=a", "\t=a", "＝a", "a")] == ["'=a", "'\t=a", "'＝a", "a"]


@given(st.dictionaries(st.sampled_from([f"35010{n}" for n in range(8)]), st.integers(0, 30), min_size=1))
def test_no_district_with_fewer_than_five_can_be_found_by_subtraction(answered: dict[str, int]) -> None:
    results = shown({name: Counts(count) for name, count in answered.items()})
    if results.whole is None:
        assert sum(answered.values()) < FEWEST
        return
    assert all(counts.answered >= FEWEST for counts in results.districts.values())
    rest = results.whole.answered - sum(counts.answered for counts in results.districts.values())
    assert rest == 0 or rest >= FEWEST
    assert bool(rest) == bool(results.withheld)


@given(st.integers(0, 60), st.integers(0, 60))
def test_live_results_never_move_by_less_than_five(before: int, more: int) -> None:
    was, now = shown({"350102": Counts(before)}), shown({"350102": Counts(before + more)})
    if moved_enough(was, now):
        assert (now.whole.answered if now.whole else 0) - (was.whole.answered if was.whole else 0) >= FEWEST


def test_the_table_of_results_has_a_line_for_each_option_and_place() -> None:
    paper = replace(_paper(), questions=questions())
    lines = table(paper, shown({"350102": Counts(9, {"lamps.o1": 9})}))
    assert len(lines) == 1 + 2 * (2 + 3 + 5)
    assert ["*", "9", "lamps", "您觉得步道照明如何？", "o1", "够亮", "9"] in lines


def _paper() -> Any:
    class City:
        clock = MovableClock()

    return survey(City())  # type: ignore[arg-type]


async def _poured(api: Api, held: str, answered: dict[str, int], text: str = "") -> None:
    store = SurveyStore(api.city.db, api.city.ring)
    said = (*FIT, Answered("more", (), text)) if text else FIT

    async def work(tx: Tx) -> None:
        for district, count in answered.items():
            for _ in range(count):
                await store.pour(held, district, said, tx)

    await api.city.db.transaction(work)


async def _answered(api: Api, held: str) -> int:
    rows = await api.city.db["survey_answers"].find({"survey": held}).to_list(None)
    return sum(said["answered"] for row in rows for said in row["by"].values())
