"""Offering data, amending the offer, taking it back; and what there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import TypeAdapter

from app.core.audit import Audit
from app.core.clock import Clock
from app.core.errors import Forbidden
from app.core.idempotency import Call, Idempotency
from app.core.mongo import Tx
from app.core.viewer import Viewer
from app.domains.government.shared_data.sets.errors import DataSetTaken, DataSetUnknown
from app.domains.government.shared_data.sets.model import SCOPE, DataSet, DataSetState, Offer, demand_whole
from app.domains.government.shared_data.sets.store import DataSetStore

_DATA_SET = TypeAdapter(DataSet)


class DataSetService:
    def __init__(self, sets: DataSetStore, audit: Audit, idempotency: Idempotency, clock: Clock) -> None:
        self._sets = sets
        self._audit = audit
        self._idempotency = idempotency
        self._clock = clock

    async def offered(self, code: str, tx: Tx | None = None) -> DataSet:
        """Raises DataSetUnknown."""
        found = await self._sets.get(code, tx)
        if found is None or found.state is not DataSetState.OFFERED:
            raise DataSetUnknown
        return found

    async def all(self) -> list[DataSet]:
        """By code, with those that are not offered any more: for the desk."""
        return await self._sets.all()

    async def on_offer(self) -> Mapping[str, DataSet]:
        """By code."""
        return {one.code: one for one in await self._sets.all() if one.state is DataSetState.OFFERED}

    async def offer(self, viewer: Viewer, wanted: Offer, key: str) -> DataSet:
        """Offer data, or amend one's own offer.

        Raises Forbidden, DataSetInvalid, DataSetTaken, IdempotencyConflict.
        """
        owner = _owner(viewer)
        offered = wanted.by(owner, self._clock.now())
        demand_whole(offered)
        call = Call.of(viewer, "offerDataSet", key, wanted)

        async def work(tx: Tx) -> DataSet:
            was = await self._sets.get(wanted.code, tx)
            if was is not None and was.owner != owner:
                raise DataSetTaken
            now = replace(offered, version=was.version + 1 if was else 1)
            return await self._keep(viewer, now, "offered", tx)

        return await self._idempotency.once(call, _DATA_SET, work)

    async def withdraw(self, viewer: Viewer, code: str, key: str) -> DataSet:
        """Nothing is fetched from it from now on. Raises Forbidden, DataSetUnknown, IdempotencyConflict."""
        owner, call = _owner(viewer), Call.of(viewer, "withdrawDataSet", key, code)

        async def work(tx: Tx) -> DataSet:
            was = await self.offered(code, tx)
            if was.owner != owner:
                raise DataSetUnknown
            now = replace(was, state=DataSetState.WITHDRAWN, version=was.version + 1)
            return await self._keep(viewer, now, "withdrawn", tx)

        return await self._idempotency.once(call, _DATA_SET, work)

    async def _keep(self, viewer: Viewer, now: DataSet, what: str, tx: Tx) -> DataSet:
        if not await self._sets.offer(now, tx):
            raise DataSetTaken
        await self._audit.record(viewer, f"data_set.{what}", now.code, tx, version=now.version)
        return now


def _owner(viewer: Viewer) -> str:
    """Who tries the interface out offers nothing to the city. Raises Unauthenticated, Forbidden."""
    if viewer.test_mode:
        raise Forbidden
    return viewer.provider(SCOPE)
