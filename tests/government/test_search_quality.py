"""What people type, against the items of the seeded city: 95 of 100 questions have their item among the first three.

The questions stand in `search_questions.tsv`. They were written before the search was looked at; those from 孩子出生后
on, when it was done.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.said import UNSAID
from app.core.texts import Reader, Synonyms, TextIndex
from app.domains.government.catalogue.reading import read_item
from app.domains.government.search.keeping.synonyms import SHIPPED
from app.domains.government.search.model import document, places_of
from mocks.catalogue import items

QUESTIONS = Path(__file__).with_name("search_questions.tsv")


@pytest.fixture(scope="module")
def index() -> TextIndex:
    index = TextIndex(Reader(Synonyms.parsed(SHIPPED.read_text(encoding="utf-8"))))
    read = [read_item(item, "350100-gaj")[0] for item in items()]
    index.put(document(item, UNSAID, places_of((), ()), item.popularity / 100) for item in read if item)
    index.close_writing()
    return index


def questions() -> list[tuple[str, str, set[str]]]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(kind, typed, set(codes.split())) for kind, typed, codes in rows]


def test_the_questions_ask_for_items_that_there_are() -> None:
    known = {item["code"] for item in items()}
    assert {code for _, _, codes in questions() for code in codes} - known == set()


def test_95_of_100_questions_find_their_item_among_the_first_three(index: TextIndex) -> None:
    asked, missed = questions(), []
    for kind, typed, codes in asked:
        first = [match.text for match in index.search(typed).matches[:3]]
        if not codes & {text.key for text in first}:
            missed.append(f"{kind}: {typed} → {', '.join(text.titles[0] for text in first) or 'nothing'}")
    print(f"{len(asked) - len(missed)} of {len(asked)} questions", *missed, sep="\n")
    assert len(asked) >= 100
    assert len(missed) <= 0.05 * len(asked), missed
