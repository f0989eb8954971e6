"""Importing files of items (`app/core/imports`), and a whole catalogue for an empty city.

An item is written when what the file says of it differs from what is published; that is its next version, published at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.imports.errors import BadRow, LineFault
from app.core.imports.model import FileForm, ImportFile, Line, Tally
from app.core.imports.service import AT_ONCE, LISTED, FileImport, Findings
from app.core.imports.store import ProgressStore
from app.core.mongo import Database, Tx
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.government.catalogue.errors import ItemChangedMeanwhile, Misfit, UnitUnknown
from app.domains.government.catalogue.imports.errors import ItemImportRefused, ItemImportRunning
from app.domains.government.catalogue.imports.lines import lines_of
from app.domains.government.catalogue.model import Item, ItemState, ItemStep, Offer
from app.domains.government.catalogue.offering.service import MOST_UNITS
from app.domains.government.catalogue.reach import division_of, level_of
from app.domains.government.catalogue.reading import read_item
from app.domains.government.catalogue.store import ItemStore, OfferStore
from app.domains.identity.organisations.model import Tree


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line says: an item, and where it is offered."""

    line: int
    item: Item
    offers: tuple[Offer, ...]


class ItemImports(FileImport[Entry]):
    """`run` raises ItemImportRefused (every bad line), ItemImportRunning, ListNeedsUnit, UnitUnknown."""

    action = "items.imported"

    def __init__(
        self,
        db: Database,
        imports: ProgressStore,
        items: ItemStore,
        offers: OfferStore,
        tree: Tree,
        forget: Callable[[], None],
        audit: Audit,
        clock: Clock,
    ) -> None:
        super().__init__(db, imports, audit, clock)
        self._items = items
        self._offers = offers
        self._tree = tree
        self._forget = forget

    async def load_offered(
        self, viewer: Viewer, said: Sequence[Mapping[str, Any]], offered: Iterable[tuple[str, str]]
    ) -> Tally:
        """A whole catalogue for an empty city: items as a file would have them, and (item, unit) for each offer.

        Safe to repeat: only what is missing or differs is written. Raises ItemImportRefused.
        """
        found, nobody = Findings(), ImportFile(FileForm.JSONL, BytesIO)
        lines = (Line(n, one) for n, one in enumerate(said, 1))
        read = [entry for line in lines if (entry := self.entry(nobody, line, found))]
        if found.bad:
            raise ItemImportRefused(tuple(found.bad[:LISTED]))
        tally = Tally()
        for part in self.parts(read, most=AT_ONCE):
            tally += await self._db.transaction(lambda tx, part=part: self.put(viewer, part, tx))  # type: ignore[misc]
        self._forget()
        return replace(tally, offers=await self._offers.load(self._each_offer(offered)))

    def _each_offer(self, offered: Iterable[tuple[str, str]]) -> Iterator[Offer]:
        places = {code: (level_of(self._tree, code), division_of(self._tree, code)) for code in self._tree.nodes}
        for item, unit in offered:
            level, division = places[unit]
            if level is not None:
                yield Offer(item, unit, level, division=division)

    async def put(self, viewer: Viewer, entries: Sequence[Entry], tx: Tx) -> Tally:
        """Write what differs from what is published, and offer it, in the caller's transaction."""
        codes = {entry.item.code for entry in entries}
        newest = await self._items.newest_of(codes, tx)
        current = {item.code: item for item in await self._items.currents(codes, tx)}
        differing = [e.item for e in entries if e.item.code not in current or current[e.item.code].content != e.item]
        await self._publish(viewer, differing, newest, tx)
        offered = await self._offers.make_offered([offer for entry in entries for offer in entry.offers], tx)
        fresh = sum(item.code not in newest for item in differing)
        return Tally(fresh, len(differing) - fresh, len(entries) - len(differing), offered)

    async def _publish(self, viewer: Viewer, contents: Sequence[Item], newest: dict[str, Item], tx: Tx) -> None:
        by, now = viewer.acting(), self._clock.now()
        made = [_published(item, newest.get(item.code), by, now) for item in contents]
        drafts = [item for item in made if item.code in newest and item.version == newest[item.code].version]
        await self._items.retire({item.code for item in made}, tx)
        await self._items.add([item for item in made if item not in drafts], tx)
        for item in drafts:  # somebody was amending it: the file takes its place
            if not await self._items.save(item, tx):
                raise ItemChangedMeanwhile

    def demand(self, file: ImportFile) -> None:
        """Raises UnitUnknown."""
        if file.unit is not None and self._tree.get(file.unit) is None:
            raise UnitUnknown(file.unit[:60])

    def refused(self, rows: tuple[BadRow, ...], more: int) -> ItemImportRefused:
        return ItemImportRefused(rows, more)

    def running(self) -> ItemImportRunning:
        return ItemImportRunning()

    def lines(self, file: ImportFile, found: Findings) -> Iterator[Line]:
        level = level_of(self._tree, file.unit) if file.unit else None
        return lines_of(file, level.value if level else None, found.note, found.echo)

    def written(self) -> None:
        self._forget()

    def line_of(self, entry: Entry) -> int:
        return entry.line

    def weight(self, entry: Entry) -> int:
        return 1 + len(entry.offers)

    async def compare(self, batch: Sequence[Entry], seen: set[str], found: Findings) -> None:
        for entry in batch:
            if entry.item.code in seen:
                found.note(BadRow(entry.line, Misfit.TWICE, "code"))
            seen.add(entry.item.code)
        newest = await self._items.newest_of({entry.item.code for entry in batch})
        for entry in batch:
            if (was := newest.get(entry.item.code)) is not None:
                _compare(entry, was, found)

    def entry(self, file: ImportFile, line: Line, found: Findings) -> Entry | None:
        item, faults = read_item(line.said, file.unit or "")
        for fault in faults:
            found.note(BadRow(line.number, fault.misfit, fault.field))
        if item is None:
            return None
        if self._tree.get(item.owner) is None:
            found.note(BadRow(line.number, LineFault.OWNER, "owner"))
            return None
        units = self._units(file, line, item, found)
        return Entry(line.number, item, tuple(self._offer(item, unit, line.place) for unit in units))

    def _units(self, file: ImportFile, line: Line, item: Item, found: Findings) -> Sequence[str]:
        """Where it is offered: the units that the line names, else the file's own when it is of such a level."""
        named = line.said.get("units")
        if named is None:
            own = file.unit is not None and level_of(self._tree, file.unit) in item.levels
            return [file.unit] if own and file.unit else []
        if not isinstance(named, list) or len(named) > MOST_UNITS:
            found.note(BadRow(line.number, Misfit.TOO_MANY if isinstance(named, list) else Misfit.FORM, "units"))
            return []
        for n, unit in enumerate(named):
            if not isinstance(unit, str) or level_of(self._tree, unit) not in item.levels:
                found.note(BadRow(line.number, LineFault.UNIT, f"units.{n}"))
                return []
        return sorted(set(named))

    def _offer(self, item: Item, unit: str, place: str | None) -> Offer:
        level = level_of(self._tree, unit)
        assert level is not None
        where = Said(place) if place else None
        return Offer(item.code, unit, level, place=where, division=division_of(self._tree, unit))


def _published(item: Item, newest: Item | None, by: str, at: datetime) -> Item:
    """Its next version, published at once; a draft that was being written gives way."""
    made = item.drafted(newest, by, at).published(by, at, ItemStep.IMPORTED)
    rewritten = newest is not None and newest.version == made.version
    return replace(made, revision=newest.revision + 1 if newest and rewritten else 1, history=made.history[-1:])


def _compare(entry: Entry, was: Item, found: Findings) -> None:
    if was.owner != entry.item.owner:
        found.note(BadRow(entry.line, LineFault.TAKEN, "code"))
    elif was.state in (ItemState.CANCELLED, ItemState.MERGED):
        found.note(BadRow(entry.line, LineFault.ENDED, "code"))
