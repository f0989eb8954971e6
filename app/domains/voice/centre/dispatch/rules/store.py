"""Rules of the dispatch in MongoDB: a row for each matter, with the versions it has had."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pymongo import ReplaceOne

from app.core.mongo import Database, Document, DuplicateKey, Tx, insert_rows, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of, said_row
from app.domains.identity.organisations.model import Level
from app.domains.voice.centre.dispatch.rules.model import About, Goal, Rule, RuleTable, RuleVersion


class RuleStore:
    def __init__(self, db: Database) -> None:
        self._tables = {RuleTable.RESPONSIBILITIES: db["responsibilities"], RuleTable.FALLBACKS: db["fallbacks"]}

    async def all(self, table: RuleTable) -> list[Rule]:
        """They are some thousands at most, and kept in memory."""
        return [rule_of(row, table) for row in await self._tables[table].find({}).to_list(None)]

    async def get(self, table: RuleTable, id_: str, tx: Tx | None = None) -> Rule | None:
        row = await self._tables[table].find_one({"_id": id_}, session=tx)
        return rule_of(row, table) if row else None

    async def of(self, table: RuleTable, ids: Collection[str], tx: Tx) -> dict[str, Rule]:
        rows = await self._tables[table].find({"_id": {"$in": sorted(ids)}}, session=tx).to_list(None)
        return {row["_id"]: rule_of(row, table) for row in rows}

    async def page(self, table: RuleTable, request: PageRequest) -> Page[Rule]:
        rows = await page_rows(self._tables[table], {}, request, newest=False)
        return Page.cut([rule_of(row, table) for row in rows], request)

    async def save(self, table: RuleTable, rules: Sequence[Rule], tx: Tx) -> bool:
        """The next version of each; False when somebody else wrote one of them meanwhile."""
        kept, fresh = self._tables[table], [_row(rule) for rule in rules if rule.version == 1]
        later = [rule for rule in rules if rule.version > 1]
        changes = [ReplaceOne({"_id": one.id, "version": one.version - 1}, _row(one)) for one in later]
        try:
            await insert_rows(kept, fresh, tx)
        except DuplicateKey:
            return False
        if not changes:
            return True
        return (await kept.bulk_write(changes, session=tx)).modified_count == len(changes)


def _row(rule: Rule) -> Document:
    return {
        "_id": rule.id,
        "category": rule.about.category,
        "division": rule.about.division,
        "owner": rule.about.owner,
        **_goal_row(rule.goal),
        "words": said_row(rule.words),
        "version": rule.version,
        "ended": rule.ended,
        "history": [
            {
                **_goal_row(one.goal),
                "version": one.version,
                "at": one.at,
                "by": one.by,
                "reason": one.reason,
                "ended": one.ended,
            }
            for one in rule.history
        ],
    }


def _goal_row(goal: Goal) -> Document:
    return {"unit": goal.unit, "level": goal.level.value if goal.level else None, "by_owner": goal.owner}


def _goal(row: Document) -> Goal:
    return Goal(row["unit"], Level(row["level"]) if row["level"] else None, row["by_owner"])


def rule_of(row: Document, table: RuleTable) -> Rule:
    return Rule(
        table=table,
        about=About(row["category"], row["division"], row["owner"]),
        goal=_goal(row),
        words=said_of(row["words"]),
        version=row["version"],
        ended=row["ended"],
        history=tuple(
            RuleVersion(one["version"], _goal(one), one["at"], one["by"], one["reason"], one["ended"])
            for one in row["history"]
        ),
    )
