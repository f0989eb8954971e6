"""Repairs of whoever lives there: reported, followed, taken back, rated, handed to the city."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.repairs.errors import RepairUnknown, TooManyRepairs
from app.domains.community.repairs.handover.service import HandingOver
from app.domains.community.repairs.model import (
    MOST_OPEN,
    REPORTED,
    TERMS,
    Rating,
    Repair,
    RepairState,
    RepairWish,
    Step,
    Why,
)
from app.domains.community.repairs.store import RepairStore
from app.domains.community.residents.model import Residency
from app.domains.community.residents.service import ResidentService

_ID = TypeAdapter(str)


class Files(Protocol):
    """Uploads, as repairs need them. `by` names the repair: `repair:ID`."""

    async def claim(self, by: str, owner: str, uploads: Collection[str], tx: Tx) -> None:
        """Raises UploadUnknown, UploadNotReady, UploadClaimed."""
        ...

    async def links(self, by: str, owner: str) -> Mapping[str, str]:
        """A signed address of each of its files, good for some minutes."""
        ...


@dataclass(frozen=True, slots=True)
class SeenRepair:
    repair: Repair
    late: Why | None
    links: tuple[str, ...] = ()


class RepairService:
    def __init__(
        self,
        db: Database,
        repairs: RepairStore,
        residents: ResidentService,
        handing: HandingOver,
        files: Files,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._repairs = repairs
        self._residents = residents
        self._handing = handing
        self._files = files
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    async def report(self, viewer: Viewer, residency: str, wish: RepairWish, key: str) -> SeenRepair:
        """Raises NotResident, RepairInvalid, TooManyRepairs, what files are refused for, RateLimited,
        IdempotencyConflict.
        """
        citizen, id_, tidy = viewer.citizen(), new_id(), wish.checked()

        async def work(tx: Tx) -> str:
            home = await self._residents.resident(citizen, residency, tx)
            if await self._repairs.count_open(citizen, MOST_OPEN, tx) >= MOST_OPEN:
                raise TooManyRepairs(MOST_OPEN)
            await self._limits.count(REPORTED, citizen, tx)
            made = _made(id_, citizen, home, tidy, viewer.acting(), self._clock.now())
            if tidy.files:
                await self._files.claim(made.record, citizen, tidy.files, tx)
            await self._repairs.add(made, tx)
            await self._audit.record(viewer, "repair.reported", id_, tx, estate=home.estate, kind=tidy.kind.value)
            return id_

        done = await self._once.once(Call.of(viewer, "reportRepair", key, residency, wish), _ID, work)
        return await self._after(done)

    async def withdraw(self, viewer: Viewer, repair: str, key: str) -> SeenRepair:
        """Raises RepairUnknown, RepairStateWrong, IdempotencyConflict."""
        by, now = viewer.acting(), self._clock.now()
        call = Call.of(viewer, "withdrawRepair", key, repair)
        return await self._moved(viewer, call, repair, lambda was: was.moved(RepairState.WITHDRAWN, by, now))

    async def rate(self, viewer: Viewer, repair: str, solved: bool, grade: int, key: str) -> SeenRepair:
        """Raises RepairUnknown, RepairStateWrong, RepairRated, RepairGradeInvalid, IdempotencyConflict."""
        rating = Rating(solved, grade, self._clock.now())
        call = Call.of(viewer, "rateRepair", key, repair, solved, grade)
        return await self._moved(viewer, call, repair, lambda was: was.rated(rating, viewer.acting()))

    async def hand_over(self, viewer: Viewer, repair: str, key: str) -> SeenRepair:
        """The city's centre shall see to it. Raises RepairUnknown, RepairStateWrong, RepairHandedOver, what a case is
        refused for, IdempotencyConflict.
        """
        call, citizen = Call.of(viewer, "handOverRepair", key, repair), viewer.citizen()

        async def attempt() -> str:
            found = await self._repairs.own(repair, citizen)
            if found is None:
                raise RepairUnknown
            ready = await self._handing.ready(found, Why.ASKED)

            async def work(tx: Tx) -> str:
                await self._handing.given(viewer, ready, tx)
                return repair

            return await self._once.once(call, _ID, work)

        # Its files are copied before the transaction; a rival under the same key may have handed it over by then.
        return await self._after(await self._once.alike(call, _ID, attempt))

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[SeenRepair]:
        """The newest first, without links to their files."""
        page = await self._repairs.of_citizen(viewer.citizen(), request)
        now = self._clock.now()
        return Page(tuple(SeenRepair(one, one.late(now)) for one in page.items), page.has_next)

    async def one(self, viewer: Viewer, repair: str) -> SeenRepair | None:
        found = await self._repairs.own(repair, viewer.citizen())
        return await self.seen(found) if found else None

    async def seen(self, found: Repair) -> SeenRepair:
        """With links to its files."""
        links = await self._files.links(found.record, found.citizen) if found.files else {}
        shown = tuple(links[one] for one in found.files if one in links)
        return SeenRepair(found, found.late(self._clock.now()), shown)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """When he leaves the city. Safe to repeat."""

        async def work(tx: Tx) -> None:
            for one in await self._repairs.open_of(citizen, tx):
                await self._save(viewer, one.moved(RepairState.WITHDRAWN, citizen, self._clock.now()), tx)

        await self._db.transaction(work)

    async def _moved(self, viewer: Viewer, call: Call, repair: str, step: Callable[[Repair], Repair]) -> SeenRepair:
        citizen = viewer.citizen()

        async def work(tx: Tx) -> str:
            was = await self._repairs.own(repair, citizen, tx)
            if was is None:
                raise RepairUnknown
            await self._save(viewer, step(was), tx)
            return repair

        return await self._after(await self._once.once(call, _ID, work))

    async def _save(self, viewer: Viewer, one: Repair, tx: Tx) -> None:
        if not await self._repairs.save(one, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
        await self._audit.record(viewer, "repair.moved", one.id, tx, state=one.state.value)

    async def _after(self, repair: str) -> SeenRepair:
        found = await self._repairs.get(repair)
        assert found is not None
        return await self.seen(found)


def _made(id_: str, citizen: str, home: Residency, wish: RepairWish, by: str, now: datetime) -> Repair:
    terms = TERMS[wish.kind]
    return Repair(
        id=id_,
        citizen=citizen,
        estate=home.estate,
        household=home.household,
        kind=wish.kind,
        state=RepairState.REPORTED,
        reported_at=now,
        accept_by=now + terms.accept,
        finish_by=now + terms.finish,
        due_at=now + terms.accept,
        steps=(Step(RepairState.REPORTED, now, by),),
        words=wish.words,
        home=home.home,
        spot=wish.spot,
        files=wish.files,
        rev=1,
    )
