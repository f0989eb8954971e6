"""Errands at the gateway in MongoDB. What waits has `due_at`, when it is looked at next; what is settled, none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from app.core.mongo import Collection, Document, Tx, page_rows
from app.core.paging import Page, PageRequest
from app.domains.payment.gateway.errands.model import WAITING, Errand, ErrandState

E = TypeVar("E", bound=Errand)


class ErrandStore(Generic[E]):
    """Of one kind, in a collection of its own."""

    def __init__(self, rows: Collection, read: Callable[[Document], E]) -> None:
        self._rows = rows
        self._read = read

    async def get(self, id_: str, tx: Tx | None = None) -> E | None:
        row = await self._rows.find_one({"_id": id_}, session=tx)
        return self._read(row) if row else None

    async def page(self, state: ErrandState, request: PageRequest) -> Page[E]:
        return await self._page({"state": state.value}, request)

    async def looked(self, id_: str, looks: int, due_at: datetime) -> None:
        waiting = {"_id": id_, "due_at": {"$exists": True}}
        await self._rows.update_one(waiting, {"$set": {"looks": looks, "due_at": due_at}})

    async def due(self, now: datetime, most: int) -> list[E]:
        """Longest due first."""
        due = self._rows.find({"due_at": {"$lte": now}}).sort([("due_at", 1), ("_id", 1)]).limit(most)
        return [self._read(row) async for row in due]

    async def taken(self, id_: str, gateway_id: str) -> None:
        """The gateway works on it."""
        asked = {"_id": id_, "state": ErrandState.ASKED.value}
        change = {"state": ErrandState.PROCESSING.value, "gateway_id": gateway_id}
        await self._rows.update_one(asked, {"$set": change})

    async def settle(self, errand: E, tx: Tx) -> bool:
        """Done or failed; of rivals one gets True. What has no number of the gateway was refused by it, which counts
        for nothing when it has taken the errand meanwhile.
        """
        which: Document = {"_id": errand.id, "state": {"$in": sorted(WAITING)}}
        if errand.gateway_id is None:
            which["gateway_id"] = None
        change: Document = {
            "state": errand.state.value,
            "gateway_id": errand.gateway_id,
            "reason": errand.reason,
            "settled_at": errand.settled_at,
        }
        settled: Document = {"$set": change, "$unset": {"due_at": ""}}
        return bool((await self._rows.update_one(which, settled, session=tx)).modified_count)

    async def _page(self, which: Document, request: PageRequest) -> Page[E]:
        rows = await page_rows(self._rows, which, request)
        return Page.cut([self._read(row) for row in rows], request)
