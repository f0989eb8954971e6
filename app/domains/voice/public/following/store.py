"""Ties in MongoDB: a row for each citizen and case, so that nobody counts twice. What was written is sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any

from app.core.mongo import Database, Document, Tx
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKey, PersonKeys
from app.domains.voice.public.following.model import JoinRating, Tie, Tied
from app.domains.voice.public.publishing.model import Heard

_AT_ONCE = 500


class TieStore:
    def __init__(self, db: Database, persons: PersonKeys) -> None:
        self._db = db
        self._rows = {
            Tie.SUPPORT: db["case_supports"],
            Tie.FOLLOW: db["case_follows"],
            Tie.JOIN: db["case_joins"],
        }
        self._persons = persons

    async def has(self, tie: Tie, case: str, citizen: str, tx: Tx | None = None) -> bool:
        return await self._rows[tie].find_one({"_id": _id(case, citizen)}, {"_id": 1}, session=tx) is not None

    async def add(self, tied: Tied, tx: Tx) -> None:
        """Raises DuplicateKey: he is tied to it already."""
        row: Document = {"_id": _id(tied.case, tied.citizen), "case": tied.case, "citizen": tied.citizen, "at": tied.at}
        await self._rows[tied.tie].insert_one(row, session=tx)

    async def drop(self, tie: Tie, case: str, citizen: str, tx: Tx | None = None) -> None:
        """If there is one."""
        await self._rows[tie].delete_one({"_id": _id(case, citizen)}, session=tx)

    async def joined(self, case: str, citizen: str, tx: Tx | None = None) -> Tied | None:
        """With what he said of it."""
        row = await self._rows[Tie.JOIN].find_one({"_id": _id(case, citizen)}, session=tx)
        return _tied(Tie.JOIN, row, await self._persons.of(citizen, tx)) if row else None

    async def rate(self, now: Tied, was: Tied, tx: Tx) -> bool:
        """False when he said something else meanwhile."""
        key, id_ = await self._persons.sealing(now.citizen, tx), _id(now.case, now.citizen)
        said = now.ratings[-1]
        reason = key.seal_text(said.reason, record=id_, field="join reason") if said.reason else None
        change: Document = {"$push": {"ratings": {"solved": said.solved, "grade": said.grade} | _when(said)}}
        change["$set"] = {"rated": len(now.ratings), "reason": reason}
        same: Document = {"_id": id_, "rated": len(was.ratings) or None}
        return bool((await self._rows[Tie.JOIN].update_one(same, change, session=tx)).modified_count)

    async def of_citizen(self, tie: Tie, citizen: str, request: PageRequest) -> Page[Tied]:
        """The newest tie first; the cursor is its moment (`at`, ISO)."""
        which: Document = {"citizen": citizen}
        if request.after is not None:
            which["at"] = {"$lt": datetime.fromisoformat(request.after)}
        rows = await self._rows[tie].find(which).sort("at", -1).limit(request.first + 1).to_list(None)
        key = await self._persons.of(citizen)
        return Page.cut([_tied(tie, row, key) for row in rows], request)

    async def among(self, tie: Tie, cases: Collection[str], citizen: str) -> set[str]:
        """Those of these cases that he is tied to so."""
        wanted = {"_id": {"$in": sorted(_id(case, citizen) for case in set(cases))}}
        return {row["case"] for row in await self._rows[tie].find(wanted, {"case": 1}).to_list(None)}

    async def citizens(self, tie: Tie, case: str) -> AsyncIterator[str]:
        """Everybody who is tied to it so."""
        after = ""
        while True:
            which = {"case": case, "_id": {"$gt": after}}
            rows = await self._rows[tie].find(which, {"citizen": 1}).sort("_id", 1).limit(_AT_ONCE).to_list(None)
            for row in rows:
                yield row["citizen"]
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1]["_id"]

    async def count(self, tie: Tie, case: str) -> int:
        """How many are tied to it so."""
        return await self._rows[tie].count_documents({"case": case})

    async def heard(self, case: str) -> dict[int, Heard]:
        """How many of those who joined it said of each handling that it was solved, or was not."""
        each = {"round": "$ratings.round", "solved": "$ratings.solved"}
        counted: list[Document] = [
            {"$match": {"case": case}},
            {"$unwind": "$ratings"},
            {"$group": {"_id": each, "number": {"$sum": 1}}},
        ]
        rows = await self._db.aggregate("case_joins", counted)
        said = {(row["_id"]["round"], row["_id"]["solved"]): row["number"] for row in rows}
        return {n: Heard(said.get((n, True), 0), said.get((n, False), 0)) for n in sorted({n for n, _ in said})}

    async def some_of(self, tie: Tie, citizen: str, most: int) -> list[str]:
        """Cases that he is tied to so."""
        found = self._rows[tie].find({"citizen": citizen}, {"case": 1}).sort("at", -1).limit(most)
        return [row["case"] for row in await found.to_list(None)]


def _id(case: str, citizen: str) -> str:
    return f"{case}/{citizen}"


def _when(said: JoinRating) -> dict[str, Any]:
    return {"at": said.at, "round": said.round}


def _tied(tie: Tie, row: Document, key: PersonKey) -> Tied:
    reason = key.shown(row.get("reason"), record=row["_id"], field="join reason")
    ratings = row.get("ratings", ())
    said = tuple(JoinRating(**one, reason=reason if n + 1 == len(ratings) else None) for n, one in enumerate(ratings))
    return Tied(tie, row["case"], row["citizen"], row["at"], said)
