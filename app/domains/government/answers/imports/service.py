"""Importing files of answers (`app/core/imports`), and a whole knowledge base for an empty city.

An entry is written when what the file says of it differs from what is published; that is its next version, published at
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.imports.errors import BadRow, LineFault
from app.core.imports.lines import json_lines
from app.core.imports.model import FileForm, ImportFile, Line, Tally
from app.core.imports.service import FileImport, Findings
from app.core.imports.store import ProgressStore
from app.core.mongo import Database, Tx
from app.core.viewer import Viewer
from app.domains.government.answers.entries.errors import AnswerChangedMeanwhile, AnswerMisfit, AnswerUnitUnknown
from app.domains.government.answers.entries.model import Answer, AnswerStep
from app.domains.government.answers.entries.store import AnswerStore
from app.domains.government.answers.imports.errors import AnswerImportRefused, AnswerImportRunning
from app.domains.government.answers.imports.lines import csv_lines, read_answer
from app.domains.government.catalogue.service import CatalogueService
from app.domains.identity.organisations.model import Tree


@dataclass(frozen=True, slots=True)
class Entry:
    line: int
    answer: Answer


class AnswerImports(FileImport[Entry]):
    """`run` raises AnswerImportRefused (every bad line), AnswerImportRunning, AnswerUnitUnknown."""

    action = "answers.imported"

    def __init__(
        self,
        db: Database,
        imports: ProgressStore,
        answers: AnswerStore,
        catalogue: CatalogueService,
        tree: Tree,
        audit: Audit,
        clock: Clock,
    ) -> None:
        super().__init__(db, imports, audit, clock)
        self._answers = answers
        self._catalogue = catalogue
        self._tree = tree

    def demand(self, file: ImportFile) -> None:
        """Raises AnswerUnitUnknown."""
        if file.unit is not None and self._tree.get(file.unit) is None:
            raise AnswerUnitUnknown(file.unit[:60])

    def refused(self, rows: tuple[BadRow, ...], more: int) -> AnswerImportRefused:
        return AnswerImportRefused(rows, more)

    def running(self) -> AnswerImportRunning:
        return AnswerImportRunning()

    def lines(self, file: ImportFile, found: Findings) -> Iterator[Line]:
        with file.opened() as opened:
            yield from (json_lines if file.form is FileForm.JSONL else csv_lines)(opened, found.note)

    def entry(self, file: ImportFile, line: Line, found: Findings) -> Entry | None:
        answer, faults = read_answer(line.said, file.unit or "")
        for fault in faults:
            found.note(BadRow(line.number, fault.misfit, fault.field))
        if answer is None:
            return None
        if self._tree.get(answer.unit) is None:
            found.note(BadRow(line.number, LineFault.OWNER, "unit"))
            return None
        return Entry(line.number, answer)

    def line_of(self, entry: Entry) -> int:
        return entry.line

    async def compare(self, batch: Sequence[Entry], seen: set[str], found: Findings) -> None:
        known = await self._catalogue.items({item for entry in batch for item in entry.answer.items})
        newest = await self._answers.newest_of({entry.answer.code for entry in batch})
        for entry in batch:
            answer, was = entry.answer, newest.get(entry.answer.code)
            if answer.code in seen:
                found.note(BadRow(entry.line, AnswerMisfit.TWICE, "code"))
            seen.add(answer.code)
            if was is not None and was.unit != answer.unit:
                found.note(BadRow(entry.line, LineFault.TAKEN, "code"))
            for n, item in enumerate(answer.items):
                if item not in known:
                    found.note(BadRow(entry.line, AnswerMisfit.UNKNOWN, f"items.{n}"))

    async def put(self, viewer: Viewer, entries: Sequence[Entry], tx: Tx) -> Tally:
        codes = {entry.answer.code for entry in entries}
        newest, current = await self._answers.newest_of(codes, tx), await self._answers.currents(codes, tx)
        differing = [one.answer for one in entries if not _same(one.answer, current.get(one.answer.code))]
        by, now = viewer.acting(), self._clock.now()
        made = [_published(answer, newest.get(answer.code), by, now) for answer in differing]
        await self._answers.retire({answer.code for answer in made}, tx)
        await self._answers.add([one for one in made if not _in_place(one, newest)], tx)
        for answer in made:  # somebody was amending it: the file takes its place
            if _in_place(answer, newest) and not await self._answers.save(answer, tx):
                raise AnswerChangedMeanwhile
        fresh = sum(answer.code not in newest for answer in made)
        return Tally(fresh, len(made) - fresh, len(entries) - len(made))


def _same(answer: Answer, current: Answer | None) -> bool:
    return current is not None and current.shown and current.content == answer


def _in_place(answer: Answer, newest: Mapping[str, Answer]) -> bool:
    was = newest.get(answer.code)
    return was is not None and was.version == answer.version


def _published(answer: Answer, newest: Answer | None, by: str, at: datetime) -> Answer:
    """Its next version, published at once; a draft that was being written gives way."""
    made = answer.drafted(newest, by, at).published(by, at, AnswerStep.IMPORTED)
    rewritten = newest is not None and newest.version == made.version
    return replace(made, revision=newest.revision + 1 if newest and rewritten else 1, history=made.history[-1:])
