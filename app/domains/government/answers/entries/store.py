"""Entries in MongoDB: a row a version, of which one at most is current."""

from __future__ import annotations

from collections.abc import Collection as Among
from collections.abc import Sequence
from datetime import date

from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of, said_pair
from app.domains.government.answers.entries.model import Answer, AnswerState, AnswerStep, HandOver, Link, Step


class AnswerStore:
    def __init__(self, db: Database) -> None:
        self._answers = db["answers"]

    async def newest(self, code: str, tx: Tx | None = None) -> Answer | None:
        """Whatever its state."""
        row = await self._answers.find_one({"code": code}, sort=[("version", -1)], session=tx)
        return answer_of(row) if row else None

    async def newest_of(self, codes: Among[str], tx: Tx | None = None) -> dict[str, Answer]:
        rows = self._answers.find({"code": {"$in": sorted(codes)}}, session=tx).sort([("code", 1), ("version", 1)])
        return {row["code"]: answer_of(row) for row in await rows.to_list(None)}

    async def current(self, code: str, tx: Tx | None = None) -> Answer | None:
        row = await self._answers.find_one({"code": code, "current": True}, session=tx)
        return answer_of(row) if row else None

    async def currents(self, codes: Among[str], tx: Tx | None = None) -> dict[str, Answer]:
        which = {"code": {"$in": sorted(codes)}, "current": True}
        rows = await self._answers.find(which, session=tx).to_list(None)
        return {row["code"]: answer_of(row) for row in rows}

    async def version(self, code: str, version: int) -> Answer | None:
        row = await self._answers.find_one({"code": code, "_id": f"{code}@{version}"})
        return answer_of(row) if row else None

    async def by_id(self, ids: Among[str]) -> list[Answer]:
        """These versions, in one query, or in none when none are asked for."""
        if not ids:
            return []
        which = {"code": {"$in": sorted({one.rpartition("@")[0] for one in ids})}, "_id": {"$in": sorted(ids)}}
        return [answer_of(row) for row in await self._answers.find(which).to_list(None)]

    async def versions(self, code: str) -> list[Answer]:
        """Newest first, drafts too."""
        rows = await self._answers.find({"code": code}).sort("version", -1).limit(100).to_list(None)
        return [answer_of(row) for row in rows]

    async def shown_after(self, code: str, most: int = 500) -> list[Answer]:
        """What people are answered with, by code, after this one: how the whole is walked."""
        rows = self._answers.find({"shown": True, "code": {"$gt": code}}).sort("code", 1).limit(most)
        return [answer_of(row) for row in await rows.to_list(None)]

    async def of_unit(self, unit: str, state: AnswerState | None, request: PageRequest) -> Page[Answer]:
        """All versions, newest code first; the cursor is the version's id."""
        which: Document = {"unit": unit, **({"state": state.value} if state else {})}
        return Page.cut([answer_of(row) for row in await page_rows(self._answers, which, request)], request)

    async def in_state(self, state: AnswerState, request: PageRequest) -> Page[Answer]:
        rows = await page_rows(self._answers, {"state": state.value}, request)
        return Page.cut([answer_of(row) for row in rows], request)

    async def overdue(self, unit: str | None, today: date, request: PageRequest) -> Page[Answer]:
        """To be reviewed, the longest due first; the cursor is `due_of`."""
        whose = {"unit": unit} if unit is not None else {"shown": True}
        which = {**whose, "due": {"$gt": request.after or "", "$lt": today.isoformat()}}
        rows = await self._answers.find(which).sort("due", 1).limit(request.first + 1).to_list(None)
        return Page.cut([answer_of(row) for row in rows], request)

    async def overdue_count(self, today: date) -> int:
        return int(await self._answers.count_documents({"shown": True, "due": {"$lt": today.isoformat()}}))

    async def shown_count(self) -> int:
        return int(await self._answers.count_documents({"shown": True}))

    async def add(self, answers: Sequence[Answer], tx: Tx) -> None:
        """Raises DuplicateKey when one of these versions was made meanwhile."""
        if answers:
            await self._answers.insert_many([_row(answer) for answer in answers], session=tx)

    async def save(self, answer: Answer, tx: Tx) -> bool:
        """A later revision of a version; False when another wrote it meanwhile."""
        before = {"_id": answer.id, "code": answer.code, "revision": answer.revision - 1}
        return bool((await self._answers.replace_one(before, _row(answer), session=tx)).modified_count)

    async def retire(self, codes: Among[str], tx: Tx) -> None:
        """Their current versions make room for new ones."""
        current = {"code": {"$in": sorted(codes)}, "current": True}
        change = {"$set": {"current": False, "shown": False, "due": None}}
        await self._answers.update_many(current, change, session=tx)


def due_of(answer: Answer) -> str:
    """By when it is to be reviewed, then by code."""
    return f"{answer.review_by} {answer.code}"


def answer_of(row: Document) -> Answer:
    """As the change stream gives it, too."""
    return Answer(
        code=row["code"],
        version=row["version"],
        state=AnswerState(row["state"]),
        unit=row["unit"],
        questions=tuple(row["questions"]),
        body=said_of(row["body"]),
        title_en=row["title_en"],
        steps=tuple(said_of(step) for step in row["steps"]),
        links=tuple(Link(*link) for link in row["links"]),
        items=tuple(row["items"]),
        hand_over=HandOver(row["hand_over"]),
        keywords=tuple(row["keywords"]),
        published_at=row["published_at"],
        reviewed_at=row["reviewed_at"],
        review_by=date.fromisoformat(row["review_by"]) if row["review_by"] else None,
        current=row["current"],
        revision=row["revision"],
        history=tuple(Step(AnswerStep(one["what"]), one["by"], one["at"], one["reason"]) for one in row["history"]),
    )


def _row(answer: Answer) -> Document:
    return {
        "_id": answer.id,
        "code": answer.code,
        "version": answer.version,
        "state": answer.state.value,
        "unit": answer.unit,
        "questions": list(answer.questions),
        "body": said_pair(answer.body),
        "title_en": answer.title_en,
        "steps": [said_pair(step) for step in answer.steps],
        "links": [[link.name, link.url] for link in answer.links],
        "items": list(answer.items),
        "hand_over": answer.hand_over.value,
        "keywords": list(answer.keywords),
        "published_at": answer.published_at,
        "reviewed_at": answer.reviewed_at,
        "review_by": answer.review_by.isoformat() if answer.review_by else None,
        "current": answer.current,
        "shown": answer.shown,
        "due": due_of(answer) if answer.shown else None,
        "revision": answer.revision,
        "history": [
            {"what": one.what.value, "by": one.by, "at": one.at, "reason": one.reason} for one in answer.history
        ],
    }
