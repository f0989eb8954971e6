"""Counting: changed cases are folded into the cells, each change once; and all is counted anew from the events.

A fold reads the facts that a case added last time, takes them off and adds the new ones, in one transaction with the
facts themselves: whoever is second finds the case's revision counted. Cases are found by when they changed, and those
of the last two minutes are looked at again, because a change can become visible after a later one.

Counting anew writes another generation of facts and cells beside the one that is read, and then makes it the one that
is. Meanwhile nobody folds; what changes is folded afterwards.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.core.clock import Clock
from app.core.mongo import Database, Tx
from app.domains.voice.cases.model import Case
from app.domains.voice.figures.indicators.cells.errors import CountingBusy
from app.domains.voice.figures.indicators.cells.model import Cell, CellKey, Grain, Standing, deltas_of
from app.domains.voice.figures.indicators.cells.store import CellStore
from app.domains.voice.figures.indicators.facts.model import CaseFacts, facts_of

_AGAIN = timedelta(minutes=2)
_PER_FOLD = 200
_PER_FLUSH = 5_000
_HELD = timedelta(minutes=5)
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_CHECKED = 0
"""The generation that is only compared: it never holds."""


class Cases(Protocol):
    """Without what is sealed."""

    async def changed(self, since: datetime, after: str, most: int) -> list[Case]:
        """By the time of their last change and their ids, beyond this place, the oldest first."""
        ...

    async def by_id(self, after: str, most: int) -> list[Case]: ...


@dataclass(frozen=True, slots=True)
class Difference:
    """A sum of a cell that is not what the events say."""

    cell: str
    path: str
    counted: int
    found: int


class CountingService:
    def __init__(self, db: Database, store: CellStore, cases: Cases, clock: Clock) -> None:
        self._db = db
        self._store = store
        self._cases = cases
        self._clock = clock

    async def fold(self) -> int:
        """Count what changed since the last time; how many cases were. Any number of workers may."""
        await self._store.open()
        standing = await self._store.standing()
        at, after, folded = (standing.upto or _NEVER) - _AGAIN, "", 0
        while batch := await self._cases.changed(at, after, _PER_FOLD):
            done = await self._folded(standing, batch)
            if done is None:
                return folded
            folded += done
            at, after = batch[-1].changed_at, batch[-1].id
        return folded

    async def recompute(self) -> int:
        """Count all cases anew; how many there are. Raises CountingBusy."""
        held, seen = await self._begun(), 0
        generation = held.standing.generation + 1
        try:
            await self._store.drop(generation)  # of an attempt that broke off
            async for batch in self._batches(held):
                facts = [facts_of(case) for case in batch]
                await self._store.add(generation, deltas_of(facts))
                await self._store.write_facts(generation, facts)
                seen += len(facts)
        except BaseException:
            await self._store.settle(held.until, None)
            raise
        if not await self._store.settle(held.until, generation):
            raise CountingBusy(held.until)
        await self._store.drop(held.standing.generation)
        return seen

    async def differences(self) -> list[Difference]:
        """How the cells differ from what the events say; nothing is changed. Raises CountingBusy."""
        held = await self._begun()
        try:
            await self._store.drop(_CHECKED)
            async for batch in self._batches(held):
                await self._store.add(_CHECKED, deltas_of(await self._as_counted(held.standing, batch)))
            return await self._compared(held.standing.generation, _CHECKED)
        finally:
            await self._store.settle(held.until, None)
            await self._store.drop(_CHECKED)

    async def _folded(self, standing: Standing, batch: Sequence[Case]) -> int | None:
        """None when nobody is to fold now."""
        fresh = {case.id: facts_of(case) for case in batch}

        async def work(tx: Tx) -> int | None:
            if not await self._store.advance(standing.generation, batch[-1].changed_at, self._clock.now(), tx):
                return None
            known = await self._store.facts(standing.generation, fresh, tx)
            newer = [one for one in fresh.values() if one.case not in known or known[one.case].rev < one.rev]
            await self._store.put_facts(standing.generation, newer, tx)
            older = [known[one.case] for one in newer if one.case in known]
            await self._store.add(standing.generation, deltas_of(newer, older), tx)
            return len(newer)

        return await self._db.transaction(work)

    async def _begun(self) -> _Held:
        await self._store.open()
        standing, now = await self._store.standing(), self._clock.now()
        if not await self._store.occupy(standing, now + _HELD, now):
            raise CountingBusy(standing.busy_until or now)
        # What was folded between the two looks counts, too.
        return _Held(await self._store.standing(), now + _HELD)

    async def _batches(self, held: _Held) -> AsyncIterator[list[Case]]:
        """All cases; the hold is made longer with each batch. Raises CountingBusy: it was lost."""
        after = ""
        while batch := await self._cases.by_id(after, _PER_FLUSH):
            longer = self._clock.now() + _HELD
            if longer != held.until and not await self._store.go_on(held.until, longer):
                raise CountingBusy(held.until)
            held.until, after = longer, batch[-1].id
            yield batch

    async def _as_counted(self, standing: Standing, batch: Sequence[Case]) -> list[CaseFacts]:
        """What these cases should have added by now: of one that changed just now, what it had added before."""
        settled = (standing.upto or _NEVER) - _AGAIN
        waiting = [case.id for case in batch if case.changed_at >= settled]
        known = await self._store.facts(standing.generation, waiting)
        facts: list[CaseFacts] = []
        for case in batch:
            fresh, counted = facts_of(case), known.get(case.id)
            if case.changed_at < settled or (counted is not None and counted.rev == case.rev):
                facts.append(fresh)
            elif counted is not None:
                facts.append(counted)
        return facts

    async def _compared(self, old: int, new: int) -> list[Difference]:
        """Both by key, side by side."""
        differences: list[Difference] = []
        counted, right = self._store.every(old), self._store.every(new)
        one, other = await anext(counted, None), await anext(right, None)
        while one is not None or other is not None:
            if other is None or (one is not None and one.key.text < other.key.text):
                differences, one = [*differences, *_unlike(one, None)], await anext(counted, None)
            elif one is None or other.key.text < one.key.text:
                differences, other = [*differences, *_unlike(None, other)], await anext(right, None)
            else:
                differences += _unlike(one, other)
                one, other = await anext(counted, None), await anext(right, None)
        return differences


@dataclass(slots=True)
class _Held:
    """How the counting stood when it was held, and until when it is."""

    standing: Standing
    until: datetime


def _unlike(counted: Cell | None, right: Cell | None) -> list[Difference]:
    a, b = (cell.flat() if cell else {} for cell in (counted, right))
    name = (counted or right or _NO_CELL).key.text
    return [
        Difference(name, path, a.get(path, 0), b.get(path, 0))
        for path in sorted({*a, *b})
        if a.get(path, 0) != b.get(path, 0)
    ]


_NO_CELL = Cell(CellKey(Grain.DAY, "", ""), {})
