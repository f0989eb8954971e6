"""Being on the care list: entering, answering a proposal, saying that one is well, pausing, leaving. A guardian does it
for his ward.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.viewer import Viewer
from app.domains.community.care.errors import CareEntered, CareUnknown
from app.domains.community.care.model import CareEntry, CarePrivate, CareState, CareStep, Pause, Rhythm, Sign
from app.domains.community.care.store import CareStore
from app.domains.community.estates.service import EstateService
from app.domains.community.residents.model import Residency
from app.domains.community.residents.service import ResidentService
from app.domains.identity.citizens.model import parse_phone

_ID = TypeAdapter(str)
Change = Callable[[CareEntry, Tx], Awaitable[CareEntry]]


@dataclass(frozen=True, slots=True)
class SeenCare:
    """With the steps of rounds that were missed, the newest first."""

    entry: CareEntry
    steps: tuple[CareStep, ...] = ()


class CareService:
    def __init__(
        self,
        db: Database,
        entries: CareStore,
        residents: ResidentService,
        estates: EstateService,
        outbox: Outbox,
        audit: Audit,
        once: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._entries = entries
        self._residents = residents
        self._estates = estates
        self._outbox = outbox
        self._audit = audit
        self._once = once
        self._clock = clock

    async def mine(self, viewer: Viewer) -> SeenCare | None:
        found = await self._entries.of(viewer.citizen())
        return SeenCare(found, tuple(await self._entries.steps(found.id))) if found else None

    async def enter(self, viewer: Viewer, residency: str, rhythm: Rhythm, private: CarePrivate, key: str) -> SeenCare:
        """By himself, or by his guardian. Raises CareInvalid, PhoneInvalid, NotResident, EstateUnknown, CareEntered,
        IdempotencyConflict.
        """
        citizen, tidy = viewer.citizen(), checked(private)
        call = Call.of(viewer, "enterCareList", key, residency, rhythm, private)

        async def work(tx: Tx) -> str:
            home = await self._residents.resident(citizen, residency, tx)
            made = await self.add(viewer, home, rhythm, CareState.ACTIVE, tx)
            entry = replace(made, private=tidy).begun(self._clock.now())
            await self._entries.add(entry, tx)
            return entry.id

        return await self._seen(await self._once.once(call, _ID, work))

    async def answer(self, viewer: Viewer, accept: bool, private: CarePrivate, key: str) -> SeenCare:
        """To a proposal. Raises CareInvalid, PhoneInvalid, CareUnknown, CareStateWrong, IdempotencyConflict."""
        tidy = checked(private)

        async def change(was: CareEntry, tx: Tx) -> CareEntry:
            return was.agreed(tidy, self._clock.now()) if accept else was.declined()

        return await self._step(viewer, "answerCareProposal", change, key, accept, private)

    async def check_in(self, viewer: Viewer, key: str) -> SeenCare:
        """He is well, by the app's button. Raises CareUnknown, CareStateWrong, IdempotencyConflict."""

        async def change(was: CareEntry, tx: Tx) -> CareEntry:
            return was.signed(Sign.APP, self._clock.now())

        return await self._step(viewer, "checkInCare", change, key)

    async def pause(self, viewer: Viewer, why: Pause, until: datetime, key: str) -> SeenCare:
        """Raises CareUnknown, CareStateWrong, CareInvalid, IdempotencyConflict."""

        async def change(was: CareEntry, tx: Tx) -> CareEntry:
            return was.paused(why, until, self._clock.now())

        return await self._step(viewer, "pauseCare", change, key, why, until)

    async def resume(self, viewer: Viewer, key: str) -> SeenCare:
        """Raises CareUnknown, CareStateWrong, IdempotencyConflict."""

        async def change(was: CareEntry, tx: Tx) -> CareEntry:
            return was.resumed(self._clock.now())

        return await self._step(viewer, "resumeCare", change, key)

    async def leave(self, viewer: Viewer, key: str) -> SeenCare:
        """Raises CareUnknown, IdempotencyConflict."""

        async def change(was: CareEntry, tx: Tx) -> CareEntry:
            return was.ended()

        return await self._step(viewer, "leaveCareList", change, key)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city. Safe to repeat."""
        await self._db.transaction(lambda tx: self._ended(citizen, tx))

    async def moved_out(self, one: Residency, tx: Tx) -> None:
        """Who moves out is looked after there no more. Fulfils `residents.service.MovingOut`."""
        found = await self._entries.of(one.citizen, tx)
        if found is not None and found.residency == one.id:
            await self._ended(one.citizen, tx)

    # Steps, in the caller's transaction

    async def add(self, viewer: Viewer, home: Residency, rhythm: Rhythm, state: CareState, tx: Tx) -> CareEntry:
        """Not written yet. Raises CareInvalid, CareEntered, EstateUnknown."""
        if await self._entries.of(home.citizen, tx) is not None:
            raise CareEntered
        estate, now, id_ = await self._estates.active(home.estate, tx), self._clock.now(), new_id()
        await self._audit.record(viewer, f"care.{state.value}", id_, tx, subject=home.citizen)
        parts = (id_, home.citizen, home.id, home.estate, estate.committee, rhythm.checked(), state)
        return CareEntry(*parts, viewer.acting(), now)

    async def save(self, now: CareEntry, was: CareEntry, tx: Tx) -> None:
        if not await self._entries.save(now, was, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats

    async def _ended(self, citizen: str, tx: Tx) -> None:
        was = await self._entries.of(citizen, tx)
        if was is not None:
            await self.save(was.ended(), was, tx)

    async def _step(self, viewer: Viewer, operation: str, change: Change, key: str, *content: object) -> SeenCare:
        citizen = viewer.citizen()

        async def work(tx: Tx) -> str:
            was = await self._entries.of(citizen, tx)
            if was is None:
                raise CareUnknown
            await self.save(await change(was, tx), was, tx)
            await self._audit.record(viewer, f"care.{operation}", was.id, tx, subject=citizen)
            return was.id

        return await self._seen(await self._once.once(Call.of(viewer, operation, key, *content), _ID, work))

    async def _seen(self, entry: str) -> SeenCare:
        found = await self._entries.get(entry)
        assert found is not None
        return SeenCare(found, tuple(await self._entries.steps(entry)))


def checked(private: CarePrivate) -> CarePrivate:
    """Raises CareInvalid, PhoneInvalid."""
    tidy = private.checked()
    return replace(tidy, phone=parse_phone(tidy.phone)) if tidy.phone else tidy
