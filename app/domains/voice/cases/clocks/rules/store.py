"""The rules of the clocks in MongoDB: a row for each version, none for the published ones."""

from __future__ import annotations

from datetime import time

from app.core.mongo import Database, Document, Tx
from app.domains.voice.cases.clocks.model import Measure, Shift
from app.domains.voice.cases.clocks.rules.model import ClockRule, RuleCode


class ClockRuleStore:
    def __init__(self, db: Database) -> None:
        self._rules = db["case_clock_rules"]

    async def newest(self, code: RuleCode, tx: Tx | None = None) -> ClockRule | None:
        row = await self._rules.find_one({"code": code.value}, sort=[("version", -1)], session=tx)
        return _rule(row) if row else None

    async def versions(self, code: RuleCode, most: int) -> list[ClockRule]:
        """Newest first."""
        found = self._rules.find({"code": code.value}).sort("version", -1).limit(most)
        return [_rule(row) for row in await found.to_list(None)]

    async def add(self, rule: ClockRule, tx: Tx) -> None:
        """Raises DuplicateKey when there is such a version already."""
        await self._rules.insert_one({"_id": f"{rule.code}:{rule.version}", **_row(rule)}, session=tx)


def _row(rule: ClockRule) -> Document:
    return {
        "code": rule.code.value,
        "version": rule.version,
        "measure": rule.measure.value,
        "amount": rule.amount,
        "most_extension": rule.most_extension,
        "opens": rule.shift.opens.isoformat(),
        "closes": rule.shift.closes.isoformat(),
        "by": rule.by,
        "at": rule.at,
        "reason": rule.reason,
    }


def _rule(row: Document) -> ClockRule:
    return ClockRule(
        RuleCode(row["code"]),
        Measure(row["measure"]),
        row["amount"],
        row["most_extension"],
        Shift(time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"])),
        row["version"],
        row["by"],
        row["at"],
        row["reason"],
    )
