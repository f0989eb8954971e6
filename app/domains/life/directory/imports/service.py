"""Importing files of places (`app/core/imports`): CSV or GeoJSON with the same names.

`reference` (the source's own number of it), `kind`, `name`, `latitude`, `longitude`; perhaps `source` (else the
file's), `name_en`, `address`, `phone`, `about`, `about_en`, `hours`. WGS 84, in degrees. The same file again changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.imports.errors import BadRow
from app.core.imports.model import FileForm, ImportFile, Line, Tally
from app.core.imports.service import AT_ONCE, FileImport, Findings
from app.core.imports.store import ProgressStore
from app.core.mongo import Database, Tx
from app.core.viewer import Viewer
from app.domains.life.directory.imports.errors import PlaceFault, PlaceImportRefused, PlaceImportRunning
from app.domains.life.directory.imports.lines import read_lines, read_place
from app.domains.life.directory.places.bringing.service import Bring, Bringing
from app.domains.life.directory.places.service import InCity


@dataclass(frozen=True, slots=True)
class Entry:
    line: int
    item: Bring


class PlaceImports(FileImport[Entry]):
    """`run` raises PlaceImportRefused (every bad line), PlaceImportRunning. A file's `unit` is its source."""

    action = "places.imported"
    forms = frozenset({FileForm.CSV, FileForm.GEOJSON})

    def __init__(
        self, db: Database, progress: ProgressStore, bringing: Bringing, city: InCity, audit: Audit, clock: Clock
    ) -> None:
        super().__init__(db, progress, audit, clock)
        self._bringing = bringing
        self._city = city

    async def bring(self, viewer: Viewer, items: Iterable[Bring]) -> Tally:
        """What a seed brings: checked drafts. Safe to repeat."""
        tally, entries = Tally(), [Entry(0, item) for item in items]
        for start in range(0, len(entries), AT_ONCE):
            part = entries[start : start + AT_ONCE]
            tally += await self._db.transaction(lambda tx, part=part: self.put(viewer, part, tx))  # type: ignore[misc]
        return tally

    def demand(self, file: ImportFile) -> None:
        """Whoever brings it may stand in each line."""

    def refused(self, rows: tuple[BadRow, ...], more: int) -> PlaceImportRefused:
        return PlaceImportRefused(rows, more)

    def running(self) -> PlaceImportRunning:
        return PlaceImportRunning()

    def lines(self, file: ImportFile, found: Findings) -> Iterator[Line]:
        with file.opened() as opened:
            yield from read_lines(opened, file.form, found.note)

    def entry(self, file: ImportFile, line: Line, found: Findings) -> Entry | None:
        read = read_place(line, file.unit or "", found.note)
        if read is None:
            return None
        source, draft = read
        if not self._city.holds(draft.point):
            at = f"{draft.point.latitude}, {draft.point.longitude}"
            found.note(BadRow(line.number, PlaceFault.PLACE_OUTSIDE, "latitude", at))
            return None
        return Entry(line.number, Bring(source, draft))

    def line_of(self, entry: Entry) -> int:
        return entry.line

    async def compare(self, batch: Sequence[Entry], seen: set[str], found: Findings) -> None:
        for entry in batch:
            key = entry.item.source.key
            if key in seen:
                found.note(BadRow(entry.line, PlaceFault.PLACE_TWICE, "reference", entry.item.source.reference))
            seen.add(key)

    async def put(self, viewer: Viewer, entries: Sequence[Entry], tx: Tx) -> Tally:
        done = await self._bringing.write(viewer.acting(), [entry.item for entry in entries], tx)
        return Tally(len(done.fresh), len(done.amended), done.same)
