"""Comparing a day: its file is fetched, kept, and laid beside our books; what differs is noted, what came right ends.

It can be done again at any time until the day is closed, and finds the same. A file is read whole before a line of it
is kept; from then on both sides are read some at a time, and only what differs lies in memory.

Lines that the gateway adds to the file of a closed day come up with the day that is compared now. So does what our
books settle after that: it is looked up in the files of all days, not only in its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import structlog

from app.core.clock import Clock, civil_day
from app.core.errors import Outcome, Unavailable
from app.core.mongo import Database, Tx
from app.domains.payment.gateway.errors import PaymentGatewayMissing
from app.domains.payment.gateway.model import DayFile, PaymentGateway, present
from app.domains.payment.reconciliation.differences.model import found
from app.domains.payment.reconciliation.differences.store import DifferenceStore
from app.domains.payment.reconciliation.errors import DayChanged, DayClosed, DayNotOver
from app.domains.payment.reconciliation.files.errors import GatewayFileMissing
from app.domains.payment.reconciliation.files.model import lines_of, mark_of
from app.domains.payment.reconciliation.matching.model import (
    Booked,
    Corrected,
    EntryKind,
    Finding,
    Ours,
    Theirs,
    compared,
)
from app.domains.payment.reconciliation.matching.store import BookStore, LineStore
from app.domains.payment.reconciliation.model import (
    LOOK_BACK,
    MOST_BACK,
    Day,
    DayState,
    Tally,
    bounds,
    our_bounds,
)
from app.domains.payment.reconciliation.store import DayStore

log = structlog.get_logger(__name__)
_LINES, _NOTES = 1_000, 100
WORKER = "worker"


@dataclass(slots=True)
class Look:
    """A comparison under way: what differs by (kind, reference), and the figures of each kind."""

    day: date
    findings: dict[tuple[EntryKind, str], Finding] = field(default_factory=dict)
    tallies: dict[EntryKind, Tally] = field(default_factory=dict)
    twice: set[tuple[EntryKind, str]] = field(default_factory=set)

    def tally(self, kind: EntryKind) -> Tally:
        return self.tallies.get(kind, Tally())


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was read: `mark` names it."""

    day: date
    mark: str
    complete: bool
    lines: list[Theirs]


class Comparison:
    def __init__(
        self,
        db: Database,
        days: DayStore,
        lines: LineStore,
        books: BookStore,
        differences: DifferenceStore,
        gateway: PaymentGateway | None,
        clock: Clock,
    ) -> None:
        self._db = db
        self._days = days
        self._lines = lines
        self._books = books
        self._differences = differences
        self._gateway = gateway
        self._clock = clock

    async def run(self) -> list[Day]:
        """Every day that is over and not closed, the oldest first; nothing in a city without a gateway."""
        if self._gateway is None:
            return []
        yesterday = civil_day(self._clock.now()) - timedelta(days=1)
        await self._begin_until(yesterday)
        done = []
        for day in await self._days.not_closed(yesterday, MOST_BACK):
            try:
                done.append(await self.compare(day))
            except (Outcome, Unavailable) as fault:  # the next day may be there all the same
                log.warning("day not compared", day=day.isoformat(), fault=fault.code)
        return done

    async def compare(self, day: date) -> Day:
        """Raises DayNotOver, DayClosed, DayChanged, PaymentGatewayMissing, GatewayFileMissing, GatewayFileForged,
        GatewayFileMalformed, Unavailable.
        """
        present(self._gateway)
        if bounds(day)[1] > self._clock.now():
            raise DayNotOver
        row = await self._days.begin(day)
        if row.state is DayState.CLOSED:
            raise DayClosed
        try:
            file, late = await self._read(day), await self._read_late(day)
        except (Outcome, Unavailable) as fault:
            await self._days.failed(day, fault.code)
            raise
        held = await self._days.start(row)
        if held is None:
            raise DayClosed
        await self._take_in(held, file)
        came = [await self._keep(held, one) for one in late]
        look = await self._look(day)
        await self._note(held, look)
        now = replace(held, mark=file.mark, complete=file.complete, tallies=look.tallies, late=row.late + sum(came))
        if not await self._days.compared(replace(now, compared_at=self._clock.now(), fault=None)):
            raise DayChanged
        return await self._days.begin(day)

    async def again(self, day: Day, kind: EntryKind, reference: str) -> None:
        """One reference only, after something was done about it. Raises DayClosed."""
        look = Look(day.day)
        known, lines = await self._beside(kind, [reference])
        self._judge(
            look, kind, reference, lines.get(reference, []), known.get(reference), await self._put(kind, [reference])
        )
        await self._note(day, look, only=(kind, reference))

    # The file

    async def _begin_until(self, yesterday: date) -> None:
        newest = await self._days.newest()
        first = max(newest.day + timedelta(days=1), yesterday - timedelta(days=MOST_BACK)) if newest else yesterday
        for ahead in range((yesterday - first).days + 1):
            await self._days.begin(first + timedelta(days=ahead))

    async def _fetched(self, day: date) -> DayFile:
        file = await present(self._gateway).file(day)
        if file is None:
            raise GatewayFileMissing(day)
        return file

    async def _read(self, day: date) -> Read:
        """To its end, before anything is kept: one that is wrong somewhere changes nothing. The lines of one gateway id
        are told apart by their number.
        """
        file = await self._fetched(day)
        return Read(file.day, mark_of(file), file.complete, list(lines_of(file)))

    async def _read_late(self, day: date) -> list[Read]:
        """Files of closed days before to which the gateway has added."""
        changed = []
        for back in range(1, LOOK_BACK + 1):
            before = await self._days.get(day - timedelta(days=back))
            if before is None or before.state is not DayState.CLOSED:
                continue
            file = await self._read(before.day)
            if file.mark != before.mark:
                changed.append(file)
        return changed

    async def _take_in(self, day: Day, file: Read) -> None:
        """Keep its lines, and those only. Raises DayChanged."""
        await self._keep(day, file)

        async def drop(tx: Tx) -> None:
            await self._hold(day, tx)
            await self._lines.drop_others(file.day, file.mark, tx)

        await self._db.transaction(drop)

    async def _keep(self, day: Day, file: Read) -> int:
        """How many lines were not there, or said something else. Raises DayChanged."""

        async def keep(tx: Tx, at: int) -> int:
            await self._hold(day, tx)
            return sum(await self._lines.take_in(file.lines[at : at + _LINES], day.day, file.mark, tx))

        came = 0
        for at in range(0, len(file.lines), _LINES):
            came += await self._db.transaction(lambda tx, at=at: keep(tx, at))  # type: ignore[misc]
        return came

    # Both sides

    async def _look(self, day: date) -> Look:
        look = Look(day)
        async for lines in self._lines.of_day(day):
            for kind in EntryKind:
                await self._theirs(look, kind, [line for line in lines if line.kind is kind])
        for kind in EntryKind:
            async for ours in self._books.settled(kind, *our_bounds(day)):
                await self._ours(look, kind, ours)
        return look

    async def _theirs(self, look: Look, kind: EntryKind, lines: list[Theirs]) -> None:
        """Each line of the day, with all that is known of its reference."""
        if not lines:
            return
        references = {line.reference for line in lines}
        known, beside = await self._beside(kind, references)
        put = await self._put(kind, references)
        for reference in references:
            here = known.get(reference)
            self._judge(look, kind, reference, beside[reference], here, put)
            if here is not None and self._first(look, kind, reference, beside[reference]):
                look.tallies[kind] = look.tally(kind).with_ours(here.state is Booked.DONE, abs(here.effect))
        for line in lines:
            matched = (kind, line.reference) not in look.findings
            look.tallies[kind] = look.tally(kind).with_line(abs(line.effect), line.fee, matched=matched)

    async def _ours(self, look: Look, kind: EntryKind, ours: list[Ours]) -> None:
        """What the lines of the day did not lead to."""
        beside = await self._lines.named(kind, [one.reference for one in ours])
        left = [one for one in ours if all(line.file != look.day for line in beside.get(one.reference, []))]
        put = await self._put(kind, [one.reference for one in left])
        for one in left:
            lines = beside.get(one.reference, [])
            self._judge(look, kind, one.reference, lines, one, put)
            if not lines:
                look.tallies[kind] = look.tally(kind).with_ours(1, one.fen)

    async def _beside(
        self, kind: EntryKind, references: Iterable[str]
    ) -> tuple[dict[str, Ours], dict[str, list[Theirs]]]:
        named = list(references)
        return await self._books.known(kind, named), await self._lines.named(kind, named)

    async def _put(self, kind: EntryKind, references: Iterable[str]) -> dict[str, Corrected]:
        return await self._differences.corrected(kind, list(references))

    def _judge(
        self,
        look: Look,
        kind: EntryKind,
        reference: str,
        lines: list[Theirs],
        ours: Ours | None,
        put: dict[str, Corrected],
    ) -> None:
        finding = compared(kind, reference, lines, ours, put.get(reference, Corrected()))
        if finding is not None:
            look.findings[kind, reference] = finding

    def _first(self, look: Look, kind: EntryKind, reference: str, lines: list[Theirs]) -> bool:
        """Whether our entry of this reference was not counted before: its lines may come in two portions."""
        if len(lines) == 1:
            return True
        new = (kind, reference) not in look.twice
        look.twice.add((kind, reference))
        return new

    # What came of it

    async def _note(self, day: Day, look: Look, only: tuple[EntryKind, str] | None = None) -> None:
        """Raises DayClosed, DayChanged."""
        now = self._clock.now()
        seen = [found(finding, day.day, now) for finding in look.findings.values()]
        left = await self._differences.unresolved(day.day)
        here = (one for one in left if only is None or (one.kind, one.reference) == only)
        right = [one for one in here if (one.kind, one.reference) not in look.findings]

        async def note(tx: Tx, at: int) -> None:
            await self._hold(day, tx)
            for one in seen[at : at + _NOTES]:
                await self._differences.note(one, tx)

        async def end(tx: Tx, at: int) -> None:
            await self._hold(day, tx)
            for one in right[at : at + _NOTES]:
                await self._differences.save(one.came_right(WORKER, now), one, tx)

        for at in range(0, len(seen), _NOTES):
            await self._db.transaction(lambda tx, at=at: note(tx, at))  # type: ignore[misc]
        for at in range(0, len(right), _NOTES):
            await self._db.transaction(lambda tx, at=at: end(tx, at))  # type: ignore[misc]

    async def _hold(self, day: Day, tx: Tx) -> None:
        """Raises DayClosed, DayChanged (another comparison took it over)."""
        if not await self._days.touch(day, tx):
            raise DayClosed if day.comparing is None else DayChanged


__all__ = ["Comparison", "PaymentGatewayMissing"]
