"""Agreeing to be called, telling where one is, and taking it back."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Database, Tx
from app.core.places.model import Point
from app.core.viewer import Viewer
from app.domains.community.responders.calls.store import CallStore
from app.domains.community.responders.errors import ResponderConsentMissing, RespondersOnly
from app.domains.community.responders.model import Hours, Responder
from app.domains.community.responders.store import ResponderStore
from app.domains.community.volunteers.activities.service import InCity
from app.domains.community.volunteers.model import Skill
from app.domains.community.volunteers.service import VolunteerService

_ID = TypeAdapter(str)


class ResponderService:
    def __init__(
        self,
        db: Database,
        responders: ResponderStore,
        calls: CallStore,
        volunteers: VolunteerService,
        city: InCity,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._responders = responders
        self._calls = calls
        self._volunteers = volunteers
        self._city = city
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def mine(self, viewer: Viewer) -> Responder | None:
        return await self._responders.get(viewer.self_only())

    async def save(
        self, viewer: Viewer, skills: Collection[Skill], radius: int, hours: Hours, key: str, *, agreed: bool
    ) -> Responder:
        """Agree, or change how far and when. Raises RealNameNeeded, VolunteersOnly, ResponderConsentMissing,
        ResponderInvalid, IdempotencyConflict.
        """
        citizen = viewer.by_name()
        if not agreed:
            raise ResponderConsentMissing
        one = Responder(citizen, frozenset(skills), radius, hours, self._clock.now()).checked()

        async def work(tx: Tx) -> str:
            await self._volunteers.demand(citizen, tx)
            await self._responders.put(one, tx)
            await self._audit.record(viewer, "responder.agreed", citizen, tx, radius=radius)
            return citizen

        call = Call.of(viewer, "becomeResponder", key, tuple(sorted(skills)), radius, hours)
        await self._idempotency.once(call, _ID, work)
        return await self._known(citizen)

    async def end(self, viewer: Viewer, key: str) -> None:
        """His place is forgotten at once, also by those to whom he is on his way. Raises RespondersOnly,
        IdempotencyConflict.
        """
        citizen = viewer.self_only()

        async def work(tx: Tx) -> str:
            if not await self._ended(citizen, tx):
                raise RespondersOnly
            await self._audit.record(viewer, "responder.ended", citizen, tx)
            return citizen

        await self._idempotency.once(Call.of(viewer, "endResponder", key), _ID, work)

    async def keep_place(self, viewer: Viewer, point: Point) -> Responder:
        """Instead of the one before. Raises RespondersOnly, OutsideCity."""
        citizen, now = viewer.self_only(), self._clock.now()
        self._city.demand(point)

        async def work(tx: Tx) -> None:
            if await self._responders.get(citizen, tx) is None:
                raise RespondersOnly
            await self._responders.set_place(citizen, point, now, tx)

        await self._db.transaction(work)
        return await self._known(citizen)

    async def end_all(self, viewer: Viewer, citizen: str) -> None:
        """Who leaves the city is called no more. Safe to repeat."""

        async def work(tx: Tx) -> None:
            if await self._ended(citizen, tx):
                await self._audit.record(viewer, "responder.ended", citizen, tx, subject=citizen)

        await self._db.transaction(work)

    async def _ended(self, citizen: str, tx: Tx) -> bool:
        """Whether he was one."""
        await self._calls.excuse(citizen, self._clock.now(), tx)
        return await self._responders.end(citizen, tx)

    async def _known(self, citizen: str) -> Responder:
        found = await self._responders.get(citizen)
        if found is None:
            raise RespondersOnly
        return found
