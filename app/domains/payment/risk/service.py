"""Asked before money moves: may this payment pass, must its payer confirm it, or is it refused?

    decision = await risk.check(attempt, tx)      in the transaction that captures
    decision.verdict                              Verdict.ALLOW, CONFIRM, REFUSE
    await risk.noted(attempt, decision, tx)       a refusal, for the desk; without `tx` when that one is rolled back
    raise decision.outcome                        what the payer is told

What is allowed is counted in the same transaction: what is rolled back, or waits to be confirmed, was never counted.
What was begun, committed, and then failed (at the gateway, or at a charge of its own) stays counted: it was tried.
Rivals for the last room in a window collide, and one looks again.
"""

from __future__ import annotations

from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.domains.payment.risk.blocks.store import BlockStore
from app.domains.payment.risk.model import (
    STOPPED,
    Decision,
    Refusal,
    Verdict,
    concerned,
    counter,
    decided,
    refusal,
)
from app.domains.payment.risk.rules.model import Attempt, Rule
from app.domains.payment.risk.rules.service import RulesInForce
from app.domains.payment.risk.store import RiskStore


class Risk:
    def __init__(self, store: RiskStore, rules: RulesInForce, blocks: BlockStore) -> None:
        self._store = store
        self._rules = rules
        self._blocks = blocks

    async def check(self, attempt: Attempt, tx: Tx, *, counts: bool = True) -> Decision:
        """Decide, and count what is allowed; not when it will be checked again before money moves (`counts`)."""
        if await self._blocks.stands(attempt.payer, tx):
            return STOPPED
        rules = concerned(await self._rules.all(), attempt)
        counters = {rule.code: found for rule in rules if (found := counter(rule, attempt))}
        used = await self._store.used(counters.values(), tx) if counters else {}
        decision = decided(rules, attempt, used)
        if counts and decision.verdict is Verdict.ALLOW:
            for rule in sorted(rules, key=lambda one: one.code):
                await self._count(rule, counters.get(rule.code), attempt, tx)
        return decision

    async def stopped(self, payer: str, tx: Tx) -> bool:
        """For what leaves him without being a payment: whether the desk stopped him."""
        return await self._blocks.stands(payer, tx)

    async def noted(self, attempt: Attempt, decision: Decision, tx: Tx | None = None) -> None:
        """For the desk, once an attempt and rule. What was not refused is not noted."""
        if decision.verdict is Verdict.REFUSE and decision.hit is not None:
            await self._store.refuse(refusal(attempt, decision.hit), tx)

    async def refusals(
        self, request: PageRequest, *, rule: str | None = None, payer: str | None = None
    ) -> Page[Refusal]:
        """For the desk, newest first; the cursor is `order_of` of the store."""
        return await self._store.refusals(rule, payer, request)

    async def refusal(self, id_: str) -> Refusal | None:
        return await self._store.refusal(id_)

    async def _count(self, rule: Rule, where: str | None, attempt: Attempt, tx: Tx) -> None:
        if where is not None and rule.terms.window is not None:
            until = attempt.at + 2 * rule.terms.window.length
            await self._store.count(where, attempt.payer, rule.terms.adds(attempt), until, tx)
