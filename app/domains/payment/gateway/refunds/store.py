"""Refunds at the gateway in MongoDB: errands, of which order they are, and those that wait for the desk."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.core.mongo import Database, Document, Tx
from app.core.paging import Page, PageRequest
from app.domains.payment.gateway.errands.model import ErrandState
from app.domains.payment.gateway.errands.store import ErrandStore
from app.domains.payment.gateway.refunds.model import GatewayRefund, RefundPurpose


class RefundStore(ErrandStore[GatewayRefund]):
    def __init__(self, db: Database) -> None:
        super().__init__(db["gateway_refunds"], _refund)

    async def add(self, refund: GatewayRefund, due_at: datetime, tx: Tx) -> None:
        """Once: a repeat finds it there."""
        row: Document = {
            "order": refund.order,
            "purpose": refund.purpose.value,
            "fen": refund.fen,
            "at": refund.at,
            "state": refund.state.value,
            "looks": 0,
            "due_at": due_at,
        }
        await self._rows.update_one({"_id": refund.id}, {"$setOnInsert": row}, upsert=True, session=tx)

    async def of_order(self, order: str) -> list[GatewayRefund]:
        return [_refund(row) async for row in self._rows.find({"order": order}).sort("_id", 1).limit(100)]

    async def stranded(self, request: PageRequest) -> Page[GatewayRefund]:
        return await self._page({"stranded": True}, request)

    async def strand(self, id_: str, tx: Tx) -> None:
        await self._rows.update_one({"_id": id_}, {"$set": {"stranded": True}}, session=tx)

    async def take_up(self, id_: str, tx: Tx, *, by_hand: bool = False) -> bool:
        """It waits for the desk no longer; of rivals one gets True."""
        which = {"_id": id_, "stranded": True}
        change: Document = {"$unset": {"stranded": ""}} | ({"$set": {"by_hand": True}} if by_hand else {})
        return bool((await self._rows.update_one(which, change, session=tx)).modified_count)

    async def under_way(self, orders: Collection[str], tx: Tx | None) -> bool:
        """Whether one of these orders has one that is not settled, or is stranded."""
        rows = await self._rows.find({"order": {"$in": sorted(orders)}}, session=tx).to_list(None)
        return any(one.waits or one.stranded for one in map(_refund, rows))


def _refund(row: Document) -> GatewayRefund:
    return GatewayRefund(
        id=row["_id"],
        order=row["order"],
        purpose=RefundPurpose(row["purpose"]),
        fen=row["fen"],
        at=row["at"],
        state=ErrandState(row["state"]),
        gateway_id=row.get("gateway_id"),
        reason=row.get("reason", ""),
        settled_at=row.get("settled_at"),
        looks=row["looks"],
        stranded=row.get("stranded", False),
        by_hand=row.get("by_hand", False),
    )
