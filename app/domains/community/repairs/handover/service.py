"""Handing a repair over to the city's centre as a case: when whoever reported it asks, or when a term has passed.

The case and its number on the repair are one transaction: there is never one without the other, nor two.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Outcome
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.places.model import Point
from app.core.viewer import Role, Viewer
from app.domains.community.estates.errors import EstateUnknown
from app.domains.community.estates.service import EstateService
from app.domains.community.repairs.model import TERMS, Repair, Why
from app.domains.community.repairs.store import RepairStore

log = structlog.get_logger()
WORKER = Viewer(role=Role.OPS, actor="worker", roles=frozenset({"operator"}))
_AT_ONCE, _RIVALS = 100, 4


@dataclass(frozen=True, slots=True)
class Matter:
    """What the centre is told. `division`: the government that the estate's committee belongs to."""

    citizen: str
    title: str
    words: str
    point: Point
    division: str | None
    address: str
    files: tuple[str, ...]
    repair: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A repair with the case that is to be made of it; `files` are the case's own."""

    repair: Repair
    why: Why
    matter: Matter
    case: str
    files: tuple[str, ...]


class Cases(Protocol):
    """My voice, as repairs need it."""

    async def copies(self, matter: Matter, case: str) -> tuple[str, ...]:
        """Its files as the case's own."""
        ...

    async def file(self, viewer: Viewer, matter: Matter, case: str, files: tuple[str, ...], tx: Tx) -> str:
        """A case of this id; its number. Raises what a case is refused for, DuplicateKey (another number)."""
        ...


class HandingOver:
    def __init__(
        self,
        db: Database,
        repairs: RepairStore,
        estates: EstateService,
        cases: Cases,
        outbox: Outbox,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._repairs = repairs
        self._estates = estates
        self._cases = cases
        self._outbox = outbox
        self._audit = audit
        self._clock = clock

    async def look(self) -> int:
        """Those of which a term has passed; how many were handed over."""
        done, after = 0, None
        now = self._clock.now()
        while late := await self._repairs.late(now, _AT_ONCE, after):
            for one in late:
                done += await self._tried(one, now)
            after = late[-1].due_at
        return done

    async def give(self, viewer: Viewer, found: Repair, why: Why) -> Repair:
        """Raises RepairHandedOver, RepairStateWrong, and what a case is refused for."""
        ready = await self.ready(found, why)
        for _ in range(_RIVALS):
            with suppress(DuplicateKey):  # the number is taken, or a rival was faster: look again
                return await self._db.transaction(lambda tx: self.given(viewer, ready, tx))
        return await self._db.transaction(lambda tx: self.given(viewer, ready, tx))

    async def ready(self, found: Repair, why: Why) -> Ready:
        """What is done before the transaction. Raises as `give`."""
        case = _case_of(found)
        found.given(case, "", why, self._clock.now())  # whether it can be, before its files are copied
        matter = await self._matter(found, why)
        return Ready(found, why, matter, case, await self._cases.copies(matter, case) if matter.files else ())

    async def given(self, viewer: Viewer, ready: Ready, tx: Tx) -> Repair:
        """Raises as `give`, and DuplicateKey."""
        found, case, why = ready.repair, ready.case, ready.why
        fresh = await self._repairs.own(found.id, found.citizen, tx)
        assert fresh is not None
        fresh.given(case, "", why, self._clock.now())  # whether it can be, before anything is written
        number = await self._cases.file(viewer, ready.matter, case, ready.files, tx)
        given = fresh.given(case, number, why, self._clock.now())
        if not await self._repairs.save(given, tx):
            raise DuplicateKey("changed meanwhile")
        await self._outbox.add("repair.handed_over", found.citizen, tx, repair=found.id, number=number)
        facts = {"case": case, "why": why.value}
        await self._audit.record(viewer, "repair.handed_over", found.id, tx, subject=found.citizen, **facts)
        return given

    async def _tried(self, one: Repair, now: datetime) -> int:
        why = one.late(now)
        if why is None or one.words is None:
            return 0
        try:
            await self.give(WORKER, one, why)
        except Outcome:  # taken back or handed over meanwhile, or the centre takes no such case: tried again later
            return 0
        except Exception:  # a file that cannot be read, say: the others are not to wait for this one
            log.exception("repair not handed over", repair=one.id)
            return 0
        return 1

    async def _matter(self, found: Repair, why: Why) -> Matter:
        estate = await self._estates.one(found.estate)  # of one that was closed, too
        if estate is None:
            raise EstateUnknown
        kind, where = TERMS[found.kind].name.zh, found.spot or (found.home.label if found.home else "")
        said = {
            Why.NOT_ACCEPTED: "物业逾期未受理",
            Why.NOT_DONE: "物业逾期未办结",
            Why.ASKED: "居民要求转交",
        }[why]
        return Matter(
            citizen=found.citizen,
            title=f"{estate.name.zh} {kind}报修：{said}",
            words=f"{found.words}\n\n（物业报修转办：{said}。报修时间 {found.reported_at:%Y-%m-%d}。）",
            point=estate.point,
            division=self._estates.division_of(estate),
            address=f"{estate.address} {estate.name.zh} {where}".strip(),
            files=found.files,
            repair=found.id,
        )


def _case_of(found: Repair) -> str:
    """The same for each try, so that the copies of files made by one belong to the case of another."""
    return found.id
