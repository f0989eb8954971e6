"""Being blocked, appealing against it, and the desk's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.appointments.booking.blocks.errors import AppealSettled, AppealUnknown, NotBlocked
from app.domains.appointments.booking.blocks.model import Appeal, AppealState, parsed_text
from app.domains.appointments.booking.blocks.store import AppealStore
from app.domains.appointments.booking.diaries.model import Diary
from app.domains.appointments.booking.diaries.store import DiaryStore

_APPEAL = TypeAdapter(Appeal)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands: how many recent misses, until when blocked, the newest appeal."""

    missed: int
    blocked_until: datetime | None
    appeal: Appeal | None


class BlockService:
    def __init__(
        self,
        db: Database,
        appeals: AppealStore,
        diaries: DiaryStore,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._appeals = appeals
        self._diaries = diaries
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def standing(self, viewer: Viewer) -> Standing:
        citizen, now = viewer.citizen(), self._clock.now()
        diary = await self._diaries.of(citizen)
        until = diary.blocked_until if diary.blocked(now) else None
        return Standing(diary.recent_misses(now), until, await self._appeals.newest_of(citizen))

    async def appeal(self, viewer: Viewer, reason: str, key: str) -> Appeal:
        """Raises NotBlocked, AppealExists, AppealTextMissing, IdempotencyConflict."""
        citizen, why = viewer.citizen(), parsed_text(reason)

        async def work(tx: Tx) -> Appeal:
            diary, now = await self._diaries.of(citizen, tx), self._clock.now()
            if diary.blocked_until is None or not diary.blocked(now):
                raise NotBlocked
            made = Appeal(new_id(), citizen, AppealState.OPEN, now, diary.blocked_until, why)
            await self._appeals.add(made, tx)
            await self._audit.record(viewer, "appeal.made", made.id, tx, subject=citizen)
            return made

        return await self._idempotency.once(Call.of(viewer, "appealBlock", key, why), _APPEAL, work)

    async def waiting(self, state: AppealState, request: PageRequest) -> Page[Appeal]:
        """For the desk: without the words. Newest first."""
        return await self._appeals.page(state, request)

    async def one(self, appeal: str) -> Appeal:
        """For the desk: with the words. Raises AppealUnknown."""
        found = await self._appeals.get(appeal)
        if found is None:
            raise AppealUnknown
        return found

    async def blocked(self, request: PageRequest) -> Page[Diary]:
        """For the desk."""
        return await self._diaries.blocked(request)

    async def answer(self, viewer: Viewer, appeal: str, state: AppealState, answer: str, key: str) -> Appeal:
        """For the desk: granted or refused, in words. Raises AppealUnknown, AppealSettled, AppealTextMissing,
        IdempotencyConflict.
        """
        said = parsed_text(answer)

        async def work(tx: Tx) -> Appeal:
            was = await self._appeals.get(appeal, tx)
            if was is None:
                raise AppealUnknown
            settled = was.settled(state, said, self._clock.now(), viewer.acting())
            if state is AppealState.GRANTED:
                diary = await self._diaries.of(was.citizen, tx)
                await self._diaries.save(diary.pardoned(), tx)
            await self._keep(viewer, settled, tx)
            granted = state is AppealState.GRANTED
            event = "appointment.appeal_granted" if granted else "appointment.appeal_refused"
            await self._outbox.add(event, was.citizen, tx, appeal=appeal)
            return settled

        call = Call.of(viewer, "answerAppeal", key, appeal, state.value, said)
        return await self._idempotency.once(call, _APPEAL, work)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city waits for no answer. Safe to repeat."""

        async def work(tx: Tx) -> None:
            was = await self._appeals.open_of(citizen, tx)
            if was is not None:
                await self._keep(by, was.settled(AppealState.WITHDRAWN, None, self._clock.now(), citizen), tx)

        await self._db.transaction(work)

    async def _keep(self, viewer: Viewer, settled: Appeal, tx: Tx) -> None:
        if not await self._appeals.settle(settled, tx):
            raise AppealSettled
        await self._audit.record(viewer, f"appeal.{settled.state.value}", settled.id, tx, subject=settled.citizen)
