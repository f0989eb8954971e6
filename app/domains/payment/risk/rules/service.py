"""Editing rules with four eyes, and knowing those in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.payment.risk.rules.errors import RiskRuleProposed, RiskRuleSettled, RiskRuleUnknown
from app.domains.payment.risk.rules.model import Rule, RuleState, Terms, parsed_reason
from app.domains.payment.risk.rules.store import RuleStore

_RULE = TypeAdapter(Rule)
# Rules are read for each payment and changed some times a year: a process asks again after this time.
_FRESH_FOR = timedelta(seconds=3)


class RulesInForce:
    """As this process knows them; what another puts in force is known here within seconds."""

    def __init__(self, rules: RuleStore, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._known: tuple[Rule, ...] = ()
        self._asked: datetime | None = None

    async def all(self) -> tuple[Rule, ...]:
        now = self._clock.now()
        if self._asked is None or not timedelta() <= now - self._asked < _FRESH_FOR:
            self._known, self._asked = tuple(await self._rules.in_force()), now
        return self._known

    def forget(self) -> None:
        self._asked = None


class RiskRules:
    def __init__(
        self, rules: RuleStore, in_force: RulesInForce, audit: Audit, idempotency: Idempotency, clock: Clock
    ) -> None:
        self._rules = rules
        self._in_force = in_force
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def page(self, state: RuleState, request: PageRequest) -> Page[Rule]:
        return await self._rules.page(state, request)

    async def versions(self, code: str) -> list[Rule]:
        """Newest first; empty when there is no such rule."""
        return await self._rules.versions(code)

    async def propose(
        self, viewer: Viewer, code: str, name: Said, terms: Terms, reason: str, key: str, *, active: bool = True
    ) -> Rule:
        """A new rule, or the next version of one; `active` false proposes to end it. Nothing changes before somebody
        else puts it in force. Raises RiskRuleInvalid, RiskRuleProposed, IdempotencyConflict.
        """
        said = parsed_reason(reason)
        wanted = Rule(code, 1, name, terms, said, viewer.acting(), self._clock.now(), active)
        wanted.demand_sound()

        async def work(tx: Tx) -> Rule:
            newest = await self._rules.newest(code, tx)
            if newest is not None and newest.state is RuleState.PROPOSED:
                raise RiskRuleProposed
            rule = replace(wanted, version=newest.version + 1 if newest else 1)
            await self._rules.add(rule, tx)
            await self._audit.record(viewer, "risk.proposed", rule.id, tx, reason=said)
            return rule

        call = Call.of(viewer, "proposeRiskRule", key, code, name, terms, said, active)
        return await self._idempotency.once(call, _RULE, work)

    async def approve(self, viewer: Viewer, code: str, version: int, key: str) -> Rule:
        """By another than who proposed it. Raises RiskRuleUnknown, RiskRuleSettled, AnotherApproves,
        IdempotencyConflict.
        """

        async def work(tx: Tx) -> Rule:
            now = (await self._known(code, version, tx)).put_in_force(viewer.acting(), self._clock.now())
            await self._rules.replace(code, tx)
            await self._settle(viewer, now, "risk.put_in_force", tx)
            return now

        done = await self._idempotency.once(Call.of(viewer, "approveRiskRule", key, code, version), _RULE, work)
        self._in_force.forget()
        return done

    async def decline(self, viewer: Viewer, code: str, version: int, reason: str, key: str) -> Rule:
        """Raises RiskRuleUnknown, RiskRuleSettled, RiskRuleInvalid, IdempotencyConflict."""
        said = parsed_reason(reason)

        async def work(tx: Tx) -> Rule:
            now = (await self._known(code, version, tx)).declined(said, viewer.acting(), self._clock.now())
            await self._settle(viewer, now, "risk.declined", tx)
            return now

        return await self._idempotency.once(Call.of(viewer, "declineRiskRule", key, code, version, said), _RULE, work)

    async def _known(self, code: str, version: int, tx: Tx) -> Rule:
        found = await self._rules.get(code, version, tx)
        if found is None:
            raise RiskRuleUnknown
        return found

    async def _settle(self, viewer: Viewer, now: Rule, what: str, tx: Tx) -> None:
        if not await self._rules.settle(now, tx):
            raise RiskRuleSettled
        await self._audit.record(viewer, what, now.id, tx, reason=now.answer or now.reason)
