"""Ratings in MongoDB: a row a citizen and version, and beside them the counts of each version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection as Among

from app.core.mongo import Database, Document, Tx
from app.domains.government.answers.ratings.model import Complaint, Rating, Score


class RatingStore:
    def __init__(self, db: Database) -> None:
        self._ratings = db["answer_ratings"]
        self._scores = db["answer_scores"]

    async def get(self, citizen: str, answer: str, tx: Tx | None = None) -> Rating | None:
        row = await self._ratings.find_one({"citizen": citizen, "_id": f"{answer}/{citizen}"}, session=tx)
        return _rating(row) if row else None

    async def put(self, rating: Rating, was: Rating | None, tx: Tx) -> None:
        """In place of what he said before, and counted. Raises DuplicateKey when he rated in the same moment."""
        if was is None:
            await self._ratings.insert_one(_row(rating), session=tx)
        else:
            own = {"citizen": rating.citizen, "_id": rating.id}
            await self._ratings.replace_one(own, _row(rating), session=tx)
        change = _counted(rating, 1)
        if was is not None:
            change.update(_counted(was, -1))
        steps = {name: step for name, step in change.items() if step}
        if steps:
            await self._scores.update_one({"_id": rating.answer}, {"$inc": steps}, upsert=True, session=tx)

    async def scores(self, answers: Among[str]) -> dict[str, Score]:
        """Of these versions, in one query; of those that nobody rated, none."""
        if not answers:
            return {}
        rows = await self._scores.find({"_id": {"$in": sorted(answers)}}).to_list(None)
        return {row["_id"]: _score(row) for row in rows}


def _counted(rating: Rating, step: int) -> Counter[str]:
    counts = Counter({"helpful" if rating.helpful else "unhelpful": step})
    if rating.complaint is not None:
        counts[f"complaints.{rating.complaint.value}"] = step
    return counts


def _row(rating: Rating) -> Document:
    return {
        "_id": rating.id,
        "citizen": rating.citizen,
        "answer": rating.answer,
        "helpful": rating.helpful,
        "complaint": rating.complaint.value if rating.complaint else None,
        "at": rating.at,
    }


def _rating(row: Document) -> Rating:
    complaint = Complaint(row["complaint"]) if row["complaint"] else None
    return Rating(row["citizen"], row["answer"], row["helpful"], complaint, row["at"])


def _score(row: Document) -> Score:
    complaints = {Complaint(name): count for name, count in row.get("complaints", {}).items() if count > 0}
    return Score(row.get("helpful", 0), row.get("unhelpful", 0), complaints)
