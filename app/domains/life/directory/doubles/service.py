"""Deciding on doubles: two that are one are merged with all that people said of them; others stay apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.idempotency import Call, Idempotency
from app.core.mongo import DuplicateKey, Tx
from app.core.paging import Page, PageRequest
from app.core.viewer import Viewer
from app.domains.life.directory.doubles.errors import DoubleUnknown
from app.domains.life.directory.doubles.model import Double, DoubleState
from app.domains.life.directory.doubles.store import DoubleStore
from app.domains.life.directory.places.errors import PlaceUnknown
from app.domains.life.directory.places.model import Change, Place
from app.domains.life.directory.places.store import PlaceStore

_ID = TypeAdapter(str)


class Belongings(Protocol):
    """What hangs on a place: reviews, favourites."""

    async def move(self, place: str, into: str, tx: Tx) -> None:
        """From now on it hangs on the other one."""


class DoubleService:
    def __init__(
        self,
        doubles: DoubleStore,
        places: PlaceStore,
        belongings: Sequence[Belongings],
        audit: Audit,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._doubles = doubles
        self._places = places
        self._belongings = belongings
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def page(self, state: DoubleState, request: PageRequest) -> Page[Double]:
        return await self._doubles.page(state, request)

    async def get(self, id_: str) -> Double | None:
        return await self._doubles.get(id_)

    async def decide(self, viewer: Viewer, id_: str, one: bool, key: str) -> Double:
        """They are one: the later is merged into the one that was there before. Or they are two.

        Raises DoubleUnknown, PlaceUnknown, PlaceGone (one of them is gone), IdempotencyConflict.
        """

        async def work(tx: Tx) -> str:
            was = await self._doubles.get(id_, tx)
            if was is None:
                raise DoubleUnknown
            state = DoubleState.MERGED if one else DoubleState.APART
            if not await self._doubles.decide(was.decided(state, viewer.acting(), self._clock.now()), tx):
                raise DoubleUnknown
            if one:
                await self._merge(viewer, was, tx)
            await self._audit.record(viewer, "place.double_decided", id_, tx, state=state.value)
            return id_

        await self._idempotency.once(Call.of(viewer, "decideDouble", key, id_, one), _ID, work)
        found = await self._doubles.get(id_)
        if found is None:
            raise DoubleUnknown
        return found

    async def _merge(self, viewer: Viewer, double: Double, tx: Tx) -> None:
        later, kept = await self._one(double.place, tx), await self._one(double.other, tx)
        now = self._clock.now()
        gone, richer = later.merged(kept, now)
        for belongings in self._belongings:
            await belongings.move(gone.id, richer.id, tx)
        if not (await self._places.save(gone, tx) and await self._places.save(richer, tx)):
            raise DuplicateKey("changed meanwhile")
        by = viewer.acting()
        await self._places.note([Change(gone.id, now, by, ("into",)), Change(richer.id, now, by, ("merged",))], tx)

    async def _one(self, id_: str, tx: Tx) -> Place:
        found = await self._places.get(id_, tx)
        if found is None:
            raise PlaceUnknown
        return found
