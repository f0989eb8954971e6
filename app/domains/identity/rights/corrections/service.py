"""Asking for a correction, reading and answering it at the desk.

What the civil registry knows is corrected there: an accepted request makes the city ask the registry again, and take
what it answers. The city writes nobody's name from free text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.mongo import Database, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.identity.citizens.model import IdNumber
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.rights.corrections.errors import (
    CorrectionSettled,
    CorrectionUnknown,
    NothingToCorrect,
    RegistryDisagrees,
    RevealWithoutReason,
)
from app.domains.identity.rights.corrections.model import (
    PER_CITIZEN,
    Correction,
    CorrectionField,
    CorrectionState,
    parsed_text,
    parsed_wish,
)
from app.domains.identity.rights.corrections.store import CorrectionStore
from app.domains.identity.verification.errors import RegistryUnavailable
from app.domains.identity.verification.model import RegistryRecord
from app.domains.identity.verification.service import CivilRegistry

_CORRECTION = TypeAdapter(Correction)


class StaffReads(Protocol):
    async def record(self, viewer: Viewer, citizen: str, reason: str, tx: Tx) -> None:
        """Enter in the citizen's ledger and the audit that a member of staff read it, and have him told."""
        ...


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the registry answered, to be taken over."""

    name: str
    number: IdNumber
    record: RegistryRecord


class CorrectionService:
    def __init__(
        self,
        db: Database,
        corrections: CorrectionStore,
        citizens: CitizenStore,
        registry: CivilRegistry,
        clean_photo: Callable[[bytes], Awaitable[bytes]],
        reads: StaffReads,
        limits: Limits,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._corrections = corrections
        self._citizens = citizens
        self._registry = registry
        self._clean_photo = clean_photo
        self._reads = reads
        self._limits = limits
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def request(self, viewer: Viewer, field: CorrectionField, wanted: str, reason: str, key: str) -> Correction:
        """Raises CorrectionTextMissing, NameInvalid, IdNumberInvalid, NothingToCorrect, RateLimited,
        IdempotencyConflict.
        """
        citizen, (wish, why) = viewer.self_only(), parsed_wish(field, wanted, reason)
        call = Call.of(viewer, "requestCorrection", key, field.value, wish, why)
        before = await self._idempotency.replay(call, _CORRECTION)
        if before is not None:
            return before
        if field is not CorrectionField.OTHER:
            await self._registered(citizen)
        await self._limits.take(PER_CITIZEN, citizen)
        made = Correction(new_id(), citizen, field, CorrectionState.OPEN, self._clock.now(), wish, why)

        async def work(tx: Tx) -> Correction:
            await self._corrections.add(made, tx)
            await self._audit.record(viewer, "correction.requested", made.id, tx, field=field.value)
            return made

        return await self._idempotency.once(call, _CORRECTION, work)

    async def mine(self, viewer: Viewer) -> list[Correction]:
        """Newest first."""
        return await self._corrections.of(viewer.self_only())

    async def withdraw(self, viewer: Viewer, correction: str, key: str) -> Correction:
        """Raises CorrectionUnknown, CorrectionSettled, IdempotencyConflict."""
        citizen, call = viewer.self_only(), Call.of(viewer, "withdrawCorrection", key, correction)

        async def work(tx: Tx) -> Correction:
            was = await self._corrections.get(correction, citizen, tx)
            if was is None:
                raise CorrectionUnknown
            settled = was.settled(CorrectionState.WITHDRAWN, self._clock.now(), citizen)
            await self._keep(viewer, settled, tx)
            return settled

        return await self._idempotency.once(call, _CORRECTION, work)

    async def end_all(self, by: Viewer, citizen: str) -> None:
        """Who leaves the city asks for nothing more. Safe to repeat."""

        async def work(tx: Tx) -> None:
            for was in await self._corrections.open_of(citizen, tx):
                await self._keep(by, was.settled(CorrectionState.WITHDRAWN, self._clock.now(), citizen), tx)

        await self._db.transaction(work)

    async def waiting(self, state: CorrectionState, request: PageRequest) -> Page[Correction]:
        """For the desk: who asks for what, without the words. Newest first."""
        return await self._corrections.page(state, request)

    async def reveal(self, viewer: Viewer, correction: str, reason: str) -> Correction:
        """For the desk: with the words; the citizen sees in his ledger that they were read.

        Raises CorrectionUnknown, RevealWithoutReason.
        """
        why = reason.strip()
        if len(why) > 500 or sum(character.isalnum() for character in why) < 2:
            raise RevealWithoutReason

        async def work(tx: Tx) -> Correction:
            found = await self._corrections.get(correction, tx=tx)
            if found is None:
                raise CorrectionUnknown
            await self._reads.record(viewer, found.citizen, why, tx)
            return found

        return await self._db.transaction(work)

    async def accept(self, viewer: Viewer, correction: str, answer: str, key: str) -> Correction:
        """For the desk. What is the registry's is asked of it again and taken over; of the rest, the answer says what
        was done.

        Raises CorrectionUnknown, CorrectionSettled, CorrectionTextMissing, NothingToCorrect, NameInvalid,
        IdNumberInvalid, IdentityTaken, RegistryDisagrees, RegistryUnavailable, IdempotencyConflict.
        """
        call = Call.of(viewer, "acceptCorrection", key, correction, parsed_text(answer))
        before = await self._idempotency.replay(call, _CORRECTION)
        if before is not None:
            return before
        was = await self._was(correction)
        was.settled(CorrectionState.ACCEPTED, self._clock.now(), viewer.acting())
        confirmed = None if was.field is CorrectionField.OTHER else await self._confirmed(was)

        async def work(tx: Tx) -> Correction:
            if confirmed is not None:
                await self._take_over(was.citizen, confirmed, tx)
            settled = was.settled(CorrectionState.ACCEPTED, self._clock.now(), viewer.acting(), parsed_text(answer))
            return await self._answered(viewer, settled, tx)

        return await self._idempotency.once(call, _CORRECTION, work)

    async def reject(self, viewer: Viewer, correction: str, answer: str, key: str) -> Correction:
        """For the desk. Raises CorrectionUnknown, CorrectionSettled, CorrectionTextMissing, IdempotencyConflict."""
        call = Call.of(viewer, "rejectCorrection", key, correction, parsed_text(answer))

        async def work(tx: Tx) -> Correction:
            was = await self._was(correction, tx)
            settled = was.settled(CorrectionState.REJECTED, self._clock.now(), viewer.acting(), parsed_text(answer))
            return await self._answered(viewer, settled, tx)

        return await self._idempotency.once(call, _CORRECTION, work)

    async def _was(self, correction: str, tx: Tx | None = None) -> Correction:
        found = await self._corrections.get(correction, tx=tx)
        if found is None:
            raise CorrectionUnknown
        return found

    async def _registered(self, citizen: str) -> tuple[str, IdNumber]:
        """His name and number. Raises NothingToCorrect."""
        found, number = await self._citizens.get(citizen), await self._citizens.id_number(citizen)
        if found is None or found.name is None or number is None:
            raise NothingToCorrect
        return found.name, number

    async def _confirmed(self, was: Correction) -> Confirmed:
        name, number = was.named(*await self._registered(was.citizen))
        try:
            # The registry answers a request id as it did the first time; each try of the desk asks anew.
            record = await self._registry.check(name=name, id_number=number.text, request_id=f"{was.id}-{new_id()}")
            if record is None:
                raise RegistryDisagrees
            photo = await self._clean_photo(record.photo)
        except Unavailable:
            raise RegistryUnavailable from None
        return Confirmed(name, number, RegistryRecord(photo, record.household, record.division))

    async def _take_over(self, citizen: str, confirmed: Confirmed, tx: Tx) -> None:
        record = confirmed.record
        await self._citizens.correct_real_name(
            citizen, confirmed.name, confirmed.number, record.household, record.division, tx
        )
        await self._citizens.keep_photo(citizen, record.photo, tx)

    async def _answered(self, viewer: Viewer, settled: Correction, tx: Tx) -> Correction:
        await self._keep(viewer, settled, tx)
        event = "correction.accepted" if settled.state is CorrectionState.ACCEPTED else "correction.rejected"
        await self._outbox.add(event, settled.citizen, tx, correction=settled.id)
        return settled

    async def _keep(self, viewer: Viewer, settled: Correction, tx: Tx) -> None:
        if not await self._corrections.settle(settled, tx):
            raise CorrectionSettled(CorrectionState.OPEN.value)
        action = f"correction.{settled.state.value}"
        await self._audit.record(viewer, action, settled.id, tx, subject=settled.citizen)
