"""How well questions are answered, on the entries of the seeded city: the right entry told, or offered to choose from,
and nothing told where nothing fits. A question that is answered wrongly is printed.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import cast

import pytest

from app.core.clock import SystemClock
from app.domains.government.answers.entries.model import Answer
from app.domains.government.answers.entries.store import AnswerStore
from app.domains.government.answers.finding.model import verdict
from app.domains.government.answers.finding.service import KnowledgeBase
from app.domains.government.answers.imports.lines import read_answer
from app.domains.government.search.keeping.synonyms import SynonymsFile
from mocks.answers import answers

TABLE = tomllib.loads((Path(__file__).parent / "questions.toml").read_text(encoding="utf-8"))
EXPECTED = [(question, codes.split()) for codes, asked in TABLE["expected"].items() for question in asked]
NOTHING = TABLE["nothing"]["asked"]


class Kept:
    """The entries of the seeded city, published."""

    def __init__(self) -> None:
        read = [read_answer(said, "")[0] for said in answers()]
        now = SystemClock().now()
        self.answers = [one.drafted(None, "seed", now).published("seed", now) for one in read if one is not None]

    async def shown_after(self, code: str) -> list[Answer]:
        return [] if code else self.answers


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return KnowledgeBase(cast(AnswerStore, Kept()), SynonymsFile(None))


def test_the_entries_of_the_seeded_city_are_fit() -> None:
    assert [said["code"] for said in answers() if read_answer(said, "")[0] is None] == []


def test_there_are_sixty_questions_at_least() -> None:
    assert len({question for question, _ in EXPECTED}) >= 60


async def test_questions_are_answered_right_or_the_right_answer_is_offered(knowledge: KnowledgeBase) -> None:
    told, offered, missed, wrong = 0, 0, list[str](), 0
    for question, right in EXPECTED:
        found = verdict(await knowledge.find(question), may_ask=True)
        codes = [one.answer.code for one in found.offered]
        if found.told is not None and found.told.answer.code in right:
            told += 1
        elif set(right) & set(codes):
            offered += 1
        else:
            wrong += found.told is not None
            said = (found.told.answer.code, found.told.confidence) if found.told else codes
            missed.append(f"{question}: {right} expected, {said}")
    print(f"{told} told, {offered} offered, {len(missed)} missed of {len(EXPECTED)}", *missed, sep="\n  ")
    assert (told + offered) / len(EXPECTED) >= 0.88, missed
    assert told / len(EXPECTED) >= 0.6, "asked back too often"
    assert told / (told + wrong) >= 0.9, "told without being sure"


async def test_nothing_is_told_where_nothing_fits(knowledge: KnowledgeBase) -> None:
    wrong = {question: found for question in NOTHING if (found := (await _best(knowledge, question)))}
    assert wrong == {}


async def test_confidence_means_what_it_says(knowledge: KnowledgeBase) -> None:
    """Of answers at or above a confidence, that share at least is right (within what so few questions can show)."""
    rows: list[tuple[float, bool]] = []
    for question, right in [*EXPECTED, *((question, list[str]()) for question in NOTHING)]:
        for best in (await knowledge.find(question))[:1]:
            rows.append((best.confidence, best.answer.code in right))
    for least in (0.5, 0.65, 0.8, 0.9):
        above = [right for confidence, right in rows if confidence >= least]
        share = sum(above) / len(above)
        print(f"confidence ≥ {least}: {len(above)} questions, {share:.2f} right")
        assert share >= least


async def _best(knowledge: KnowledgeBase, question: str) -> str | None:
    told = verdict(await knowledge.find(question), may_ask=False).told
    return told.answer.code if told else None
