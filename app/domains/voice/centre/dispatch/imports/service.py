"""Importing a table of rules (`app/core/imports`): who is responsible for what and where, and the fallbacks.

A line says what the rule is about and where it goes: `table` (responsibilities, or fallbacks), `category`, `division`,
`owner`, and one of `unit`, `level`, `to_owner`; `words` and `words_en` say why. CSV has the same names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.imports.errors import BadRow, LineFault
from app.core.imports.lines import Bad, csv_rows, json_lines
from app.core.imports.model import FileForm, ImportFile, Line, Tally
from app.core.imports.service import FileImport, Findings
from app.core.imports.store import ProgressStore
from app.core.mongo import Database, Tx
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Level
from app.domains.voice.centre.dispatch.rules.errors import (
    DispatchImportRefused,
    DispatchImportRunning,
    DispatchRuleChanged,
    RuleFault,
)
from app.domains.voice.centre.dispatch.rules.model import About, Goal, Rule, RuleTable
from app.domains.voice.centre.dispatch.rules.service import RuleService
from app.domains.voice.centre.dispatch.rules.store import RuleStore

_COLUMNS = frozenset({"table", "category", "division", "owner", "unit", "level", "to_owner", "words", "words_en"})
_LONGEST = 300
_REASON = "file"
_Fault = RuleFault | LineFault
_FAULTS: Mapping[str, _Fault] = {
    "category": RuleFault.CATEGORY,
    "division": RuleFault.DIVISION,
    "owner": RuleFault.ASSET_OWNER,
    "unit": LineFault.UNIT,
    "goal": RuleFault.TARGET,
}


@dataclass(frozen=True, slots=True)
class Entry:
    line: int
    rule: Rule


class RuleImports(FileImport[Entry]):
    """`run` raises DispatchImportRefused (every bad line), DispatchImportRunning."""

    action = "dispatch.imported"

    def __init__(
        self,
        db: Database,
        imports: ProgressStore,
        store: RuleStore,
        rules: RuleService,
        audit: Audit,
        clock: Clock,
    ) -> None:
        super().__init__(db, imports, audit, clock)
        self._store = store
        self._rules = rules

    async def load(self, viewer: Viewer, said: Sequence[Mapping[str, Any]]) -> Tally:
        """As every import does; the rules hold at once."""
        tally = await super().load(viewer, said)
        await self._rules.load()
        return tally

    def demand(self, file: ImportFile) -> None:
        """Nothing: a line names all it is about."""

    def refused(self, rows: tuple[BadRow, ...], more: int) -> DispatchImportRefused:
        return DispatchImportRefused(rows, more)

    def running(self) -> DispatchImportRunning:
        return DispatchImportRunning()

    def lines(self, file: ImportFile, found: Findings) -> Iterator[Line]:
        with file.opened() as opened:
            yield from (json_lines if file.form is FileForm.JSONL else _csv_lines)(opened, found.note)

    def entry(self, file: ImportFile, line: Line, found: Findings) -> Entry | None:
        fault, rule = _read(line.said)
        if rule is not None:
            field = self._rules.fault(rule.table, rule.about, rule.goal)
            fault = (field, _FAULTS[field]) if field else None
        if fault is not None or rule is None:
            found.note(BadRow(line.number, fault[1], fault[0]) if fault else BadRow(line.number, LineFault.JSON))
            return None
        return Entry(line.number, rule)

    def line_of(self, entry: Entry) -> int:
        return entry.line

    async def compare(self, batch: Sequence[Entry], seen: set[str], found: Findings) -> None:
        for entry in batch:
            name = f"{entry.rule.table}/{entry.rule.id}"
            if name in seen:
                found.note(BadRow(entry.line, RuleFault.TWICE))
            seen.add(name)

    async def put(self, viewer: Viewer, entries: Sequence[Entry], tx: Tx) -> Tally:
        by, now, tally = viewer.acting(), self._clock.now(), Tally()
        for table in RuleTable:
            rules = [entry.rule for entry in entries if entry.rule.table is table]
            known = await self._store.of(table, {rule.id for rule in rules}, tx)
            differing = [rule for rule in rules if not _same(rule, known.get(rule.id))]
            made = [known.get(r.id, r).written(r.goal, r.words, by, now, _REASON) for r in differing]
            if not await self._store.save(table, made, tx):
                raise DispatchRuleChanged
            fresh = sum(rule.id not in known for rule in made)
            tally += Tally(fresh, len(made) - fresh, len(rules) - len(made))
        return tally


def _same(rule: Rule, known: Rule | None) -> bool:
    return known is not None and known.says(rule.goal, rule.words)


def _csv_lines(opened: BinaryIO, bad: Bad) -> Iterator[Line]:
    rows = csv_rows(opened, bad)
    _, head = next(rows, (0, []))
    columns = [name.strip() for name in head]
    if not columns or not set(columns) <= _COLUMNS or len(set(columns)) != len(columns):
        bad(BadRow(1, LineFault.COLUMNS))
        return
    for number, row in rows:
        if len(row) != len(columns):
            bad(BadRow(number, LineFault.COLUMNS))
        else:
            said = {name: text.strip() for name, text in zip(columns, row, strict=True) if text.strip()}
            yield Line(number, {**said, **({"to_owner": said["to_owner"] == "true"} if "to_owner" in said else {})})


def _read(said: Mapping[str, Any]) -> tuple[tuple[str, _Fault] | None, Rule | None]:
    """What a line says, or what is wrong with it."""
    strange = next((name for name in said if name not in _COLUMNS), None)
    if strange is not None:
        return (strange[:80], LineFault.COLUMNS), None
    texts = {name: said.get(name, "") for name in _COLUMNS - {"to_owner"}}
    wrong = next((name for name, text in texts.items() if not isinstance(text, str) or len(text) > _LONGEST), None)
    if wrong is not None:
        return (wrong, LineFault.JSON), None
    level, table, to_owner = texts["level"], texts["table"] or RuleTable.RESPONSIBILITIES, said.get("to_owner", False)
    if table not in list(RuleTable) or (level and level not in list(Level)) or not isinstance(to_owner, bool):
        return ("goal", RuleFault.TARGET), None
    about = About(texts["category"], texts["division"], texts["owner"])
    goal = Goal(texts["unit"] or None, Level(level) if level else None, to_owner)
    return None, Rule(RuleTable(table), about, goal, Said(texts["words"], texts["words_en"]))
