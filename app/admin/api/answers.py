"""The knowledge base: entries in their versions and whether they help, what is due for review, files of answers; and
the questions nobody could answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.admin.api.desk import (
    ADMINISTRATORS,
    ANY,
    OPERATORS,
    After,
    Body,
    Desk,
    First,
    Id,
    Key,
    Reply,
    Rows,
    allowed,
    desk_router,
)
from app.admin.api.files import LARGEST_FILE, RowsFile, RowsImported
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.domains.government.answers.entries.model import Answer, AnswerState, HandOver
from app.domains.government.answers.entries.store import due_of
from app.domains.government.answers.gaps.model import Draft, GapState
from app.domains.government.answers.ratings.model import Score

router = desk_router("answers")
State = Annotated[AnswerState, Query()]


class AnswerShown(Reply):
    """A version. `helpful` and `unhelpful`: how many citizens said so."""

    code: str
    version: int
    state: AnswerState
    current: bool
    unit: str
    questions: list[str]
    title_en: str
    body: str
    body_en: str
    items: list[str]
    hand_over: HandOver
    published_at: datetime | None
    reviewed_at: datetime | None
    review_by: date | None
    helpful: int
    unhelpful: int


class AnswerFigures(Reply):
    """`published` are told now; `overdue` nobody has reviewed for a year; `open_questions` nobody could answer."""

    published: int
    overdue: int
    open_questions: int


class Versions(Reply):
    items: list[AnswerShown]


class Withdrawal(Body):
    reason: str = Field(max_length=500)


class GapShown(Reply):
    """`question` as it was asked first, without personal numbers; `count` of all who asked the same."""

    id: str
    question: str
    state: GapState
    count: int
    unanswered: int
    unhelpful: int
    first_at: datetime
    last_at: datetime
    answer: str | None


class NewAnswer(Body):
    """The draft that is made of a question; the unit publishes it."""

    code: str = Field(max_length=40)
    unit: str = Field(max_length=60)
    question: str = Field(max_length=120)
    body: str = Field(max_length=8_000)
    body_en: str = Field(default="", max_length=8_000)


@router.get("/answers")
async def answers(
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: State = AnswerState.PUBLISHED,
    unit: Annotated[str, Query(max_length=60)] = "",
    first: First = 20,
    after: After = None,
) -> Rows[AnswerShown]:
    """By state, or all of a unit in that state."""
    entries, request = desk.services.government.entries, PageRequest.of(first, after)
    page = await (entries.of_unit(unit, state, request) if unit else entries.in_state(state, request))
    scores = await _scores(desk, page)
    return Rows.of(page, lambda one: shown(one, scores))


@router.get("/answers/overdue")
async def overdue(
    desk: Annotated[Desk, allowed("overdue", *ANY)], first: First = 20, after: After = None
) -> Rows[AnswerShown]:
    """To be reviewed, the longest due first."""
    page = await desk.services.government.entries.overdue(PageRequest.of(first, after))
    scores = await _scores(desk, page)
    return Rows.of(page, lambda one: shown(one, scores), due_of)


@router.get("/answers/figures")
async def figures(desk: Annotated[Desk, allowed("figures", *ANY)]) -> AnswerFigures:
    """What is told, what is overdue, what is missing. How questions were answered over time: `/dashboards`."""
    published, late = await desk.services.government.entries.counts()
    open_ = await desk.services.government.gaps.open_count()
    return AnswerFigures(published=published, overdue=late, open_questions=open_)


@router.get("/answers/questions")
async def questions(
    desk: Annotated[Desk, allowed("questions", *ANY)],
    state: Annotated[GapState, Query()] = GapState.OPEN,
    first: First = 20,
    after: After = None,
) -> Rows[GapShown]:
    """What nobody could answer, or what an answer did not help with; the most asked first."""
    page = await desk.services.government.gaps.listed(state, PageRequest.of(first, after))
    return Rows.of(page, GapShown.model_validate, lambda gap: str(gap.rank))


@router.post("/answers/questions/{question}/dismissal")
async def dismiss(question: Id, key: Key, desk: Annotated[Desk, allowed("dismiss", *OPERATORS)]) -> GapShown:
    """Nothing that the city answers."""
    return GapShown.model_validate(await desk.services.government.gaps.dismiss(desk.viewer, question, key))


@router.post("/answers/questions/{question}/answer", status_code=201)
async def make_answer(
    question: Id, body: NewAnswer, key: Key, desk: Annotated[Desk, allowed("answer", *OPERATORS)]
) -> GapShown:
    """Make the draft of an answer of it."""
    draft = Draft(body.code, body.unit, body.question, Said(body.body, body.body_en))
    return GapShown.model_validate(await desk.services.government.gaps.answer(desk.viewer, question, draft, key))


@router.post("/answers/imports")
async def import_answers(
    body: RowsFile, desk: Annotated[Desk, allowed("import", *ADMINISTRATORS, most=2 * LARGEST_FILE)]
) -> RowsImported:
    """Read a file of answers: all of its lines, or none. The same file again changes nothing."""
    return RowsImported.of(await desk.services.government.answer_imports.run(desk.viewer, body.file))


@router.get("/answers/{code}")
async def versions(code: Id, desk: Annotated[Desk, allowed("show", *ANY)]) -> Versions:
    """All versions of an entry, drafts too, newest first."""
    found = await desk.services.government.entries.versions(desk.viewer, code)
    scores = await desk.services.government.ratings.scores([one.id for one in found])
    return Versions(items=[shown(one, scores) for one in found])


@router.post("/answers/{code}/publication")
async def publish(code: Id, key: Key, desk: Annotated[Desk, allowed("publish", *OPERATORS)]) -> AnswerShown:
    """Its draft becomes what people are told."""
    return shown(await desk.services.government.entries.publish(desk.viewer, code, key), {})


@router.post("/answers/{code}/review")
async def review(code: Id, key: Key, desk: Annotated[Desk, allowed("review", *OPERATORS)]) -> AnswerShown:
    """It still holds, for another year."""
    return shown(await desk.services.government.entries.review(desk.viewer, code, key), {})


@router.post("/answers/{code}/withdrawal")
async def withdraw(
    code: Id, body: Withdrawal, key: Key, desk: Annotated[Desk, allowed("withdraw", *OPERATORS)]
) -> AnswerShown:
    """Nobody is told it any more."""
    return shown(await desk.services.government.entries.withdraw(desk.viewer, code, body.reason, key), {})


def shown(answer: Answer, scores: Mapping[str, Score]) -> AnswerShown:
    score = scores.get(answer.id, Score())
    return AnswerShown(
        code=answer.code,
        version=answer.version,
        state=answer.state,
        current=answer.current,
        unit=answer.unit,
        questions=list(answer.questions),
        title_en=answer.title_en,
        body=answer.body.zh,
        body_en=answer.body.en,
        items=list(answer.items),
        hand_over=answer.hand_over,
        published_at=answer.published_at,
        reviewed_at=answer.reviewed_at,
        review_by=answer.review_by,
        helpful=score.helpful,
        unhelpful=score.unhelpful,
    )


async def _scores(desk: Desk, page: Page[Answer]) -> dict[str, Score]:
    return await desk.services.government.ratings.scores([one.id for one in page.items])
