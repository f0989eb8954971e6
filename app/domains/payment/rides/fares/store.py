"""Rules of fares in MongoDB: one row for each line and each day from which they are in force."""

from __future__ import annotations

from datetime import date, timedelta

from app.core.mongo import Database, Document, Tx
from app.core.said import said_of, said_row
from app.domains.payment.rides.fares.model import FareRules

_MOST = 5_000


class FareStore:
    def __init__(self, db: Database) -> None:
        self._fares = db["ride_fares"]

    async def put(self, rules: FareRules, tx: Tx) -> None:
        await self._fares.update_one({"_id": rules.id}, {"$set": _row(rules)}, upsert=True, session=tx)

    async def drop(self, fare: str, tx: Tx) -> bool:
        return bool((await self._fares.delete_one({"_id": fare}, session=tx)).deleted_count)

    async def get(self, fare: str, tx: Tx | None = None) -> FareRules | None:
        row = await self._fares.find_one({"_id": fare}, session=tx)
        return _rules(row) if row else None

    async def in_force(self, operator: str, line: str, day: date, tx: Tx | None = None) -> FareRules | None:
        which = {"operator": operator, "line": line, "from_day": {"$lte": day.isoformat()}}
        row = await self._fares.find_one(which, sort=[("from_day", -1)], session=tx)
        return _rules(row) if row else None

    async def all(self, operator: str | None = None) -> list[FareRules]:
        """By line, the newest first."""
        which: Document = {"operator": operator} if operator else {"operator": {"$gt": ""}}
        order = [("operator", 1), ("line", 1), ("from_day", -1)]
        rows = await self._fares.find(which).sort(order).limit(_MOST).to_list(None)
        return [_rules(row) for row in rows]


def _row(rules: FareRules) -> Document:
    return {
        "operator": rules.operator,
        "line": rules.line,
        "name": said_row(rules.name),
        "from_day": rules.from_day.isoformat(),
        "base": rules.base,
        "base_metres": rules.base_metres,
        "step": rules.step,
        "step_metres": rules.step_metres,
        "most": rules.most,
        "senior": rules.senior,
        "minor": rules.minor,
        "transfer_off": rules.transfer_off,
        "transfer_within": int(rules.transfer_within.total_seconds()),
        "day_cap": rules.day_cap,
    }


def _rules(row: Document) -> FareRules:
    return FareRules(
        operator=row["operator"],
        line=row["line"],
        name=said_of(row["name"]),
        from_day=date.fromisoformat(row["from_day"]),
        base=row["base"],
        base_metres=row["base_metres"],
        step=row["step"],
        step_metres=row["step_metres"],
        most=row["most"],
        senior=row["senior"],
        minor=row["minor"],
        transfer_off=row["transfer_off"],
        transfer_within=timedelta(seconds=row["transfer_within"]),
        day_cap=row["day_cap"],
    )
