"""The tree of organisations: kept in memory, read from files, changed by ops."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.audit import Audit
from app.core.mongo import Database, Document, Tx
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.identity.organisations.errors import BadRow, ImportRefused, OrganisationUnknown, RowFault
from app.domains.identity.organisations.model import Kind, Level, Organisation, OrganisationState, Tree
from app.domains.identity.organisations.store import OrganisationStore, organisation_of

_COLUMNS = {"code", "parent", "name", "level"}
_BATCH = 500
_LONGEST_NAME = 100


class OrganisationService:
    def __init__(self, db: Database, organisations: OrganisationStore, audit: Audit) -> None:
        self._db = db
        self._organisations = organisations
        self._audit = audit
        self.tree = Tree()

    def name_of(self, code: str) -> Said | None:
        return self.tree.name_of(code)

    async def load(self) -> None:
        self.tree.put(await self._organisations.all())

    def changed(self, row: Document) -> None:
        """A row that a process wrote, this one or another."""
        self.tree.put([organisation_of(row)])

    async def import_units(self, viewer: Viewer, data: bytes) -> Imported:
        """Read a CSV of units (`code,parent,name,level` and, where there is one, `name_en`; UTF-8) into the tree.

        All or nothing: raises ImportRefused with every bad row. Importing the same file again changes nothing.
        """
        parsed = parse_units(data, self.tree.nodes)
        listed = {unit.code for unit in parsed.units}
        below = (node for unit in parsed.units for node in self.tree.moved(unit) if node.code not in listed)
        units = [*parsed.units, *{node.code: node for node in below}.values()]

        async def work(tx: Tx) -> None:
            for start in range(0, len(units), _BATCH):
                await self._organisations.place(units[start : start + _BATCH], tx)
            await self._audit.record(viewer, "units.imported", "organisations", tx, count=len(parsed.units))

        await self._db.transaction(work)
        await self.load()
        return parsed

    async def put(self, viewer: Viewer, organisation: Organisation) -> Organisation:
        """Add one below its parent, or change or move it with all below.

        Raises OrganisationUnknown (there is no such parent, or it lies below the organisation itself),
        CreditCodeTaken.
        """

        async def work(tx: Tx) -> list[Organisation]:
            return await self.write(viewer, organisation, tx)

        changed = await self._db.transaction(work)
        self.tree.put(changed)
        return changed[0]

    async def write(self, viewer: Viewer, organisation: Organisation, tx: Tx) -> list[Organisation]:
        """As `put`, in the caller's transaction: what comes back (the organisation, and what moved with it) belongs
        into the tree once that is committed.
        """
        placed = self._placed(organisation)
        if placed.credit_code is not None:
            await self._organisations.hold_credit_code(placed.credit_code, f"organisation:{placed.code}", tx)
        changed = [placed, *self.tree.moved(placed)]
        await self._organisations.put(changed, tx)
        facts: dict[str, Any] = {"parent": placed.parent, "scopes": placed.scopes, "test_mode": placed.test_mode}
        await self._audit.record(viewer, "organisation.put", placed.code, tx, **facts)
        return changed

    async def grant(self, viewer: Viewer, codes: Iterable[str], scopes: Collection[str]) -> int:
        """These scopes, too, to organisations that are there; how many lacked one. All of them, or none."""
        known = (self.tree.get(code) for code in codes)
        wanting = [node for node in known if node is not None and not node.scopes.issuperset(scopes)]
        granted = [node.next(scopes=node.scopes.union(scopes)) for node in wanting]
        if not granted:
            return 0

        async def work(tx: Tx) -> None:
            for start in range(0, len(granted), _BATCH):
                await self._organisations.put(granted[start : start + _BATCH], tx)
            facts: dict[str, Any] = {"scopes": frozenset(scopes), "count": len(granted)}
            await self._audit.record(viewer, "organisations.granted", "organisations", tx, **facts)

        await self._db.transaction(work)
        self.tree.put(granted)
        return len(granted)

    def _placed(self, organisation: Organisation) -> Organisation:
        parent = self.tree.get(organisation.parent) if organisation.parent else None
        below_itself = parent is not None and organisation.code in (parent.code, *parent.path)
        if (organisation.parent and parent is None) or below_itself:
            raise OrganisationUnknown
        placed = replace(organisation, path=(*parent.path, parent.code) if parent else ())
        known = self.tree.get(organisation.code)
        if known is None:
            return placed
        credit_code = known.credit_code or organisation.credit_code
        return replace(placed, credit_code=credit_code, state=known.state, rev=known.rev + 1)

    async def set_state(self, viewer: Viewer, code: str, state: OrganisationState) -> Organisation:
        """Suspend or reinstate, with all below. Raises OrganisationUnknown."""

        async def work(tx: Tx) -> None:
            await self.write_state(viewer, code, state, tx)

        await self._db.transaction(work)
        changed = await self.refresh(code)
        if changed is None:
            raise OrganisationUnknown
        return changed

    async def write_state(self, viewer: Viewer, code: str, state: OrganisationState, tx: Tx) -> None:
        """As `set_state`, in the caller's transaction. The tree hears of it by `refresh`, once that is committed."""
        if not await self._organisations.set_state(code, state, tx):
            raise OrganisationUnknown
        await self._audit.record(viewer, f"organisation.{state.value}", code, tx)

    async def refresh(self, code: str) -> Organisation | None:
        """As it is in the database now; the tree has it from here on."""
        found = await self._organisations.get(code)
        if found is not None:
            self.tree.put([found])
        return found

    async def hold_credit_code(self, credit_code: str, by: str, tx: Tx) -> None:
        """For an application, until it comes to its end. Raises CreditCodeTaken."""
        await self._organisations.hold_credit_code(credit_code, by, tx)

    async def release_credit_code(self, credit_code: str, by: str, tx: Tx) -> None:
        await self._organisations.release_credit_code(credit_code, by, tx)


@dataclass(frozen=True, slots=True)
class Imported:
    """Units, parents first, and the echoes that were skipped: rows that repeat a unit as its own parent, as
    published lists fill the place of a county that has no townships.
    """

    units: tuple[Organisation, ...]
    echoes: tuple[BadRow, ...]


@dataclass(slots=True)
class _Sheet:
    """Rows with their lines, as far as they can be read one by one."""

    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    echoes: list[BadRow] = field(default_factory=list)


def parse_units(data: bytes, known: Mapping[str, Organisation]) -> Imported:
    """Raises ImportRefused with every bad row."""
    sheet = _read(data)
    rows, bad = sheet.rows, sheet.bad
    merged = {
        **{code: node.parent for code, node in known.items()},
        **{r["code"]: r["parent"] or None for _, r in rows},
    }
    bad += [
        BadRow(line, RowFault.PARENT_UNKNOWN, row["parent"])
        for line, row in rows
        if row["parent"] and row["parent"] not in merged
    ]
    paths = {row["code"]: _path(row["code"], merged) for _, row in rows}
    bad += [BadRow(line, RowFault.CYCLE, row["code"]) for line, row in rows if paths[row["code"]] is None]
    if bad:
        raise ImportRefused(tuple(sorted(bad, key=lambda row: row.line)))
    units = [_unit(row, paths[row["code"]] or (), known.get(row["code"])) for _, row in rows]
    return Imported(tuple(sorted(units, key=lambda unit: (len(unit.path), unit.code))), tuple(sheet.echoes))


def _read(data: bytes) -> _Sheet:
    reader = csv.DictReader(io.StringIO(_text(data), newline=""))
    try:
        return _rows(reader)
    except csv.Error:  # a field beyond all measure
        raise ImportRefused((BadRow(reader.reader.line_num, RowFault.COLUMNS, ""),)) from None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The error counts from behind a byte order mark: its own copy of the bytes is the one to count lines in.
        line = error.object[: error.start].count(b"\n") + 1
        raise ImportRefused((BadRow(line, RowFault.ENCODING, ""),)) from None


def _rows(reader: csv.DictReader[str]) -> _Sheet:
    if not _COLUMNS.issubset(reader.fieldnames or ()):
        raise ImportRefused((BadRow(1, RowFault.COLUMNS, ",".join(reader.fieldnames or ())[:80]),))
    sheet, seen = _Sheet(), set[str]()
    for row in reader:
        line, code = reader.line_num, row["code"]
        if code in seen and row["parent"] == code:
            sheet.echoes.append(BadRow(line, RowFault.ECHO, code))
            continue
        faults = list(_faults(line, row, seen))
        seen.add(code)
        sheet.bad += faults
        if not faults:
            sheet.rows.append((line, row))
    return sheet


def _faults(line: int, row: Mapping[str, str | None], seen: set[str]) -> Iterator[BadRow]:
    if None in row or any(row[column] is None for column in _COLUMNS):
        yield BadRow(line, RowFault.COLUMNS, "")
        return
    code, name, level = str(row["code"]), str(row["name"]), str(row["level"])
    if not re.fullmatch(r"[0-9A-Za-z._-]{2,40}", code):
        yield BadRow(line, RowFault.CODE, code[:80])
    if code in seen:
        yield BadRow(line, RowFault.DUPLICATE, code[:80])
    if not 1 <= len(name.strip()) <= _LONGEST_NAME or not name.isprintable():
        yield BadRow(line, RowFault.NAME, name[:80])
    in_english = row.get("name_en") or ""
    if len(in_english.strip()) > _LONGEST_NAME or not in_english.isprintable():
        yield BadRow(line, RowFault.NAME_EN, in_english[:80])
    if level not in set(Level):
        yield BadRow(line, RowFault.LEVEL, level[:80])


def _path(code: str, parents: Mapping[str, str | None]) -> tuple[str, ...] | None:
    """Codes from the root to the parent; None when the way up runs in a circle."""
    path: list[str] = []
    step = parents.get(code)
    while step:
        if step == code or step in path:
            return None
        path.append(step)
        step = parents.get(step)
    return tuple(reversed(path))


def _unit(row: Mapping[str, str], path: tuple[str, ...], known: Organisation | None) -> Organisation:
    """What the file says, over what is known: scopes and state of a unit outlive an import, and so does its English
    name one of a file that has none.
    """
    was = known or Organisation(row["code"], row["name"], Kind.GOVERNMENT)
    name_en = (row.get("name_en") or "").strip() or was.name_en
    said = replace(was, name=row["name"].strip(), name_en=name_en)
    return replace(said, level=Level(row["level"]), parent=row["parent"] or None, path=path)
