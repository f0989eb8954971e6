"""The rules of the score in MongoDB: a row for each version, none for the city's first."""

from __future__ import annotations

from datetime import date

from app.core.mongo import Database, Document, Tx
from app.domains.payment.credit.rules.model import Band, FactorCode, FactorRule, RuleSet, RulesState

_MOST = 200


class RuleStore:
    def __init__(self, db: Database) -> None:
        self._rules = db["credit_rules"]

    async def in_force(self, today: date, tx: Tx | None = None) -> RuleSet | None:
        """The approved one whose day came last."""
        which = {"state": RulesState.APPROVED.value, "since": {"$lte": today.isoformat()}}
        row = await self._rules.find_one(which, sort=[("since", -1), ("_id", -1)], session=tx)
        return _rules(row) if row else None

    async def coming(self, today: date) -> RuleSet | None:
        """The next one that is published already."""
        which = {"state": RulesState.APPROVED.value, "since": {"$gt": today.isoformat()}}
        row = await self._rules.find_one(which, sort=[("since", 1), ("_id", -1)])
        return _rules(row) if row else None

    async def get(self, version: int, tx: Tx | None = None) -> RuleSet | None:
        row = await self._rules.find_one({"_id": version}, session=tx)
        return _rules(row) if row else None

    async def all(self) -> list[RuleSet]:
        """Newest first."""
        return [_rules(row) for row in await self._rules.find({}).sort("_id", -1).limit(_MOST).to_list(None)]

    async def newest(self, tx: Tx) -> int | None:
        row = await self._rules.find_one({}, {"_id": 1}, sort=[("_id", -1)], session=tx)
        return int(row["_id"]) if row else None

    async def pending(self, tx: Tx) -> bool:
        return await self._rules.find_one({"state": RulesState.PROPOSED.value}, session=tx) is not None

    async def add(self, rules: RuleSet, tx: Tx) -> None:
        """Raises DuplicateKey when there is such a version already."""
        await self._rules.insert_one(_row(rules), session=tx)

    async def settle(self, rules: RuleSet, tx: Tx) -> bool:
        """False when it was settled meanwhile."""
        change = {
            "state": rules.state.value,
            "settled_by": rules.settled_by,
            "settled_at": rules.settled_at,
        }
        which = {"_id": rules.version, "state": RulesState.PROPOSED.value}
        return bool((await self._rules.update_one(which, {"$set": change}, session=tx)).modified_count)


def _row(rules: RuleSet) -> Document:
    return {
        "_id": rules.version,
        "factors": [
            {
                "code": one.code.value,
                "weight": one.weight,
                "months": one.months,
                "start": one.start,
                "prior": one.prior,
                "full": one.full,
            }
            for one in rules.factors
        ],
        "bands": [{"score": one.score, "fen": one.fen} for one in rules.bands],
        "since": rules.since.isoformat(),
        "state": rules.state.value,
        "reason": rules.reason,
        "by": rules.by,
        "at": rules.at,
        "settled_by": rules.settled_by,
        "settled_at": rules.settled_at,
    }


def _rules(row: Document) -> RuleSet:
    return RuleSet(
        version=row["_id"],
        factors=tuple(FactorRule(**{**one, "code": FactorCode(one["code"])}) for one in row["factors"]),
        bands=tuple(Band(**one) for one in row["bands"]),
        since=date.fromisoformat(row["since"]),
        state=RulesState(row["state"]),
        reason=row["reason"],
        by=row["by"],
        at=row["at"],
        settled_by=row["settled_by"],
        settled_at=row["settled_at"],
    )
