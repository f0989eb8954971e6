"""Telling people a month before their contract ends, and ending those whose last day is over.

Each contract is told of, and ended, in a transaction of its own that finds it as it was: a worker may be killed at any
moment, and two may run side by side.
"""

from __future__ import annotations

from functools import partial

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.viewer import Role, Viewer
from app.domains.appointments.contracts.model import Contract, EndedBy
from app.domains.appointments.contracts.service import Follows
from app.domains.appointments.contracts.store import ContractStore, TeamStore

_AT_ONCE = 100
_WORKER = Viewer(role=Role.OPS, actor="worker")


class ContractEndings:
    def __init__(
        self,
        db: Database,
        teams: TeamStore,
        contracts: ContractStore,
        follows: Follows,
        outbox: Outbox,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._teams = teams
        self._contracts = contracts
        self._follows = follows
        self._outbox = outbox
        self._audit = audit
        self._clock = clock

    async def tell(self) -> int:
        """Whose contract can be renewed from now on, each once for each last day; how many. Safe to repeat."""
        count, today = 0, civil_day(self._clock.now())
        while found := await self._contracts.to_tell(today, _AT_ONCE):
            told = [await self._db.transaction(partial(self._tell, one)) for one in found]
            count += sum(told)
            if not any(told):  # another worker is at the same ones
                break
        return count

    async def still_ending(self, citizen: str, contract: str, until: str) -> bool:
        """Whether what is about to be told is true still: it was not renewed, nor ended, meanwhile."""
        found = await self._contracts.open_of(citizen)
        return found is not None and found.id == contract and found.until.isoformat() == until

    async def end_lapsed(self) -> int:
        """Whose year is over, or whose proposal nobody answered, holds no place in the team any more, and is told; how
        many. Safe to repeat.
        """
        count = 0
        while lapsed := await self._contracts.lapsed(civil_day(self._clock.now()), _AT_ONCE):
            for one in lapsed:
                count += await self._db.transaction(partial(self._lapse, one))
        return count

    async def _tell(self, was: Contract, tx: Tx) -> bool:
        if not await self._contracts.note_told(was, tx):
            return False
        await self._outbox.add("contract.ending", was.citizen, tx, **_facts(was), test=was.test)
        return True

    async def _lapse(self, was: Contract, tx: Tx) -> bool:
        found = await self._contracts.open_of(was.citizen, tx)
        if found is None or found.id != was.id:
            return False
        now, event = self._clock.now(), "contract.unanswered" if found.waiting else "contract.lapsed"
        await self._contracts.save(found.ended(EndedBy.LAPSED, now), tx)
        await self._teams.release(found.team, tx)
        await self._follows.contract_over(found.citizen, found.id, now, tx)
        await self._audit.record(_WORKER, event, found.id, tx, subject=found.citizen)
        await self._outbox.add(event, found.citizen, tx, **_facts(found), test=found.test)
        return True


def _facts(one: Contract) -> dict[str, str]:
    return {"contract": one.id, "organisation": one.organisation, "until": one.until.isoformat()}
