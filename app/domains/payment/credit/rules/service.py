"""Which rules are in force, which come, and how the desk changes them: one proposes, another approves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.payment.credit.rules.errors import CreditRulesPending, CreditRulesSettled, CreditRulesUnknown
from app.domains.payment.credit.rules.model import FIRST, Band, FactorRule, RuleSet, RulesState
from app.domains.payment.credit.rules.store import RuleStore

_RULES = TypeAdapter(RuleSet)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rules as they are proposed, in force from a day on, with the reason that stays with them."""

    factors: tuple[FactorRule, ...]
    bands: tuple[Band, ...]
    since: date
    reason: str


class RuleBook:
    def __init__(self, rules: RuleStore, audit: Audit, idempotency: Idempotency, clock: Clock) -> None:
        self._rules = rules
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def in_force(self, tx: Tx | None = None) -> RuleSet:
        return await self._rules.in_force(self._today, tx) or FIRST

    async def coming(self) -> RuleSet | None:
        """Published, and in force from a later day on."""
        return await self._rules.coming(self._today)

    async def version(self, version: int) -> RuleSet | None:
        return FIRST if version == FIRST.version else await self._rules.get(version)

    async def versions(self) -> list[RuleSet]:
        """All that ever were, newest first."""
        return [*await self._rules.all(), FIRST]

    async def propose(self, viewer: Viewer, wanted: Proposal, key: str) -> RuleSet:
        """For another member of the desk to approve. Raises CreditRulesInvalid, CreditRulesPending,
        IdempotencyConflict.
        """
        reason = wanted.reason.strip()
        draft = RuleSet(
            0, wanted.factors, wanted.bands, wanted.since, RulesState.PROPOSED, reason, viewer.acting()
        ).checked(self._today)

        async def work(tx: Tx) -> RuleSet:
            if await self._rules.pending(tx):
                raise CreditRulesPending
            version = (await self._rules.newest(tx) or FIRST.version) + 1
            made = replace(draft, version=version, at=self._clock.now())
            await self._rules.add(made, tx)
            await self._audit.record(
                viewer, "credit_rules.proposed", str(version), tx, reason=reason, since=made.since.isoformat()
            )
            return made

        call = Call.of(viewer, "proposeCreditRules", key, draft)
        return await self._idempotency.once(call, _RULES, work)

    async def approve(self, viewer: Viewer, version: int, key: str) -> RuleSet:
        """Raises CreditRulesUnknown, CreditRulesSettled, CreditRulesNeedAnother, CreditRulesInvalid,
        IdempotencyConflict.
        """

        def approved(was: RuleSet) -> RuleSet:
            return was.approved(viewer.acting(), self._clock.now(), self._today)

        return await self._settle(viewer, "approve", version, approved, key)

    async def withdraw(self, viewer: Viewer, version: int, key: str) -> RuleSet:
        """A proposal that is not approved. Raises CreditRulesUnknown, CreditRulesSettled, IdempotencyConflict."""

        def withdrawn(was: RuleSet) -> RuleSet:
            return was.withdrawn(viewer.acting(), self._clock.now())

        return await self._settle(viewer, "withdraw", version, withdrawn, key)

    async def _settle(
        self, viewer: Viewer, verb: str, version: int, turned: Callable[[RuleSet], RuleSet], key: str
    ) -> RuleSet:
        async def work(tx: Tx) -> RuleSet:
            was = await self._rules.get(version, tx)
            if was is None:
                raise CreditRulesUnknown
            now = turned(was)
            if not await self._rules.settle(now, tx):
                raise CreditRulesSettled
            await self._audit.record(viewer, f"credit_rules.{now.state.value}", str(version), tx)
            return now

        return await self._idempotency.once(Call.of(viewer, f"{verb}CreditRules", key, version), _RULES, work)

    @property
    def _today(self) -> date:
        return civil_day(self._clock.now())
