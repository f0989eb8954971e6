"""Keeping the rules: all of them in memory, changed one by one at the desk, each change a version with its reason."""

from __future__ import annotations

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Document, Tx
from app.core.paging import Page, PageRequest
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Kind, Tree
from app.domains.voice.cases.categories.service import CategoryService
from app.domains.voice.centre.dispatch.rules.errors import DispatchRuleChanged, DispatchRuleInvalid, DispatchRuleUnknown
from app.domains.voice.centre.dispatch.rules.model import ANY_OWNER, About, Goal, Rule, RuleBook, RuleTable
from app.domains.voice.centre.dispatch.rules.store import RuleStore, rule_of

_ID = TypeAdapter(str)


class RuleService:
    """`book` is what proposals are made from."""

    def __init__(
        self,
        rules: RuleStore,
        tree: Tree,
        categories: CategoryService,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._tree = tree
        self._categories = categories
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self.book = RuleBook()

    async def load(self) -> None:
        for table in RuleTable:
            self.book.put(await self._rules.all(table))

    def responsibility_changed(self, row: Document) -> None:
        """A row that some process wrote."""
        self.book.put([rule_of(row, RuleTable.RESPONSIBILITIES)])

    def fallback_changed(self, row: Document) -> None:
        self.book.put([rule_of(row, RuleTable.FALLBACKS)])

    async def page(self, table: RuleTable, request: PageRequest) -> Page[Rule]:
        return await self._rules.page(table, request)

    async def one(self, table: RuleTable, id_: str) -> Rule | None:
        return await self._rules.get(table, id_)

    async def write(
        self, viewer: Viewer, table: RuleTable, about: About, goal: Goal, words: Said, reason: str, key: str
    ) -> Rule:
        """Make it or change it; what says the same already stays as it is. Raises DispatchRuleInvalid,
        DispatchRuleChanged, IdempotencyConflict.
        """
        self.demand(table, about, goal)

        async def work(tx: Tx) -> str:
            was = await self._rules.get(table, about.id_in(table), tx) or Rule(table, about, goal)
            if was.version and was.says(goal, words):
                return was.id
            now = was.written(goal, words, viewer.acting(), self._clock.now(), reason)
            return await self._kept(viewer, now, reason, tx)

        call = Call.of(viewer, "writeDispatchRule", key, table.value, about, goal, words, reason)
        return await self._known(table, await self._idempotency.once(call, _ID, work))

    async def end(self, viewer: Viewer, table: RuleTable, id_: str, reason: str, key: str) -> Rule:
        """Raises DispatchRuleUnknown, DispatchRuleChanged, IdempotencyConflict."""

        async def work(tx: Tx) -> str:
            was = await self._rules.get(table, id_, tx)
            if was is None:
                raise DispatchRuleUnknown
            return await self._kept(viewer, was.stopped(viewer.acting(), self._clock.now(), reason), reason, tx)

        call = Call.of(viewer, "endDispatchRule", key, table.value, id_, reason)
        return await self._known(table, await self._idempotency.once(call, _ID, work))

    def demand(self, table: RuleTable, about: About, goal: Goal) -> None:
        """Raises DispatchRuleInvalid: it names something that is not there."""
        fault = self.fault(table, about, goal)
        if fault is not None:
            raise DispatchRuleInvalid(fault)

    def fault(self, table: RuleTable, about: About, goal: Goal) -> str | None:
        """The field that names what is not there, or does not fit."""
        division = self._tree.get(about.division) if about.division else None
        alone = table is RuleTable.FALLBACKS
        checks = (
            ("category", not about.category or (not alone and self._categories.tree.get(about.category) is not None)),
            ("division", not about.division or (division is not None and division.kind is Kind.GOVERNMENT)),
            ("owner", not about.owner or (not alone and self._owns(about.owner))),
            ("unit", goal.unit is None or self._tree.get(goal.unit) is not None),
            ("goal", goal.is_one and (goal.unit is not None or not alone)),
        )
        return next((field for field, fits in checks if not fits), None)

    def _owns(self, owner: str) -> bool:
        return owner == ANY_OWNER or self._tree.get(owner) is not None

    async def _kept(self, viewer: Viewer, now: Rule, reason: str, tx: Tx) -> str:
        if not await self._rules.save(now.table, [now], tx):
            raise DispatchRuleChanged
        action = f"dispatch.{now.table.value}.{'ended' if now.ended else 'written'}"
        unit = now.goal.unit or ""
        await self._audit.record(viewer, action, now.id, tx, reason=reason, version=now.version, unit=unit)
        return now.id

    async def _known(self, table: RuleTable, id_: str) -> Rule:
        found = await self._rules.get(table, id_)
        if found is None:
            raise DispatchRuleUnknown
        self.book.put([found])
        return found
