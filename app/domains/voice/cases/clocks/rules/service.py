"""By which rule a case's clock is started, and the desk's changes of the rules."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.voice.cases.clocks.model import CaseClock
from app.domains.voice.cases.clocks.rules.errors import ClockRuleChanged
from app.domains.voice.cases.clocks.rules.model import PUBLISHED, ClockRule, RuleCode, rule_for
from app.domains.voice.cases.clocks.rules.store import ClockRuleStore
from app.domains.voice.cases.history.model import CaseKind

_RULE = TypeAdapter(ClockRule)
_MOST_VERSIONS = 100


class ClockRules:
    def __init__(self, rules: ClockRuleStore, audit: Audit, idempotency: Idempotency, clock: Clock) -> None:
        self._rules = rules
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def start(self, kind: CaseKind, *, convenience: bool, urgent: bool, tx: Tx | None = None) -> CaseClock:
        """The clock of a case of this kind that is accepted now."""
        rule = await self.current(rule_for(kind, convenience=convenience, urgent=urgent), tx)
        return rule.started(self._clock.now())

    async def most_extension(self, clock: CaseClock | None, tx: Tx | None = None) -> int:
        """By how much a clock of this rule may be extended, once."""
        return (await self.current(RuleCode(clock.rule), tx)).most_extension if clock else 0

    async def current(self, code: RuleCode, tx: Tx | None = None) -> ClockRule:
        return await self._rules.newest(code, tx) or PUBLISHED[code]

    async def all(self) -> list[ClockRule]:
        """As they hold now."""
        return [await self.current(code) for code in RuleCode]

    async def versions(self, code: RuleCode) -> list[ClockRule]:
        """All that it ever was, newest first."""
        return [*await self._rules.versions(code, _MOST_VERSIONS), PUBLISHED[code]]

    async def change(self, viewer: Viewer, wanted: ClockRule, key: str) -> ClockRule:
        """`wanted.version` is the version that was looked at. Clocks that run already go on as they began.

        Raises ClockRuleInvalid, ClockRuleChanged, IdempotencyConflict.
        """
        amounts = (wanted.amount, wanted.most_extension, wanted.shift)
        reason = wanted.reason.strip()
        call = Call.of(viewer, "changeClockRule", key, wanted.code, wanted.version, *amounts, reason)

        async def work(tx: Tx) -> ClockRule:
            was = await self.current(wanted.code, tx)
            if was.version != wanted.version:
                raise ClockRuleChanged
            now = was.changed(*amounts, reason, viewer.acting(), self._clock.now())
            await self._rules.add(now, tx)
            await self._audit.record(
                viewer, "case_clock.changed", now.code, tx, reason=reason, version=now.version, amount=now.amount
            )
            return now

        return await self._idempotency.once(call, _RULE, work)
