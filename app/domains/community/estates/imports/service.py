"""Importing the homes of an estate (`app/core/imports`), as its company keeps them: CSV or JSON Lines with the columns
`building` and `room`. Homes are added, never taken away. The same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import BadInput
from app.core.imports.errors import BadRow, LineFault
from app.core.imports.lines import Bad, csv_rows, json_lines
from app.core.imports.model import FileForm, ImportDone, ImportFile, Line, Tally
from app.core.imports.service import AT_ONCE, FileImport, Findings
from app.core.imports.store import ProgressStore
from app.core.mongo import Database, Tx
from app.core.viewer import Viewer
from app.domains.community.estates.errors import HomeFault, HomeImportRefused, HomeImportRunning
from app.domains.community.estates.model import Home, door
from app.domains.community.estates.service import EstateService
from app.domains.community.estates.store import EstateStore

_COLUMNS = frozenset({"building", "room"})
MOST_TEXT = 2_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    line: int
    home: Home


class HomeImports(FileImport[Entry]):
    """`bring` raises HomeImportRefused (every bad line), HomeImportRunning, EstateUnknown."""

    action = "homes.imported"

    def __init__(
        self,
        db: Database,
        imports: ProgressStore,
        estates: EstateService,
        store: EstateStore,
        audit: Audit,
        clock: Clock,
    ) -> None:
        super().__init__(db, imports, audit, clock)
        self._estates = estates
        self._store = store

    async def bring(self, viewer: Viewer, estate: str, text: str, form: FileForm = FileForm.CSV) -> ImportDone:
        """A file as its text, by who keeps the estate."""
        if len(text) > MOST_TEXT:
            raise BadInput(field="file")
        found = await self._estates.managed(viewer, estate)
        return await self.run(viewer, ImportFile.of_text(form, text, found.code))

    async def seed(self, homes: Sequence[Home]) -> int:
        """What a seed brings; how many were not there."""
        fresh = 0
        for start in range(0, len(homes), 10 * AT_ONCE):
            part = homes[start : start + 10 * AT_ONCE]
            fresh += await self._db.transaction(lambda tx, part=part: self._store.add_homes(part, tx))  # type: ignore[misc]
        return fresh

    def demand(self, file: ImportFile) -> None:
        """Whose it is was asked before."""

    def refused(self, rows: tuple[BadRow, ...], more: int) -> HomeImportRefused:
        return HomeImportRefused(rows, more)

    def running(self) -> HomeImportRunning:
        return HomeImportRunning()

    def lines(self, file: ImportFile, found: Findings) -> Iterator[Line]:
        with file.opened() as opened:
            yield from (json_lines if file.form is FileForm.JSONL else _csv_lines)(opened, found.note)

    def entry(self, file: ImportFile, line: Line, found: Findings) -> Entry | None:
        read = _read(line.said, file.unit or "")
        if isinstance(read, Home):
            return Entry(line.number, read)
        found.note(BadRow(line.number, read[0], read[1]))
        return None

    def line_of(self, entry: Entry) -> int:
        return entry.line

    async def compare(self, batch: Sequence[Entry], seen: set[str], found: Findings) -> None:
        for entry in batch:
            if entry.home.text in seen:
                found.note(BadRow(entry.line, HomeFault.HOME_TWICE, "room"))
            seen.add(entry.home.text)

    async def put(self, viewer: Viewer, entries: Sequence[Entry], tx: Tx) -> Tally:
        fresh = await self._store.add_homes([entry.home for entry in entries], tx)
        return Tally(fresh=fresh, same=len(entries) - fresh)


def _csv_lines(opened: BinaryIO, bad: Bad) -> Iterator[Line]:
    rows = csv_rows(opened, bad)
    _, head = next(rows, (0, []))
    columns = [name.strip() for name in head]
    if set(columns) != _COLUMNS or len(columns) != len(_COLUMNS):
        bad(BadRow(1, LineFault.COLUMNS))
        return
    for number, row in rows:
        if len(row) != len(columns):
            bad(BadRow(number, LineFault.COLUMNS))
        else:
            yield Line(number, dict(zip(columns, row, strict=True)))


def _read(said: Mapping[str, Any], estate: str) -> Home | tuple[HomeFault | LineFault, str]:
    """What a line says, or what is wrong with it and where."""
    if set(said) != _COLUMNS:
        return LineFault.COLUMNS, ""
    building = door(str(said["building"]))
    if building is None:
        return HomeFault.HOME_BUILDING, "building"
    room = door(str(said["room"]))
    if room is None:
        return HomeFault.HOME_ROOM, "room"
    return Home(estate, building, room)
