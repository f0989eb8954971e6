"""Importing a file: checked as a whole, then written batch by batch, so that a killed import goes on where it was and a
repeated one changes nothing.

A batch and how far the import has come are one transaction.
"""

from __future__ import annotations

import asyncio
import hashlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import islice
from typing import Any, Generic, TypeVar

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.imports.errors import BadRow, ImportFileUnknown
from app.core.imports.model import FileForm, ImportDone, ImportFile, Line, Progress, Tally
from app.core.imports.store import ProgressStore
from app.core.mongo import Database, Tx
from app.core.viewer import Viewer

AT_ONCE = 200
LISTED = 1_000
_HEAVY = 5_000
_PART = 1 << 20
E = TypeVar("E")
Told = Callable[[int, int], None]


@dataclass(slots=True)
class Findings:
    """What reading a file comes upon."""

    bad: list[BadRow] = field(default_factory=list)
    lines: int = 0
    echoes: int = 0

    def note(self, row: BadRow) -> None:
        self.bad.append(row)

    def echo(self) -> None:
        self.echoes += 1


class _Rehearsed(Exception):
    """Takes back what a rehearsal wrote."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self.tally = tally


class FileImport(ABC, Generic[E]):
    """`E` is what one line comes to. A room says what that is and writes it; `action` names it in the audit."""

    action: str
    forms = frozenset({FileForm.JSONL, FileForm.CSV})

    def __init__(self, db: Database, progress: ProgressStore, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._progress = progress
        self._audit = audit
        self._clock = clock

    async def run(self, viewer: Viewer, file: ImportFile, told: Told = lambda done, of: None) -> ImportDone:
        """Import it: all of it, or nothing when any line of it is bad. `told` hears how many lines are done.

        Raises the room's outcomes for a file with bad lines (all of them listed), for one that is imported at this
        moment, and what `demand` raises.
        """
        found = await self._sound(file)
        progress = resumed = await self._begun(await asyncio.to_thread(_digest, file))
        async for batch in self._batches(file, Findings()):
            left = [entry for entry in batch if self.line_of(entry) > progress.line]
            for part in self.parts(left):
                progress = await self._written(viewer, part, progress)
                told(min(progress.line, found.lines), found.lines)
        await self._finished(viewer, progress)
        return ImportDone(progress.tally, found.lines, found.echoes, resumed.line)

    async def rehearse(self, viewer: Viewer, file: ImportFile) -> ImportDone:
        """What importing it would do: each part is written and taken back, so that parts do not see each other.

        Raises as `run` does for a file with bad lines.
        """
        found, tally = await self._sound(file), Tally()
        async for batch in self._batches(file, Findings()):
            for part in self.parts(batch):
                tally += await self._taken_back(viewer, part)
        return ImportDone(tally, found.lines, found.echoes)

    async def load(self, viewer: Viewer, said: Sequence[Mapping[str, Any]]) -> Tally:
        """What a seed brings, without a file. Safe to repeat: only what is missing or differs is written. Raises the
        room's outcome for bad lines.
        """
        found, nobody, tally = Findings(), ImportFile(FileForm.JSONL, BytesIO), Tally()
        read = [self.entry(nobody, Line(n, one), found) for n, one in enumerate(said, 1)]
        entries = [entry for entry in read if entry is not None]
        await self.compare(entries, set(), found)
        if found.bad:
            raise self.refused(tuple(found.bad[:LISTED]), max(0, len(found.bad) - LISTED))
        for part in self.parts(entries, most=AT_ONCE):
            tally += await self._db.transaction(lambda tx, part=part: self.put(viewer, part, tx))  # type: ignore[misc]
        return tally

    # What a room says.

    @abstractmethod
    def demand(self, file: ImportFile) -> None:
        """Raises an outcome when the file cannot be imported as it was given."""

    @abstractmethod
    def refused(self, rows: tuple[BadRow, ...], more: int) -> Outcome: ...

    @abstractmethod
    def running(self) -> Outcome: ...

    @abstractmethod
    def lines(self, file: ImportFile, found: Findings) -> Iterator[Line]: ...

    @abstractmethod
    def entry(self, file: ImportFile, line: Line, found: Findings) -> E | None:
        """What a line says; None when it cannot be read, which is noted."""

    @abstractmethod
    def line_of(self, entry: E) -> int: ...

    @abstractmethod
    async def compare(self, batch: Sequence[E], seen: set[str], found: Findings) -> None:
        """Note what the city, or the file itself (codes `seen` before), speaks against."""

    @abstractmethod
    async def put(self, viewer: Viewer, entries: Sequence[E], tx: Tx) -> Tally:
        """Write what differs from what is there, in the caller's transaction."""

    def weight(self, entry: E) -> int:
        """How much is written for it."""
        return 1

    def written(self) -> None:
        """Hears that a batch was committed."""

    # What comes of it.

    def parts(self, entries: Sequence[E], most: int = _HEAVY) -> Iterator[list[E]]:
        """So many that what they write fits a transaction well."""
        part, weight = list[E](), 0
        for entry in entries:
            part, weight = [*part, entry], weight + self.weight(entry)
            if weight >= most:
                yield part
                part, weight = [], 0
        if part:
            yield part

    async def _sound(self, file: ImportFile) -> Findings:
        """Raises the room's outcomes, ImportFileUnknown."""
        if file.form not in self.forms:
            raise ImportFileUnknown
        self.demand(file)
        found = await self._checked(file)
        if found.bad:
            listed = sorted(found.bad, key=lambda row: row.line)
            raise self.refused(tuple(listed[:LISTED]), max(0, len(listed) - LISTED))
        return found

    async def _taken_back(self, viewer: Viewer, entries: Sequence[E]) -> Tally:
        async def work(tx: Tx) -> None:
            raise _Rehearsed(await self.put(viewer, entries, tx))

        try:
            await self._db.transaction(work)
        except _Rehearsed as done:
            return done.tally
        raise AssertionError

    async def _checked(self, file: ImportFile) -> Findings:
        """Everything that is wrong with it, before anything is written."""
        found, seen = Findings(), set[str]()
        async for batch in self._batches(file, found):
            await self.compare(batch, seen, found)
        return found

    async def _batches(self, file: ImportFile, found: Findings) -> AsyncIterator[list[E]]:
        """What can be read of the file, batch by batch; reading and parsing leave the event loop alone."""
        lines = self.lines(file, found)

        def batch() -> tuple[int, list[E]]:
            read = list(islice(lines, AT_ONCE))
            entries = (self.entry(file, line, found) for line in read)
            return len(read), [entry for entry in entries if entry is not None]

        while (read := await asyncio.to_thread(batch))[0]:
            found.lines += read[0]
            yield read[1]

    async def _begun(self, id_: str) -> Progress:
        """Where an import of this file was broken off, or its beginning."""
        was = await self._progress.get(id_)
        if was is not None and was.done_at is None:
            return was
        fresh = Progress(id_, 0, Tally(), self._clock.now())
        if not await self._progress.begin(fresh, was):
            raise self.running()
        return fresh

    async def _written(self, viewer: Viewer, entries: Sequence[E], progress: Progress) -> Progress:
        async def work(tx: Tx) -> Progress:
            now = progress.further(self.line_of(entries[-1]), await self.put(viewer, entries, tx))
            await self._move(now, progress, tx)
            return now

        moved = await self._db.transaction(work)
        self.written()
        return moved

    async def _finished(self, viewer: Viewer, progress: Progress) -> None:
        async def work(tx: Tx) -> None:
            await self._move(replace(progress, done_at=self._clock.now()), progress, tx)
            tally = progress.tally
            facts = {"fresh": tally.fresh, "amended": tally.amended, "offers": tally.offers}
            await self._audit.record(viewer, self.action, progress.id, tx, reason=None, subject=None, **facts)

        await self._db.transaction(work)

    async def _move(self, now: Progress, was: Progress, tx: Tx) -> None:
        if not await self._progress.move(now, was, tx):
            raise self.running()


def _digest(file: ImportFile) -> str:
    """The same for the same file for the same unit."""
    with file.opened() as opened:
        read = hashlib.sha256(f"{file.form.value}/{file.unit or ''}/".encode())
        while part := opened.read(_PART):
            read.update(part)
    return read.hexdigest()[:32]
