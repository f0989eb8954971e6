"""Registering as a volunteer, by the real name that the city knows, and leaving again. Published hours stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.community.volunteers.errors import VolunteerConsentMissing, VolunteerInvalid, VolunteersOnly
from app.domains.community.volunteers.model import Skill, Volunteer, new_number
from app.domains.community.volunteers.store import VolunteerStore

_ID = TypeAdapter(str)


class Divisions(Protocol):
    def holds(self, code: str) -> bool:
        """Whether this division lies in the city."""
        ...


class LeftBehind(Protocol):
    """A room in which a volunteer has something that ends when he is none any more: a place, a consent."""

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Safe to repeat."""
        ...


class VolunteerService:
    def __init__(
        self,
        db: Database,
        volunteers: VolunteerStore,
        divisions: Divisions,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._volunteers = volunteers
        self._divisions = divisions
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock
        self._behind: list[LeftBehind] = []

    def follow(self, room: LeftBehind) -> None:
        """While the city is put together."""
        self._behind.append(room)

    async def mine(self, viewer: Viewer) -> Volunteer | None:
        found = await self._volunteers.get(viewer.self_only())
        return found if found and found.active else None

    async def demand(self, citizen: str, tx: Tx | None = None) -> Volunteer:
        """Raises VolunteersOnly."""
        found = await self._volunteers.get(citizen, tx)
        if found is None or not found.active:
            raise VolunteersOnly
        return found

    async def save(
        self, viewer: Viewer, skills: Sequence[Skill], areas: Sequence[str], key: str, *, agreed: bool
    ) -> Volunteer:
        """Register, or change what one offers.

        Raises RealNameNeeded, VolunteerConsentMissing, VolunteerInvalid, IdempotencyConflict.
        """
        citizen, number = viewer.by_name(), new_number()
        if not all(self._divisions.holds(area) for area in areas):
            raise VolunteerInvalid("areas")

        async def work(tx: Tx) -> str:
            was, now = await self._volunteers.get(citizen, tx), self._clock.now()
            if not agreed and (was is None or not was.active):
                raise VolunteerConsentMissing
            one = was.again(now) if was else Volunteer(citizen, number, (), (), now)
            one = one.offering(tuple(skills), tuple(areas))
            if was is None:
                await self._volunteers.add(one, tx)
                await self._outbox.add("volunteer.registered", citizen, tx, number=number)
            elif not await self._volunteers.save(one, was, tx):
                raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats
            await self._audit.record(viewer, "volunteer.saved", citizen, tx, skills=len(one.skills))
            return citizen

        call = Call.of(viewer, "saveVolunteer", key, tuple(skills), tuple(areas), agreed)
        await self._idempotency.once(call, _ID, work)
        return await self.demand(citizen)

    async def leave(self, viewer: Viewer, key: str) -> Volunteer:
        """With his places in what is to come, and his consent to be called. Raises VolunteersOnly,
        IdempotencyConflict.
        """
        citizen, call = viewer.self_only(), Call.of(viewer, "leaveVolunteers", key)
        if await self._idempotency.replay(call, _ID) is None:  # who came back since keeps what he has now
            for room in self._behind:
                await room.end_all(viewer, citizen)

        async def work(tx: Tx) -> str:
            was = await self.demand(citizen, tx)
            await self._put_out(was, tx)
            await self._audit.record(viewer, "volunteer.left", citizen, tx)
            return citizen

        await self._idempotency.once(call, _ID, work)
        found = await self._volunteers.get(citizen)
        if found is None:
            raise VolunteersOnly
        return found

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves the city volunteers no more. Safe to repeat."""

        async def work(tx: Tx) -> None:
            was = await self._volunteers.get(citizen, tx)
            if was is not None and was.active:
                await self._put_out(was, tx)
                await self._audit.record(viewer, "volunteer.left", citizen, tx, subject=citizen)

        await self._db.transaction(work)

    async def of_city(self, request: PageRequest) -> Page[Volunteer]:
        """For the desk."""
        return await self._volunteers.page(request)

    async def many(self, citizens: Collection[str]) -> dict[str, Volunteer]:
        """Whom organisers know by their numbers."""
        return await self._volunteers.many(citizens) if citizens else {}

    async def by_number(self, number: str) -> Volunteer | None:
        """For whoever holds a certificate."""
        return await self._volunteers.by_number(number)

    async def _put_out(self, was: Volunteer, tx: Tx) -> None:
        one = replace(was, active=False, skills=(), areas=())
        if not await self._volunteers.save(one, was, tx):
            raise DuplicateKey("changed meanwhile")
