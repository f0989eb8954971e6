"""Repairs at the estate: accepted, a day named, done. Whoever reported it hears of each step."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock, civil_day
from app.core.idempotency import Call, Idempotency
from app.core.mongo import DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.estates.errors import EstateUnknown
from app.domains.community.estates.service import REPAIR_SCOPE, EstateService
from app.domains.community.repairs.errors import RepairInvalid, RepairUnknown
from app.domains.community.repairs.model import Repair, RepairState
from app.domains.community.repairs.service import RepairService, SeenRepair
from app.domains.community.repairs.store import RepairStore

_ID = TypeAdapter(str)
# To be taken back is the word of whoever reported it: else a repair that is late would be gone with its terms.
_OURS = frozenset({RepairState.ACCEPTED, RepairState.SCHEDULED, RepairState.DONE})


class WorkingService:
    def __init__(
        self,
        repairs: RepairStore,
        reading: RepairService,
        estates: EstateService,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._repairs = repairs
        self._reading = reading
        self._estates = estates
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    async def page(
        self, viewer: Viewer, estate: str, state: RepairState | None, request: PageRequest
    ) -> Page[SeenRepair]:
        """Open ones when no state is named, the newest first; none of an estate that is another's."""
        if not await self._estates.keeps(viewer, estate, REPAIR_SCOPE):
            return Page((), False)
        page = await self._repairs.of_estate(estate, state, request)
        now = self._clock.now()
        return Page(tuple(SeenRepair(one, one.late(now)) for one in page.items), page.has_next)

    async def open(self, viewer: Viewer, repair: str) -> SeenRepair | None:
        """With its files; that somebody looked is in the audit."""
        found = await self._repairs.get(repair)
        if found is None or not await self._estates.keeps(viewer, found.estate, REPAIR_SCOPE):
            return None
        await self._audit.record(viewer, "repair.read", repair, None, subject=found.citizen)
        return await self._reading.seen(found)

    async def move(
        self, viewer: Viewer, repair: str, to: RepairState, note: str, visit_at: datetime | None, key: str
    ) -> SeenRepair:
        """Accepted, scheduled (`visit_at`), done. Raises RepairUnknown, RepairStateWrong, RepairInvalid,
        IdempotencyConflict.
        """
        if to not in _OURS:
            raise RepairInvalid("state")

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, repair, tx)
            moved = was.moved(to, viewer.acting(), self._clock.now(), note, visit_at)
            if not await self._repairs.save(moved, tx):
                raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
            await self._tell(moved, tx)
            facts = {"state": to.value}
            await self._audit.record(viewer, "repair.moved", repair, tx, subject=was.citizen, **facts)
            return repair

        call = Call.of(viewer, "moveRepair", key, repair, to, note, visit_at)
        done = await self._repairs.get(await self._once.once(call, _ID, work))
        assert done is not None
        return await self._reading.seen(done)

    async def late(self, request: PageRequest) -> list[Repair]:
        """For the desk: of which a term has passed and which the centre does not have."""
        return await self._repairs.late(self._clock.now(), request.first)

    async def handed_over(self, request: PageRequest) -> Page[Repair]:
        """For the desk."""
        return await self._repairs.handed_over(request)

    async def _own(self, viewer: Viewer, repair: str, tx: Tx) -> Repair:
        found = await self._repairs.get(repair, tx)
        if found is None:
            raise RepairUnknown
        try:
            await self._estates.managed(viewer, found.estate, REPAIR_SCOPE, tx)
        except EstateUnknown:
            raise RepairUnknown from None
        return found

    async def _tell(self, moved: Repair, tx: Tx) -> None:
        citizen = moved.citizen
        match moved.state:
            case RepairState.ACCEPTED:
                await self._outbox.add("repair.accepted", citizen, tx, repair=moved.id)
            case RepairState.SCHEDULED:
                assert moved.visit_at is not None
                day = civil_day(moved.visit_at).isoformat()
                await self._outbox.add("repair.scheduled", citizen, tx, repair=moved.id, day=day)
            case RepairState.DONE:
                await self._outbox.add("repair.done", citizen, tx, repair=moved.id)
