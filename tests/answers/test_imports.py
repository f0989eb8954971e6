"""Files of answers, the answers of the seeded city, and following what another process publishes."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.imports.errors import LineFault
from app.core.imports.model import FileForm, ImportDone, ImportFile
from app.domains.government.answers.entries.errors import AnswerMisfit, AnswerUnitUnknown
from app.domains.government.answers.imports.errors import AnswerImportRefused
from app.settings import Settings
from app.wiring import City, build
from mocks.answers import answers
from mocks.catalogue import items
from tests.support.answers import published
from tests.support.api import OPS, Api, soon
from tests.support.fakes import recording_outside

UNIT = "test-provider"


def written(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "questions": ["怎么借书"], "answer": ["凭证借。", "With a ticket."], **more}


def jsonl(*rows: Any) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


async def imported(city: City, data: bytes, form: FileForm = FileForm.JSONL, unit: str | None = UNIT) -> ImportDone:
    return await city.services.government.answer_imports.run(OPS, ImportFile(form, lambda: io.BytesIO(data), unit))


@pytest.fixture
async def city_with_unit(api: Api) -> City:
    await api.provider(UNIT)
    return api.city


async def test_a_file_is_published_and_the_same_file_changes_nothing(city_with_unit: City) -> None:
    entries = city_with_unit.services.government.entries
    done = await imported(city_with_unit, jsonl(written("LIB-1"), written("LIB-2")))
    assert (done.tally.fresh, done.tally.amended, done.tally.same) == (2, 0, 0)
    again = await imported(city_with_unit, jsonl(written("LIB-1"), written("LIB-2")) + b"\n")
    assert (again.tally.fresh, again.tally.amended, again.tally.same) == (0, 0, 2)
    changed = await imported(city_with_unit, jsonl(written("LIB-1", keywords=["借阅"]), written("LIB-2")))
    assert (changed.tally.amended, changed.tally.same) == (1, 1)
    found = await entries.found("LIB-1")
    assert found is not None
    assert (found.version, found.keywords, found.unit) == (2, ("借阅",), UNIT)


async def test_a_table_says_the_same(city_with_unit: City) -> None:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["code", "questions", "answer", "answer_en", "steps", "hand_over"])
    rows.writerow(["LIB-1", "怎么借书|借书要什么", "凭证借。", "With a ticket.", '[["来", "Come"]]', "case"])
    await imported(city_with_unit, text.getvalue().encode("utf-8-sig"), FileForm.CSV)
    found = await city_with_unit.services.government.entries.found("LIB-1")
    assert found is not None
    assert (found.questions, found.body.en, found.steps[0].en) == (("怎么借书", "借书要什么"), "With a ticket.", "Come")


BAD = (
    (b"{not json}\n", 1, LineFault.JSON, ""),
    (b'{"code": "A-1", "questions": ["\xff"]}\n', 1, LineFault.ENCODING, ""),
    (jsonl(written("A-1"), written("A-1")), 2, AnswerMisfit.TWICE, "code"),
    (jsonl(written("A-1", colour=1)), 1, AnswerMisfit.UNKNOWN, "colour"),
    (jsonl({"code": "A-1"}), 1, AnswerMisfit.MISSING, "answer"),
    (jsonl(written("A-1", questions="one")), 1, AnswerMisfit.FORM, "questions"),
    (jsonl(written("A-1", steps=[1])), 1, AnswerMisfit.FORM, "steps.0"),
    (jsonl(written("A-1", links=[["x"]])), 1, AnswerMisfit.FORM, "links.0"),
    (jsonl(written("A-1", hand_over="heaven")), 1, AnswerMisfit.CHOICE, "hand_over"),
    (jsonl(written("A-1", answer="<b>x</b>")), 1, AnswerMisfit.HTML, "body.zh"),
    (jsonl(written("A-1", items=["NO-SUCH"])), 1, AnswerMisfit.UNKNOWN, "items.0"),
    (jsonl(written("A-1", unit="nowhere")), 1, LineFault.OWNER, "unit"),
)


@pytest.mark.parametrize(("data", "line", "fault", "field"), BAD)
async def test_a_bad_line_is_named_and_nothing_is_written(
    shared_api: Api, data: bytes, line: int, fault: Any, field: str
) -> None:
    await shared_api.provider(UNIT)
    good = jsonl(written(f"G-{new_id()[-8:].upper()}"))
    with pytest.raises(AnswerImportRefused) as refused:
        await imported(shared_api.city, data + good)
    assert (line, fault, field) in [(row.line, row.fault, row.field) for row in refused.value.rows]
    code = json.loads(good)["code"]
    assert await shared_api.city.services.government.entries.found(code) is None


async def test_columns_and_owners_are_looked_at(city_with_unit: City, api: Api) -> None:
    with pytest.raises(AnswerImportRefused) as refused:
        await imported(city_with_unit, b"code,colour\nA-1,red\n", FileForm.CSV)
    assert [row.fault for row in refused.value.rows] == [LineFault.COLUMNS]
    with pytest.raises(AnswerUnitUnknown):
        await imported(city_with_unit, b"", unit="nowhere")
    await imported(city_with_unit, jsonl(written("LIB-1")))
    other = await api.organisation()
    with pytest.raises(AnswerImportRefused) as refused:
        await imported(city_with_unit, jsonl(written("LIB-1")), unit=other)
    assert [row.fault for row in refused.value.rows] == [LineFault.TAKEN]


def test_answers_of_the_seeded_city_name_items_that_are_there() -> None:
    known = {str(item["code"]) for item in items()}
    assert {item for said in answers() for item in said["items"]} - known == set()


def test_no_question_is_asked_of_two_answers() -> None:
    asked: dict[str, str] = {}
    twice = [
        (question, said["code"], asked[question])
        for said in answers()
        for question in said["questions"]
        if asked.setdefault(question, said["code"]) != said["code"]
    ]
    assert twice == []


async def test_another_process_tells_it_within_two_seconds(api: Api, settings: Settings) -> None:
    other = build(settings, beyond=recording_outside()[0])
    await other.start()
    try:
        knowledge = other.services.government.knowledge
        assert await knowledge.find("怎么给帆船年检") == []
        await published(api, await api.provider(), "SAIL-1", questions=["怎么给帆船年检"])

        async def told() -> bool:
            return bool(await knowledge.find("怎么给帆船年检"))

        await soon(told)
    finally:
        await other.stop()
