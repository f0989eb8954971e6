"""Surveys in MongoDB, and what was answered: counts without people, and people without answers.

A ticket says that somebody has answered: its id is a keyed hash of citizen and survey, and nothing else stands in it.
What he answered is added to the counts of one of 64 vessels, which all were there before the first answer: no row, no
time and no order is his. Texts are sealed, mixed with others of the vessel. So nothing in the database joins the two.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.core.mongo import Database, Document, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import Said, said_of, said_pair
from app.core.sealed import KeyRing
from app.domains.voice.conversations.surveys.model import (
    Answered,
    Option,
    Question,
    QuestionKind,
    Results,
    Survey,
    SurveyState,
)
from app.domains.voice.conversations.surveys.results.model import Counts, SurveyResults

VESSELS = 64
TEXTS = "survey texts"
_TICKET = "survey ticket"


class SurveyStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._surveys = db["surveys"]
        self._answers = db["survey_answers"]
        self._tickets = db["survey_tickets"]
        self._ring = ring

    async def get(self, survey: str, tx: Tx | None = None) -> Survey | None:
        row = await self._surveys.find_one({"_id": survey}, {"live": 0}, session=tx)
        return _survey(row) if row else None

    async def add(self, survey: Survey, tx: Tx) -> None:
        await self._surveys.insert_one({"_id": survey.id, **_row(survey)}, session=tx)

    async def save(self, survey: Survey, was: Survey, tx: Tx) -> bool:
        """False when it was changed meanwhile."""
        same = {"_id": was.id, "rev": was.rev}
        return bool((await self._surveys.update_one(same, {"$set": _row(survey)}, session=tx)).modified_count)

    async def listed(self, request: PageRequest) -> Page[Survey]:
        """What everybody may see, by when it closes, the latest first; the cursor is `rank_of`."""
        rows = await page_rows(self._surveys, {"shown": True}, request, by="rank")
        return Page.cut([_survey(row) for row in rows], request)

    async def of_unit(self, unit: str, request: PageRequest) -> Page[Survey]:
        rows = await page_rows(self._surveys, {"unit": unit}, request)
        return Page.cut([_survey(row) for row in rows], request)

    async def in_state(self, state: SurveyState, request: PageRequest) -> Page[Survey]:
        """For the desk."""
        rows = await page_rows(self._surveys, {"state": state.value}, request)
        return Page.cut([_survey(row) for row in rows], request)

    async def open_ones(self, now: datetime) -> list[Survey]:
        """Whose results are shown while they run."""
        which = {"shown": True, "live_until": {"$gt": now}}
        return [_survey(row) for row in await self._surveys.find(which).limit(500).to_list(None)]

    # Answers

    async def prepare(self, survey: str, tx: Tx) -> None:
        """The vessels, all at once, so that their order tells nothing."""
        rows = [{"_id": f"{survey}:{n:02d}", "survey": survey, "by": {}} for n in range(VESSELS)]
        await insert_rows(self._answers, rows, tx)

    async def has_answered(self, survey: str, citizen: str, tx: Tx | None = None) -> bool:
        return await self._tickets.find_one({"_id": self._ticket(survey, citizen)}, session=tx) is not None

    async def tear(self, survey: str, citizen: str, tx: Tx) -> None:
        """His ticket: from now on he has answered. Raises DuplicateKey."""
        await self._tickets.insert_one({"_id": self._ticket(survey, citizen)}, session=tx)

    async def pour(self, survey: str, district: str, given: Sequence[Answered], tx: Tx) -> None:
        """An answer into any of the vessels."""
        vessel = f"{survey}:{secrets.randbelow(VESSELS):02d}"
        counts = {f"by.{district}.{one.question}.{chosen}": 1 for one in given for chosen in one.chosen}
        change: Document = {"$inc": {f"by.{district}.answered": 1, **counts}}
        if texts := [[one.question, one.text] for one in given if one.text]:
            change["$set"] = {"texts": await self._mixed(vessel, texts, tx)}
        await self._answers.update_one({"_id": vessel}, change, session=tx)

    async def counts(self, survey: str) -> dict[str, Counts]:
        """By district."""
        found: dict[str, Counts] = {}
        async for row in self._answers.find({"survey": survey}, {"by": 1}):
            for district, said in row["by"].items():
                found[district] = found.get(district, Counts()).plus(_counts(said))
        return found

    async def texts(self, survey: str) -> list[tuple[str, str]]:
        """(question, what somebody wrote), in no order."""
        rows = await self._answers.find({"survey": survey, "texts": {"$exists": True}}).to_list(None)
        return sorted((str(one[0]), str(one[1])) for row in rows for one in self._opened(row))

    async def live(self, survey: str) -> SurveyResults | None:
        """The results as they are shown while it runs."""
        row = await self._surveys.find_one({"_id": survey}, {"live": 1})
        return _results(row["live"]) if row and row.get("live") else None

    async def show(self, survey: str, results: SurveyResults) -> None:
        await self._surveys.update_one({"_id": survey}, {"$set": {"live": _results_row(results)}})

    async def _mixed(self, vessel: str, texts: list[list[str]], tx: Tx) -> bytes:
        """With those that are in it, each at any place."""
        row = await self._answers.find_one({"_id": vessel}, session=tx)
        held = self._opened(row or {"_id": vessel})
        for text in texts:
            held.insert(secrets.randbelow(len(held) + 1), text)
        return self._ring.seal_text(json.dumps(held, ensure_ascii=False), record=vessel, field=TEXTS)

    def _opened(self, row: Document) -> list[list[str]]:
        if not row.get("texts"):
            return []
        held: list[list[str]] = json.loads(self._ring.open_text(row["texts"], record=row["_id"], field=TEXTS))
        return held

    def _ticket(self, survey: str, citizen: str) -> str:
        return self._ring.keyed_hash(f"{survey}\0{citizen}", kind=_TICKET)


def rank_of(survey: Survey) -> str:
    """Its place in the public list."""
    return f"{(survey.ended_at or survey.closes_at).isoformat(timespec='milliseconds')}~{survey.id}"


def _row(one: Survey) -> Document:
    shown = one.state is not SurveyState.DRAFT
    live = shown and one.results is Results.OPEN and one.state is SurveyState.PUBLISHED
    return {
        "unit": one.unit,
        "title": said_pair(one.title),
        "lead": said_pair(one.lead),
        "questions": [_question_row(question) for question in one.questions],
        "opens_at": one.opens_at,
        "closes_at": one.closes_at,
        "results": one.results.value,
        "districts": list(one.districts),
        "least_age": one.least_age,
        "state": one.state.value,
        "by": one.by,
        "ended_at": one.ended_at,
        "rev": one.rev,
        "shown": shown,
        "live_until": one.closes_at if live else None,
        "rank": rank_of(one),
    }


def _question_row(one: Question) -> Document:
    return {
        "key": one.key,
        "kind": one.kind.value,
        "words": said_pair(one.words),
        "options": [[option.key, *said_pair(option.words)] for option in one.options],
        "required": one.required,
        "least": one.least,
        "most": one.most,
    }


def _question(row: Document) -> Question:
    return Question(
        row["key"],
        QuestionKind(row["kind"]),
        said_of(row["words"]),
        tuple(Option(key, Said(zh, en)) for key, zh, en in row["options"]),
        row["required"],
        row["least"],
        row["most"],
    )


def _survey(row: Document) -> Survey:
    return Survey(
        id=row["_id"],
        title=said_of(row["title"]),
        lead=said_of(row["lead"]),
        questions=tuple(_question(one) for one in row["questions"]),
        results=Results(row["results"]),
        districts=tuple(row["districts"]),
        state=SurveyState(row["state"]),
        **{name: row[name] for name in ("unit", "opens_at", "closes_at", "least_age", "by", "ended_at", "rev")},
    )


def _counts(said: Mapping[str, Any]) -> Counts:
    chosen = {
        f"{question}.{option}": int(count)
        for question, options in said.items()
        if question != "answered"
        for option, count in options.items()
    }
    return Counts(int(said.get("answered", 0)), chosen)


def _counts_row(counts: Counts) -> list[Any]:
    return [counts.answered, [[key, count] for key, count in sorted(counts.chosen.items())]]


def _results_row(results: SurveyResults) -> Document:
    whole = _counts_row(results.whole) if results.whole else None
    districts = [[name, _counts_row(counts)] for name, counts in results.districts.items()]
    return {"whole": whole, "districts": districts, "withheld": list(results.withheld)}


def _results(row: Document) -> SurveyResults:
    def counts(pair: Sequence[Any]) -> Counts:
        return Counts(pair[0], dict(pair[1]))

    whole = counts(row["whole"]) if row["whole"] else None
    districts = {name: counts(pair) for name, pair in row["districts"]}
    return SurveyResults(whole, districts, tuple(row["withheld"]))
