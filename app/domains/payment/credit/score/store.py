"""Scores in MongoDB: one row a citizen, and a row for each time he was counted. Withdrawal deletes both."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.core.ids import new_id
from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.credit.rules.model import FactorCode
from app.domains.payment.credit.score.model import Adjustment, Cause, FactorScore, PastScore, Reckoning, Score


class ScoreStore:
    def __init__(self, db: Database) -> None:
        self._scores = db["credit_scores"]
        self._past = db["credit_counts"]

    async def get(self, citizen: str, tx: Tx | None = None) -> Score | None:
        row = await self._scores.find_one({"_id": citizen}, session=tx)
        return _score(row) if row else None

    async def add(self, score: Score, tx: Tx) -> None:
        """Raises DuplicateKey: he was counted before."""
        await self._scores.insert_one(_row(score), session=tx)
        await self._note(score, tx)

    async def save(self, score: Score, was: Score, tx: Tx) -> bool:
        """False when it was changed since it was read."""
        before = {"_id": was.citizen, "rev": was.rev}
        done = await self._scores.replace_one(before, _row(score), session=tx)
        if done.modified_count:
            await self._note(score, tx)
        return bool(done.modified_count)

    async def touch(self, citizen: str, tx: Tx) -> Score | None:
        """As it is, written all the same: who takes it away meanwhile, or counts anew, collides with this one."""
        done = await self._scores.update_one({"_id": citizen}, {"$inc": {"rev": 1}}, session=tx)
        return await self.get(citizen, tx) if done.modified_count else None

    async def drop(self, citizen: str, tx: Tx) -> None:
        await self._scores.delete_one({"_id": citizen}, session=tx)
        await self._past.delete_many({"citizen": citizen}, session=tx)

    async def history(self, citizen: str, request: PageRequest) -> Page[PastScore]:
        """Newest first."""
        rows = await page_rows(self._past, {"citizen": citizen}, request)
        return Page.cut([PastScore(row["_id"], _reckoning(row["reckoning"])) for row in rows], request)

    async def to_count(self, month: str, after: str, most: int) -> list[str]:
        """Citizens who were not counted in this month yet, by id."""
        which = {"_id": {"$gt": after}, "month": {"$lt": month}}
        return [row["_id"] async for row in self._scores.find(which, {"_id": 1}).sort("_id", 1).limit(most)]

    async def spread(self, steps: tuple[int, ...]) -> dict[int, int]:
        """For the desk: how many have at least so much, by step."""
        return {step: await self._scores.count_documents({"reckoning.value": {"$gte": step}}) for step in steps}

    async def _note(self, score: Score, tx: Tx) -> None:
        row = {"_id": new_id(), "citizen": score.citizen, "reckoning": _reckoning_row(score.reckoning)}
        await self._past.insert_one(row, session=tx)


def _row(score: Score) -> Document:
    return {
        "_id": score.citizen,
        "terms": score.terms,
        "joined_at": score.joined_at,
        "month": score.month,
        "reckoning": _reckoning_row(score.reckoning),
        "adjustments": [
            {"appeal": one.appeal, "points": one.points, "until": one.until.isoformat()} for one in score.adjustments
        ],
        "rev": score.rev,
    }


def _score(row: Document) -> Score:
    return Score(
        citizen=row["_id"],
        terms=row["terms"],
        joined_at=row["joined_at"],
        month=row["month"],
        reckoning=_reckoning(row["reckoning"]),
        adjustments=tuple(
            Adjustment(one["appeal"], one["points"], date.fromisoformat(one["until"])) for one in row["adjustments"]
        ),
        rev=row["rev"],
    )


def _reckoning_row(one: Reckoning) -> Document:
    return {
        "value": one.value,
        "version": one.version,
        "factors": [
            {
                "code": factor.code.value,
                "weight": factor.weight,
                "points": factor.points,
                "good": factor.good,
                "bad": factor.bad,
                "months": factor.months,
                "raises": factor.raises,
            }
            for factor in one.factors
        ],
        "adjusted": one.adjusted,
        "at": one.at,
        "cause": one.cause.value,
    }


def _reckoning(row: dict[str, Any]) -> Reckoning:
    return Reckoning(
        value=row["value"],
        version=row["version"],
        factors=tuple(FactorScore(**{**one, "code": FactorCode(one["code"])}) for one in row["factors"]),
        adjusted=row["adjusted"],
        at=row["at"],
        cause=Cause(row["cause"]),
    )
