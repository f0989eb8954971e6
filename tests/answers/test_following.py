"""The knowledge base while it is built: nobody goes without an answer, and what is published meanwhile is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from app.core.clock import SystemClock
from app.core.said import Said
from app.domains.government.answers.entries.model import Answer, AnswerState
from app.domains.government.answers.entries.store import AnswerStore
from app.domains.government.answers.finding.service import KnowledgeBase
from app.domains.government.search.keeping.synonyms import SynonymsFile

TICKET, DOG = "图书证丢了怎么补办", "养狗要办什么证"


def published(code: str, question: str) -> Answer:
    draft = Answer(code, 1, AnswerState.DRAFT, "test-office", (question,), Said("到总服务台办理。", "At the desk."))
    return draft.published("a test", SystemClock().now())


class Kept:
    """One entry; `then` is called once it has been read."""

    def __init__(self) -> None:
        self.then: Callable[[], None] = lambda: None

    async def shown_after(self, code: str) -> list[Answer]:
        if not code:
            return [published("LIB-1", TICKET)]
        self.then()
        return []


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def knowledge(kept: Kept) -> KnowledgeBase:
    return KnowledgeBase(cast(AnswerStore, kept), SynonymsFile(None))


async def found(knowledge: KnowledgeBase, question: str) -> list[str]:
    return [one.answer.code for one in await knowledge.find(question)]


async def test_questions_are_answered_while_it_is_built_anew(knowledge: KnowledgeBase) -> None:
    assert await found(knowledge, TICKET) == ["LIB-1"]
    anew = asyncio.create_task(knowledge.reload())
    while not anew.done():
        assert await found(knowledge, TICKET) == ["LIB-1"]
        await asyncio.sleep(0)
    await anew


async def test_what_is_published_while_it_is_first_built_is_known(knowledge: KnowledgeBase, kept: Kept) -> None:
    kept.then = lambda: knowledge.note(published("DOG-1", DOG))
    assert await found(knowledge, TICKET) == ["LIB-1"]
    await knowledge.settled()
    assert await found(knowledge, DOG) == ["DOG-1"]
