"""Unanswered questions in MongoDB: a row for all who asked the same, found by a keyed hash of its words.

The question itself is sealed: people write more of themselves than a mask finds.
"""

from __future__ import annotations

from datetime import datetime

from app.core.errors import BadInput
from app.core.mongo import Database, Document, Tx
from app.core.paging import Page, PageRequest
from app.core.sealed import KeyRing
from app.domains.government.answers.gaps.model import KEPT, Gap, GapState, Why

FIELD = "unanswered question"


class GapStore:
    def __init__(self, db: Database, ring: KeyRing) -> None:
        self._gaps = db["answer_gaps"]
        self._ring = ring

    def id_of(self, words: str) -> str:
        return self._ring.keyed_hash(words, kind=FIELD)

    async def note(self, id_: str, question: str, why: Why, at: datetime) -> None:
        """Asked once more. Raises DuplicateKey when two ask it first in the same moment."""
        first = {
            "question": self._ring.seal(question.encode(), record=id_, field=FIELD),
            "state": GapState.OPEN.value,
            "first_at": at,
            "answer": None,
            "settled_by": None,
        }
        change: Document = {
            "$inc": {"count": 1, why.value: 1},
            "$set": {"last_at": at, "tidy_at": at + KEPT},
            "$setOnInsert": first,
        }
        await self._gaps.update_one({"_id": id_}, change, upsert=True)

    async def get(self, id_: str, tx: Tx | None = None) -> Gap | None:
        row = await self._gaps.find_one({"_id": id_}, session=tx)
        return self._gap(row) if row else None

    async def in_state(self, state: GapState, request: PageRequest) -> Page[Gap]:
        """The most asked first; the cursor is the gap's rank. Raises BadInput."""
        which: Document = {"state": state.value, **_beyond(request.after)}
        found = self._gaps.find(which).sort([("count", -1), ("_id", -1)]).limit(request.first + 1)
        return Page.cut([self._gap(row) for row in await found.to_list(None)], request)

    async def settle(self, id_: str, state: GapState, answer: str | None, by: str, tx: Tx) -> bool:
        """False when it is not open."""
        change = {"$set": {"state": state.value, "answer": answer, "settled_by": by}}
        open_ = {"_id": id_, "state": GapState.OPEN.value}
        return bool((await self._gaps.update_one(open_, change, session=tx)).modified_count)

    async def open_count(self) -> int:
        return int(await self._gaps.count_documents({"state": GapState.OPEN.value}))

    def _gap(self, row: Document) -> Gap:
        return Gap(
            id=row["_id"],
            question=self._ring.open(row["question"], record=row["_id"], field=FIELD).decode(),
            state=GapState(row["state"]),
            count=row["count"],
            unanswered=row.get(Why.UNANSWERED.value, 0),
            unhelpful=row.get(Why.UNHELPFUL.value, 0),
            first_at=row["first_at"],
            last_at=row["last_at"],
            answer=row["answer"],
            settled_by=row["settled_by"],
        )


def _beyond(after: str | None) -> Document:
    if after is None:
        return {}
    count, _, id_ = after.partition("/")
    if not count.isascii() or not count.isdigit() or len(count) > 12:
        raise BadInput(field="after")
    return {"$or": [{"count": {"$lt": int(count)}}, {"count": int(count), "_id": {"$lt": id_}}]}
