"""Recording emergency calls, and what the centre does with them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.changes import Changes
from app.core.clock import Clock
from app.core.errors import RateLimited
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limit import Limit
from app.core.limits import Limits
from app.core.mongo import Database, Document, DuplicateKey, Tx
from app.core.outbox import Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.community.emergencies.errors import EmergencyUnknown
from app.domains.community.emergencies.model import (
    ON_MAP,
    Emergency,
    EmergencyEnd,
    EmergencyNumber,
    EmergencyState,
    Spot,
)
from app.domains.community.emergencies.store import BOARD, EmergencyStore

SCOPE = "cases:centre"
DESK = "ops"
RECORDED = Limit("emergency calls", 6, timedelta(minutes=10))
"""So many are recorded; more are made all the same."""


class Cases(Protocol):
    """My voice."""

    async def file(self, viewer: Viewer, call: Emergency, case: str, tx: Tx) -> str:
        """The number of the case that was made of it. Raises what a case may be refused for."""
        ...


class Looks(Protocol):
    """The ledger of look-ups."""

    async def places(self, viewer: Viewer, calls: Sequence[Emergency], tx: Tx) -> None:
        """The centre, or the desk, sees where they were."""
        ...


class TestPeople(Protocol):
    async def test_of(self, citizen: str) -> str | None:
        """Whose test citizen he is; None: a real one."""
        ...


@dataclass(frozen=True, slots=True)
class Called:
    """`number` is to be called now, whatever else this says. `call` is its record; None: there is none."""

    number: EmergencyNumber
    call: str | None
    place_shared: bool


_CALLED = TypeAdapter(Called)
_ID = TypeAdapter(str)


class EmergencyService:
    def __init__(
        self,
        db: Database,
        calls: EmergencyStore,
        cases: Cases,
        looks: Looks,
        people: TestPeople,
        limits: Limits,
        changes: Changes,
        outbox: Outbox,
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._db = db
        self._calls = calls
        self._cases = cases
        self._looks = looks
        self._people = people
        self._limits = limits
        self._changes = changes
        self._outbox = outbox
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    # Who calls

    async def call(self, viewer: Viewer, number: EmergencyNumber, spot: Spot | None, key: str) -> Called:
        """Record that he calls, and where he is. It is never refused: what cannot be recorded is to be called all the
        same. Raises IdempotencyConflict.
        """
        citizen, now, id_ = viewer.self_only(), self._clock.now(), new_id()
        test_of = await self._people.test_of(citizen)
        made = Emergency(id_, citizen, number, now, spot, told_place=spot is not None, test_of=test_of)

        async def work(tx: Tx) -> Called:
            await self._limits.count(RECORDED, citizen, tx)
            await self._calls.add(made, tx)
            await self._audit.record(viewer, "emergency.called", id_, tx, subject=citizen, number=number.value)
            return Called(number, id_, spot is not None)

        try:
            return await self._idempotency.once(Call.of(viewer, "callEmergency", key, number), _CALLED, work)
        except RateLimited:
            return Called(number, None, place_shared=False)

    async def mine(self, viewer: Viewer, request: PageRequest) -> Page[Emergency]:
        return await self._calls.of_citizen(viewer.self_only(), request)

    # The centre

    async def page(self, viewer: Viewer, state: EmergencyState | None, request: PageRequest) -> Page[Emergency]:
        """Without places. The newest first."""
        _centre(viewer)
        found = await self._calls.page(state, _side(viewer), request)
        return Page(tuple(one.unplaced() for one in found.items), found.has_next)

    async def at_desk(self, id_: str) -> Emergency | None:
        """For the desk, without its place."""
        found = await self._calls.get(id_)
        return found.unplaced() if found else None

    async def of_city(self, request: PageRequest) -> Page[Emergency]:
        """For the desk, without places. The newest first."""
        found = await self._calls.page(None, None, request)
        return Page(tuple(one.unplaced() for one in found.items), found.has_next)

    async def look(self, viewer: Viewer, id_: str) -> Emergency | None:
        """With its place: that stands in the ledger of who called. None: there is no such call."""
        _centre(viewer)

        async def work(tx: Tx) -> Emergency | None:
            found = await self._calls.get(id_, tx)
            if found is None or found.test_of != _side(viewer):
                return None
            if found.spot is not None:
                await self._looks.places(viewer, [found], tx)
            return found

        return await self._db.transaction(work)

    async def on_map(self, viewer: Viewer) -> list[Emergency]:
        """Those of the last day that nobody has taken yet, with their places, the newest first. A map is looked at all
        the time: in the ledger of who called stands one look an hour by each who has it before him.
        """
        _centre(viewer)
        now = self._clock.now()

        async def work(tx: Tx) -> list[Emergency]:
            found = await self._calls.open_since(now - ON_MAP, _side(viewer), tx)
            new = await self._calls.not_looked(found, viewer.acting(), now, tx)
            await self._looks.places(viewer, new, tx)
            return found

        return await self._db.transaction(work)

    async def take(self, viewer: Viewer, id_: str, key: str) -> Emergency:
        """Make a case of it, whose number the citizen is told. Raises EmergencyUnknown, EmergencyTaken, EmergencyOver,
        what a case may be refused for, IdempotencyConflict.
        """
        organisation, case = _centre(viewer), new_id()

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, id_, tx)
            was.taken(viewer.acting(), organisation, "", self._clock.now())
            number = await self._cases.file(viewer, was, case, tx)
            await self._save(was.taken(viewer.acting(), organisation, number, self._clock.now()), tx)
            await self._audit.record(viewer, "emergency.taken", id_, tx, subject=was.citizen)
            await self._outbox.add("emergency.taken", was.citizen, tx, emergency=id_, number=number)
            return id_

        await self._idempotency.once(Call.of(viewer, "takeEmergency", key, id_), _ID, work)
        return (await self._known(id_)).unplaced()

    async def end(self, viewer: Viewer, id_: str, why: EmergencyEnd, key: str) -> Emergency:
        """Raises EmergencyUnknown, EmergencyOver, IdempotencyConflict."""
        _centre(viewer)

        async def work(tx: Tx) -> str:
            was = await self._own(viewer, id_, tx)
            await self._save(was.ended(why, self._clock.now()), tx)
            await self._audit.record(viewer, "emergency.ended", id_, tx, subject=was.citizen, why=why.value)
            return id_

        await self._idempotency.once(Call.of(viewer, "endEmergency", key, id_, why), _ID, work)
        return (await self._known(id_)).unplaced()

    @asynccontextmanager
    async def live(self, viewer: Viewer) -> AsyncIterator[AsyncIterator[Emergency]]:
        """Each call as it comes or changes, without its place."""
        _centre(viewer)
        async with self._changes.of("emergencies", BOARD) as rows:
            yield self._followed(rows, _side(viewer))

    async def forget_places(self) -> int:
        """Those told long ago; how many. Safe to repeat."""
        return await self._calls.forget_places(self._clock.now())

    async def _followed(self, rows: AsyncIterator[Document], side: str | None) -> AsyncIterator[Emergency]:
        async for row in rows:
            if (found := await self._calls.get(row["_id"])) is not None and found.test_of == side:
                yield found.unplaced()

    async def _own(self, viewer: Viewer, id_: str, tx: Tx) -> Emergency:
        """Raises EmergencyUnknown: also of the other side, the real one or the tests'."""
        found = await self._known(id_, tx)
        if found.test_of != _side(viewer):
            raise EmergencyUnknown
        return found

    async def _known(self, id_: str, tx: Tx | None = None) -> Emergency:
        found = await self._calls.get(id_, tx)
        if found is None:
            raise EmergencyUnknown
        return found

    async def _save(self, one: Emergency, tx: Tx) -> None:
        if not await self._calls.save(one, tx):
            raise DuplicateKey("changed meanwhile")  # looked at once more, by the rules of repeats


def _centre(viewer: Viewer) -> str:
    """The centre's organisation, or the desk. Raises Unauthenticated, Forbidden."""
    return DESK if viewer.role is Role.OPS else viewer.provider(SCOPE)


def _side(viewer: Viewer) -> str | None:
    """Whose test citizens' calls he sees; None: those of real people."""
    return viewer.organisation if viewer.test_mode else None
