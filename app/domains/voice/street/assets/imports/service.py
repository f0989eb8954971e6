"""Importing files of assets (`app/core/imports`), as their owners keep them: CSV or JSON Lines with the same names.

`kind`, `reference` (the owner's own number), `name`, `latitude`, `longitude`; perhaps `name_en`, `address`, `unit`
(else the file's) and `code` (of an asset that is there already). WGS 84, in degrees. The same file again changes
nothing.
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
from app.core.imports.service import AT_ONCE, FileImport, Findings
from app.core.imports.store import ProgressStore
from app.core.mongo import Database, Tx
from app.core.places.errors import OutsideCity, PlaceNotOnEarth
from app.core.places.model import Point
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.identity.organisations.model import Tree
from app.domains.voice.places.errors import DivisionUnknown
from app.domains.voice.street.assets.errors import (
    AssetFault,
    AssetImportRefused,
    AssetImportRunning,
    AssetInvalid,
    AssetUnitUnknown,
)
from app.domains.voice.street.assets.model import AssetDraft, AssetKind
from app.domains.voice.street.assets.number import parsed_code
from app.domains.voice.street.assets.service import AssetService

_NEEDED = frozenset({"kind", "reference", "name", "latitude", "longitude"})
_COLUMNS = _NEEDED | {"name_en", "address", "unit", "code"}


@dataclass(frozen=True, slots=True)
class Entry:
    line: int
    draft: AssetDraft


class AssetImports(FileImport[Entry]):
    """`run` raises AssetImportRefused (every bad line), AssetImportRunning, AssetUnitUnknown."""

    action = "assets.imported"

    def __init__(
        self,
        db: Database,
        imports: ProgressStore,
        assets: AssetService,
        tree: Tree,
        audit: Audit,
        clock: Clock,
    ) -> None:
        super().__init__(db, imports, audit, clock)
        self._assets = assets
        self._tree = tree

    async def bring(self, viewer: Viewer, drafts: Sequence[AssetDraft]) -> Tally:
        """What a seed brings. Safe to repeat. Raises as `AssetService.write`."""
        tally = Tally()
        for start in range(0, len(drafts), AT_ONCE):
            part = [Entry(0, draft.checked()) for draft in drafts[start : start + AT_ONCE]]
            tally += await self._db.transaction(lambda tx, part=part: self.put(viewer, part, tx))  # type: ignore[misc]
        return tally

    def demand(self, file: ImportFile) -> None:
        """Raises AssetUnitUnknown."""
        if file.unit is not None and self._tree.get(file.unit) is None:
            raise AssetUnitUnknown

    def refused(self, rows: tuple[BadRow, ...], more: int) -> AssetImportRefused:
        return AssetImportRefused(rows, more)

    def running(self) -> AssetImportRunning:
        return AssetImportRunning()

    def lines(self, file: ImportFile, found: Findings) -> Iterator[Line]:
        with file.opened() as opened:
            yield from (json_lines if file.form is FileForm.JSONL else _csv_lines)(opened, found.note)

    def entry(self, file: ImportFile, line: Line, found: Findings) -> Entry | None:
        read = _read(line.said, file.unit or "")
        if isinstance(read, AssetDraft):
            read = self._fault_of(read) or read
        if isinstance(read, AssetDraft):
            return Entry(line.number, read)
        found.note(BadRow(line.number, read[0], read[1]))
        return None

    def line_of(self, entry: Entry) -> int:
        return entry.line

    async def compare(self, batch: Sequence[Entry], seen: set[str], found: Findings) -> None:
        there = await self._assets.many([entry.draft.code for entry in batch if entry.draft.code])
        for entry in batch:
            draft = entry.draft
            named = f"{draft.unit}/{draft.reference}"
            if named in seen:
                found.note(BadRow(entry.line, AssetFault.ASSET_TWICE, "reference"))
            if draft.code and (draft.code in seen or draft.code not in there):
                fault = AssetFault.ASSET_TWICE if draft.code in seen else AssetFault.ASSET_CODE
                found.note(BadRow(entry.line, fault, "code"))
            seen |= {named, *([draft.code] if draft.code else [])}

    async def put(self, viewer: Viewer, entries: Sequence[Entry], tx: Tx) -> Tally:
        done = await self._assets.write(viewer, [entry.draft for entry in entries], tx)
        return Tally(done.fresh, done.amended, done.same)

    def _fault_of(self, draft: AssetDraft) -> tuple[AssetFault | LineFault, str] | None:
        """What the city speaks against."""
        if self._tree.get(draft.unit) is None:
            return LineFault.OWNER, "unit"
        try:
            self._assets.placed(draft.point, draft.address, draft.unit)
        except (OutsideCity, DivisionUnknown):
            return AssetFault.ASSET_OUTSIDE, "latitude"
        return None


def _csv_lines(opened: BinaryIO, bad: Bad) -> Iterator[Line]:
    rows = csv_rows(opened, bad)
    _, head = next(rows, (0, []))
    columns = [name.strip() for name in head]
    if not _NEEDED <= set(columns) <= _COLUMNS or len(set(columns)) != len(columns):
        bad(BadRow(1, LineFault.COLUMNS))
        return
    for number, row in rows:
        if len(row) != len(columns):
            bad(BadRow(number, LineFault.COLUMNS))
        else:
            yield Line(number, {name: text.strip() for name, text in zip(columns, row, strict=True) if text.strip()})


def _read(said: Mapping[str, Any], unit: str) -> AssetDraft | tuple[AssetFault | LineFault, str]:
    """What a line says, or what is wrong with it and where."""
    strange = next((name for name in said if name not in _COLUMNS), None)
    if strange is not None:
        return LineFault.COLUMNS, strange[:60]
    texts = {name: said.get(name, "") for name in _COLUMNS - {"latitude", "longitude"}}
    wrong = next((name for name, text in texts.items() if not isinstance(text, str)), None)
    if wrong is not None:
        return AssetFault.ASSET_FIELD, wrong
    if texts["kind"] not in set(AssetKind):
        return AssetFault.ASSET_KIND, "kind"
    code = parsed_code(texts["code"]) if texts["code"] else None
    if texts["code"] and code is None:
        return AssetFault.ASSET_CODE, "code"
    try:
        return AssetDraft(
            AssetKind(texts["kind"]),
            Said(texts["name"], texts["name_en"]),
            Point(float(said.get("latitude", "")), float(said.get("longitude", ""))),
            texts["unit"] or unit,
            texts["reference"],
            texts["address"],
            code,
        ).checked()
    except AssetInvalid as invalid:
        return AssetFault.ASSET_FIELD, "name_en" if invalid.field == "nameEn" else invalid.field
    except (ValueError, TypeError, PlaceNotOnEarth):
        return AssetFault.ASSET_PLACE, "latitude"
