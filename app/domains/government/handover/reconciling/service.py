"""Comparing: what we say a department has, with what it says it has from us; what differs is put right or listed.

Ours and not theirs: it is asked about that one, and told again. Theirs and further than ours: it is asked. Theirs and
not ours: nobody can put that right but people, so it is listed. What could not be told for hours is listed too.
A department that does not answer is left for the next time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.core.clock import Clock
from app.domains.government.handover.model import Difference, HandoverState, Kind, Pace
from app.domains.government.handover.sending.service import Departments
from app.domains.government.handover.store import DifferenceStore, HandoverStore

log = structlog.get_logger()
_AT_ONCE = 200
_BACK = timedelta(days=3)
_MOST_PAGES = 500


@dataclass(slots=True)
class Compared:
    """What a comparison with one department found. `silent`: it did not answer to the end."""

    ours: int = 0
    theirs: int = 0
    lost: int = 0
    behind: int = 0
    unknown: int = 0
    unreached: int = 0
    silent: bool = False


class Reconciliation:
    def __init__(
        self,
        handovers: HandoverStore,
        differences: DifferenceStore,
        departments: Departments,
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._handovers = handovers
        self._differences = differences
        self._departments = departments
        self._clock = clock
        self._pace = pace

    async def run(self) -> dict[str, Compared]:
        """With every department that was ever handed anything, one after the other."""
        found = {}
        for system in await self._handovers.systems():
            found[system] = await self.compare(system)
            log.info("departments compared", system=system, silent=found[system].silent)
        return found

    async def compare(self, system: str) -> Compared:
        found = Compared()
        await self._ours(system, found)
        if not found.silent:
            await self._theirs(system, found)
        await self._unreached(system, found)
        return found

    async def _ours(self, system: str, found: Compared) -> None:
        after = ""
        for _ in range(_MOST_PAGES):
            mine = await self._handovers.of_system(system, HandoverState.TAKEN, after, _AT_ONCE)
            if not mine:
                return
            numbers = [one.number for one in mine]
            theirs = await self._departments.known(system, numbers)
            if theirs is None:
                found.silent = True
                return
            known = {one.number: one.seq for one in theirs}
            lost = [one.number for one in mine if one.number not in known]
            behind = [one.number for one in mine if known.get(one.number, 0) > one.seq]
            found.ours, found.lost = found.ours + len(mine), found.lost + len(lost)
            found.behind += len(behind)
            # Each is asked about by itself, which tells again what is lost.
            await self._handovers.poke([*lost, *behind], self._clock.now())
            after = numbers[-1]

    async def _theirs(self, system: str, found: Compared) -> None:
        since, after = self._clock.now() - _BACK, ""
        for _ in range(_MOST_PAGES):
            listed = await self._departments.listing(system, since, after)
            if listed is None:
                found.silent = True
                return
            # A list that does not go on would be asked for without end.
            numbers = [one.number for one in listed if one.number > after]
            if not numbers:
                return
            found.theirs += len(numbers)
            found.unknown += await self._unknown(system, numbers)
            after = max(numbers)

    async def _unknown(self, system: str, numbers: Sequence[str]) -> int:
        here, now = await self._handovers.present(numbers, system), self._clock.now()
        strange = [number for number in numbers if number not in here]
        for number in strange:
            await self._differences.note(Difference(system, number, Kind.UNKNOWN_HERE, now))
        return len(strange)

    async def _unreached(self, system: str, found: Compared) -> None:
        before, after = self._clock.now() - self._pace.unreached_after, ""
        for _ in range(_MOST_PAGES):
            pending = await self._handovers.of_system(system, HandoverState.PENDING, after, _AT_ONCE)
            if not pending:
                return
            for one in pending:
                if one.made_at < before:
                    found.unreached += 1
                    await self._note(system, one.number, one.fault or "", self._clock.now())
            after = pending[-1].number

    async def _note(self, system: str, number: str, said: str, now: datetime) -> None:
        await self._differences.note(Difference(system, number, Kind.UNREACHED, now, said))
