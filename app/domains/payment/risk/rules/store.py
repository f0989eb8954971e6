"""Rules in MongoDB: one row a version, never overwritten but for how it stands."""

from __future__ import annotations

from app.core.money import Currency
from app.core.mongo import Database, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.core.said import said_of, said_row
from app.domains.payment.risk.rules.model import Action, Measure, Rule, RuleState, Terms, Window

_MOST = 500


class RuleStore:
    def __init__(self, db: Database) -> None:
        self._rules = db["risk_rules"]

    async def in_force(self) -> list[Rule]:
        rows = await self._rules.find({"state": RuleState.IN_FORCE.value}).sort("_id", 1).limit(_MOST).to_list(None)
        return [_rule(row) for row in rows]

    async def add(self, rule: Rule, tx: Tx) -> None:
        """Raises DuplicateKey (a rival proposed this version)."""
        await self._rules.insert_one({"_id": rule.id, **_row(rule)}, session=tx)

    async def get(self, code: str, version: int, tx: Tx | None = None) -> Rule | None:
        row = await self._rules.find_one({"_id": f"{code}:{version}"}, session=tx)
        return _rule(row) if row else None

    async def newest(self, code: str, tx: Tx | None = None) -> Rule | None:
        row = await self._rules.find_one({"code": code}, sort=[("version", -1)], session=tx)
        return _rule(row) if row else None

    async def versions(self, code: str) -> list[Rule]:
        """Newest first."""
        rows = await self._rules.find({"code": code}).sort("version", -1).limit(_MOST).to_list(None)
        return [_rule(row) for row in rows]

    async def page(self, state: RuleState, request: PageRequest) -> Page[Rule]:
        """By code."""
        rows = await page_rows(self._rules, {"state": state.value}, request, newest=False)
        return Page.cut([_rule(row) for row in rows], request)

    async def settle(self, rule: Rule, tx: Tx) -> bool:
        """From proposed to what it is now, once."""
        which = {"_id": rule.id, "state": RuleState.PROPOSED.value}
        change = {
            "state": rule.state.value,
            "settled_by": rule.settled_by,
            "settled_at": rule.settled_at,
            "answer": rule.answer,
        }
        return bool((await self._rules.update_one(which, {"$set": change}, session=tx)).modified_count)

    async def replace(self, code: str, tx: Tx) -> None:
        """What was in force of this rule is so no more."""
        which = {"code": code, "state": RuleState.IN_FORCE.value}
        await self._rules.update_many(which, {"$set": {"state": RuleState.REPLACED.value}}, session=tx)


def _row(rule: Rule) -> Document:
    terms = rule.terms
    return {
        "code": rule.code,
        "version": rule.version,
        "name": said_row(rule.name),
        "measure": terms.measure.value,
        "most": terms.most,
        "action": terms.action.value,
        "window": terms.window.value if terms.window else None,
        "currency": terms.currency.value,
        "methods": sorted(terms.methods),
        "purposes": sorted(terms.purposes),
        "payees": sorted(terms.payees),
        "younger_than": terms.younger_than,
        "reason": rule.reason,
        "by": rule.by,
        "at": rule.at,
        "active": rule.active,
        "state": rule.state.value,
        "settled_by": rule.settled_by,
        "settled_at": rule.settled_at,
        "answer": rule.answer,
    }


def _rule(row: Document) -> Rule:
    terms = Terms(
        measure=Measure(row["measure"]),
        most=row["most"],
        action=Action(row["action"]),
        window=Window(row["window"]) if row["window"] else None,
        currency=Currency(row["currency"]),
        methods=frozenset(row["methods"]),
        purposes=frozenset(row["purposes"]),
        payees=frozenset(row["payees"]),
        younger_than=row["younger_than"],
    )
    return Rule(
        code=row["code"],
        version=row["version"],
        name=said_of(row["name"]),
        terms=terms,
        reason=row["reason"],
        by=row["by"],
        at=row["at"],
        active=row["active"],
        state=RuleState(row["state"]),
        settled_by=row["settled_by"],
        settled_at=row["settled_at"],
        answer=row["answer"],
    )
