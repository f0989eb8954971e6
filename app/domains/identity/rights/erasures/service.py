"""Asking to be erased, thinking better of it, carrying it out, and proving it.

Carrying out is a list of steps, each safe to repeat and noted when it is done: whoever takes over after a kill begins
with the first one that is not. The last step is one transaction: the record is emptied, what leads to it is deleted,
and the person's key is destroyed. After half an hour all is swept once more, for what was under way meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.events import Event
from app.core.holdings.service import Holdings, Unsealed
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.mongo import Database, Document, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.person_keys import PersonKeys
from app.core.viewer import Role, Viewer
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.rights.erasures.errors import ErasureHindered, NoErasure, NothingHeld
from app.domains.identity.rights.erasures.model import (
    COOLING_OFF,
    LOOKUPS_KEPT,
    SWEEP_AFTER,
    Erasure,
    ErasureState,
    Hindrance,
    Parting,
    Retained,
)
from app.domains.identity.rights.erasures.store import Claim, ErasureStore

_ERASURE = TypeAdapter(Erasure)
_AGAIN = timedelta(days=1)
_WORKER = Viewer(role=Role.OPS, actor="worker")


@dataclass(frozen=True, slots=True)
class Proof:
    """What is left of a citizen. `left` counts rows by collection; of `unsealed`, `open` says how many still open."""

    citizen: str
    erasure: Erasure | None
    key_destroyed_at: datetime | None
    key_destroyed_by: str | None
    left: Mapping[str, int]
    unsealed: Sequence[Unsealed]
    retained: Sequence[Retained]

    @property
    def holds(self) -> bool:
        """Whether the key is gone and nothing that was sealed under it opens."""
        return self.key_destroyed_at is not None and not any(one.open for one in self.unsealed)


class Hinders(Protocol):
    """A room in which something may be left to be settled."""

    async def hindrances(self, citizen: str, tx: Tx | None) -> Sequence[Hindrance]: ...


class ErasureService:
    def __init__(
        self,
        db: Database,
        erasures: ErasureStore,
        citizens: CitizenStore,
        persons: PersonKeys,
        holdings: Holdings,
        partings: Sequence[Parting],
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
        audit_kept: timedelta,
        hinders: Sequence[Hinders] = (),
    ) -> None:
        self._db = db
        self._erasures = erasures
        self._citizens = citizens
        self._persons = persons
        self._holdings = holdings
        self._partings = partings
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._audit_kept = audit_kept
        self._hinders = hinders

    async def request(self, viewer: Viewer, key: str) -> Erasure:
        """Raises ErasureUnderway, ErasureHindered, IdempotencyConflict."""
        citizen, now = viewer.self_only(), self._clock.now()
        wanted = Erasure(new_id(), citizen, ErasureState.COOLING, now, now + COOLING_OFF)

        async def work(tx: Tx) -> Erasure:
            await self._erasures.add(wanted, tx)
            if found := await self._hindrances(citizen, tx):
                raise ErasureHindered(tuple(found))
            await self._audit.record(viewer, "erasure.requested", wanted.id, tx)
            await self._outbox.add("erasure.requested", citizen, tx, erasure=wanted.id)
            return wanted

        return await self._idempotency.once(Call.of(viewer, "requestErasure", key), _ERASURE, work)

    async def _hindrances(self, citizen: str, tx: Tx | None) -> list[Hindrance]:
        return [one for room in self._hinders for one in await room.hindrances(citizen, tx)]

    async def withdraw(self, viewer: Viewer, key: str) -> Erasure:
        """Raises NoErasure, IdempotencyConflict."""
        citizen = viewer.self_only()

        async def work(tx: Tx) -> Erasure:
            withdrawn = await self._erasures.withdraw(citizen, tx)
            if withdrawn is None:
                raise NoErasure
            await self._audit.record(viewer, "erasure.withdrawn", withdrawn.id, tx)
            await self._outbox.add("erasure.withdrawn", citizen, tx, erasure=withdrawn.id)
            return withdrawn

        return await self._idempotency.once(Call.of(viewer, "withdrawErasure", key), _ERASURE, work)

    async def mine(self, viewer: Viewer) -> Erasure | None:
        """The last one asked for."""
        return await self._erasures.newest(viewer.self_only())

    def retained(self, erasure: Erasure) -> tuple[Retained, ...]:
        return erasure.retained(self._audit_kept)

    async def waiting(self, state: ErasureState, request: PageRequest) -> Page[Erasure]:
        """For the desk; newest first."""
        return await self._erasures.page(state, request)

    async def proof(self, viewer: Viewer, citizen: str) -> Proof:
        """For the desk: what is left of this citizen, and what of it opens. Raises NothingHeld."""
        erasure, destroyed = await self._erasures.newest(citizen), await self._persons.destruction(citizen)
        left = await self._holdings.left(citizen)
        if not left.keys() - {"audit"} and destroyed is None:  # that somebody asked for the proof is on record itself
            raise NothingHeld
        await self._audit.record(viewer, "erasure.proved", citizen, None, subject=citizen)
        at, by = destroyed or (None, None)
        retained = self.retained(erasure) if erasure else ()
        return Proof(citizen, erasure, at, by, left, await self._holdings.unsealed(citizen), retained)

    async def erased(self) -> list[str]:
        """Ids of everybody who was erased: to be kept beside the back-ups, for `repeat`."""
        return [citizen async for citizen in self._erasures.erased()]

    async def repeat(self, viewer: Viewer, citizen: str) -> bool:
        """After a back-up was restored that is older than the erasure: once more. False for who is erased already."""
        if await self._persons.destruction(citizen) is not None:
            return False
        for parting in self._partings:
            await parting.part(citizen)
        await self._holdings.erase(citizen)

        async def work(tx: Tx) -> None:
            await self._citizens.let_go(citizen, self._clock.now(), tx)
            await self._persons.destroy(citizen, viewer.acting(), tx)
            await self._audit.record(viewer, "citizen.erased", citizen, tx, subject=citizen, repeated=True)

        await self._db.transaction(work)
        return True

    async def run_due(self) -> int:
        """Carry out what is due, one after the other; how many there were."""
        count = 0
        while (claim := await self._erasures.claim(self._clock.now())) is not None:
            await self._carry_out(claim)
            count += 1
        return count

    async def _carry_out(self, claim: Claim) -> None:
        erasure = claim.erasure
        if erasure.state is ErasureState.ERASING:
            await self._erase(claim)
        elif erasure.swept_at is None:
            await self._part(claim, done=())
            now = self._clock.now()
            await self._db.transaction(lambda tx: self._citizens.let_go(erasure.citizen, now, tx))
            swept: Document = {
                "swept_at": self._clock.now(),
                "due_at": (erasure.erased_at or self._clock.now()) + LOOKUPS_KEPT,
            }
            await self._erasures.settle(claim, swept)
        else:
            await self._holdings.release(erasure.citizen)
            await self._erasures.settle(claim, {"state": ErasureState.RELEASED.value, "due_at": None})

    async def _erase(self, claim: Claim) -> None:
        """What came in meanwhile is his: it waits a day at a time, and he is told once. What was begun is finished."""
        erasure, now = claim.erasure, self._clock.now()
        if not claim.done and await self._hindrances(erasure.citizen, None):
            event = Event(f"{erasure.id}-hindered", "erasure.hindered", erasure.citizen, {"erasure": erasure.id}, now)
            await self._outbox.later(event, now)
            await self._erasures.settle(claim, {"due_at": now + _AGAIN})
            return
        await self._part(claim, claim.done)
        await self._db.transaction(lambda tx: self._end(claim, tx))

    async def _part(self, claim: Claim, done: Sequence[str]) -> None:
        for parting in self._partings:
            if parting.name not in done:
                await parting.part(claim.erasure.citizen)
                await self._erasures.step_done(claim, parting.name, self._clock.now())
        await self._holdings.erase(claim.erasure.citizen)

    async def _end(self, claim: Claim, tx: Tx) -> None:
        citizen, now = claim.erasure.citizen, self._clock.now()
        erased: Document = {
            "state": ErasureState.ERASED.value,
            "erased_at": now,
            "due_at": now + SWEEP_AFTER,
            "open": False,
        }
        if not await self._erasures.settle(claim, erased, tx):
            return
        await self._citizens.let_go(citizen, now, tx)
        await self._persons.destroy(citizen, claim.erasure.id, tx)
        await self._audit.record(_WORKER, "citizen.erased", citizen, tx, subject=citizen, erasure=claim.erasure.id)
